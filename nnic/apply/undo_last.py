"""Takes the last apply of a project back, or says why it can't be."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from nnic.apply.freshness import differing_lines
from nnic.apply.journal import Apply, forget, read_applies
from nnic.apply.refusals import ApplyError, describe_lines, refuse_copied, refuse_outside, seen_from_here
from nnic.project.diffs import unified_diff
from nnic.project.home import project_root
from nnic.project.writing import EditedMeanwhileError, FileChange, replace_files
from nnic.runtime.errors import ExplainedError
from nnic.runtime.program import Program
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.trust import is_trusted
from nnic.runtime.text import printable
from nnic.source import UndecodableError, decode_text


@dataclass(frozen=True, slots=True)
class Undo:
    """How to take an apply back.

    ``changes`` lead back to what was there before; ``edited`` are the lines (by file, none for one that
    is gone) that were edited since, which forbid it.
    """

    apply: Apply
    changes: tuple[FileChange, ...]
    edited: dict[Path, list[int]]


def plan_undo(experiments: Path, experiment: str | None = None) -> Undo | None:
    """Tell how to take the last apply back, that of ``experiment`` where one is named, or ``None`` without
    one.

    One whose files are all as they were before it is no longer there to be taken back.

    Raises
    ------
    ApplyError
        When it is not this user's, or wrote elsewhere than in the project.
    """
    for apply in reversed(read_applies(experiments)):
        if experiment is not None and apply.experiment != experiment:
            continue
        _refuse_foreign(apply, experiments)  # before anything that it names is looked at
        _refuse_misplaced(apply, experiments)
        undo = _plan(apply)
        if undo.changes or undo.edited:
            return undo
    return None


def _plan(apply: Apply) -> Undo:
    changes = []
    edited: dict[Path, list[int]] = {}
    for file in apply.files:
        try:
            data = file.path.read_bytes()
        except OSError:
            edited[file.path] = []
            continue
        digest = hashlib.sha256(data).hexdigest()
        if digest == file.after_sha256:
            changes.append(FileChange(file.path, data, file.before))
        elif digest != file.before_sha256:
            edited[file.path] = differing_lines(_text(file.after), data)
    return Undo(apply, tuple(changes), edited)


def _text(data: bytes) -> str:
    try:
        return decode_text(data)
    except UndecodableError:
        return data.decode("latin-1")


def undo(plan: Undo) -> None:
    """Put back what was there before.

    Raises
    ------
    ValueError
        When something was edited since.
    EditedMeanwhileError, OSError
        As :func:`replace_files` does; the source is as it was.
    """
    if plan.edited:
        raise ValueError("nnic does not overwrite later edits")
    replace_files(plan.changes)
    forget(plan.apply)


@dataclass(frozen=True, slots=True)
class UndoneApply:
    """What was put back, or with ``dry_run`` would be.

    ``files`` are the texts from before the apply, by path as seen from the working directory; ``diff``
    leads to them.
    """

    apply: Apply
    files: dict[str, str]
    diff: str
    written: bool


def undo_last(experiments: Path, experiment: str | None = None, *, dry_run: bool = False) -> UndoneApply:
    """Put back what was there before the last apply of a project, or that of one experiment.

    Parameters
    ----------
    experiments
        The folder ``<home>/experiments``.
    dry_run
        Nothing is written.

    Raises
    ------
    ApplyError
        When there is none, it is not this user's, a file was edited since or lies outside of the project;
        nothing was undone.
    """
    plan = plan_undo(experiments, experiment)
    if plan is None:
        raise ApplyError(f"there is nothing to undo: no apply of {experiment or 'this project'} is left")
    _refuse_edited(plan)
    texts = {_shown(c.path): (_text(c.before), _text(c.after)) for c in plan.changes}
    if not dry_run:
        try:
            undo(plan)
        except EditedMeanwhileError as error:
            raise ApplyError(f"{error}; nothing was undone") from None
        except OSError as error:
            raise ApplyError(f"can't write {error.filename}: {error.strerror}; nothing was undone") from None
    diff = "".join(unified_diff(path, before, after) for path, (before, after) in texts.items())
    return UndoneApply(plan.apply, {path: after for path, (_, after) in texts.items()}, diff, not dry_run)


def _refuse_edited(plan: Undo) -> None:
    if not plan.edited:
        return
    places = "\n  ".join(
        f"{_shown(path)} {describe_lines(lines) if lines else 'is gone'}"
        for path, lines in plan.edited.items()
    )
    raise ApplyError(
        f"the source was edited since {plan.apply.experiment}'s trial #{plan.apply.trial} was applied, so "
        f"nothing is undone:\n  {places}\n  The text from before is in {plan.apply.folder}"
    )


def _refuse_foreign(apply: Apply, experiments: Path) -> None:
    """Refuse to take back an apply whose journal this user's nnic did not write.

    Raises
    ------
    ApplyError
        Says what would be written, and how to accept it.
    """
    if apply.sealed or apply.accepted or (apply.is_old and _is_trusted(experiments.parent, apply.experiment)):
        return
    files = ", ".join(printable(str(file.path)) for file in apply.files)
    raise ApplyError(
        f"nothing is undone: {apply.folder} was made by another user or on another machine, or was changed "
        f"since.\n  It would write {files}\n"
        "  If you trust where it is from: nnic doctor --trust. Else remove that folder"
    )


def _is_trusted(home: Path, name: str) -> bool:
    try:
        with StoreReader(home) as reader:
            record = reader.experiment(name)
    except (ExplainedError, sqlite3.DatabaseError):
        return False
    return is_trusted(record.config, record.created)


def _refuse_misplaced(apply: Apply, experiments: Path) -> None:
    """Refuse to take back an apply that wrote files elsewhere than in the project.

    Raises
    ------
    ApplyError
        With the file, and where it really is.
    """
    root = _root_of(apply, experiments)
    refuse_outside((file.path for file in apply.files), root, "undone")
    refuse_copied(experiments.parent, apply.experiment, root)


def _root_of(apply: Apply, experiments: Path) -> Path:
    """Return the project that files may be written in; what came from elsewhere has no say in it."""
    if apply.sealed and apply.root is not None:
        return apply.root
    if apply.accepted:
        return project_root(experiments.parent.parent)
    try:
        return project_root(Path(Program.load(apply.folder.parent.parent / "program").code_dir))
    except (OSError, ValueError, KeyError, TypeError):
        raise ApplyError(
            f"nothing is undone: the program of {apply.experiment} was deleted, so nnic can't tell which "
            f"project it belongs to.\n  The text from before is in {apply.folder}"
        ) from None


def _shown(path: Path) -> str:
    return seen_from_here(path, str(path))
