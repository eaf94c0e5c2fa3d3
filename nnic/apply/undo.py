"""Takes back what ``nnic apply`` wrote."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from nnic.apply.freshness import differing_lines
from nnic.apply.journal import Apply, forget, read_applies
from nnic.project.writing import FileChange, replace_files
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
    """
    for apply in reversed(read_applies(experiments)):
        if experiment is not None and apply.experiment != experiment:
            continue
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
        raise ValueError("what was edited since is not overwritten")
    replace_files(plan.changes)
    forget(plan.apply)
