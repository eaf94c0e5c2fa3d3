"""What ``nnic apply`` does: from the trial that is meant to the files that are written."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.app import Format
from nnic.cli.apply_notes import print_budget, print_edited, print_new_findings, print_open
from nnic.cli.compiling import compile_or_exit
from nnic.cli.diffs import unified_diff
from nnic.cli.edited import refuse_edited, shown_path
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project, require_program

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.apply.matching import MatchedFile
    from nnic.apply.narrow import Narrowed
    from nnic.project.writing import FileChange
    from nnic.runtime.program import Program
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written, and how; the options of ``nnic apply``."""

    dry_run: bool = False
    digits: int | None = None
    strip: bool = False
    narrow: bool = False
    format: Format = Format.TEXT


@dataclass(frozen=True, slots=True)
class _Search:
    """An experiment with the trial whose values are meant, and its source as it is now."""

    record: ExperimentRecord
    winner: TrialRecord
    trials: tuple[TrialRecord, ...]
    compilation: Compilation
    matched: tuple[MatchedFile, ...]


def write_trial(exp: str | None, trial: int | None, wish: Wish) -> None:
    """Write the values of a trial, the best one for ``None``, and print what changed.

    Raises
    ------
    CommandError
        When there is no such trial, or the source is not what was searched.
    """
    search = _open(exp, trial)
    narrowed = _narrowed(search) if wish.narrow else {}
    changed = _rewritten(search, wish, narrowed)
    if changed and not wish.dry_run:
        _write(search, changed)
    if wish.format is Format.JSON:
        _print_json(search, wish, changed, narrowed)
    else:
        sys.stdout.write(_diff(search.compilation, changed))
        sys.stdout.flush()
    _print_notes(search, wish, changed, narrowed)
    print(_outcome(search, wish, changed), file=sys.stderr)


def _open(exp: str | None, trial: int | None) -> _Search:
    from nnic.apply.journal import read_applies
    from nnic.apply.matching import match_source
    from nnic.runtime.program import Program

    with open_project() as reader:
        record = reader.experiment(exp)
        trials = reader.trials(record)
        winner = reader.best(record) if trial is None else reader.trial(record, trial)
        experiments = reader.home / "experiments"
    if winner is None:
        raise CommandError(f"no trial of {record.name} has a result yet; see them: nnic trials {record.name}")
    require_program(record)
    program = Program.load(record.config.program)
    if not any(file.annotated for file in program.files):
        raise CommandError(
            f"{record.name} searched a space from a file; there are no annotated values to write"
        )
    compilation = _compile_again(program, record)
    matched = match_source(program, record.config.program, compilation, read_applies(experiments))
    refuse_edited(record, compilation, matched)
    _refuse_stripped(record, winner, compilation)
    return _Search(record, winner, trials, compilation, matched)


def _narrowed(search: _Search) -> dict[str, Narrowed]:
    from nnic.cli.narrowing import find_narrowed

    return find_narrowed(search.record, search.winner, search.trials, search.compilation)


def _rewritten(search: _Search, wish: Wish, narrowed: Mapping[str, Narrowed]) -> dict[str, str]:
    from nnic.api import apply_values
    from nnic.apply.narrow import narrowing

    own = search.winner.baseline
    try:
        return apply_values(
            search.compilation,
            {} if own else search.winner.parameters,
            digits=wish.digits,
            strip=wish.strip,
            narrowed=narrowing(narrowed),
            originals={file.path: file.original for file in search.matched if file.original} if own else None,
        )
    except ValueError as error:
        raise CommandError(f"{error}; nothing was written") from None


def _compile_again(program: Program, record: ExperimentRecord) -> Compilation:
    code_dir = Path(program.code_dir)
    gone = [file.path for file in program.files if file.annotated and not (code_dir / file.path).is_file()]
    if gone:
        raise CommandError(
            f"the source was edited since {record.name} was started, so nothing is written:\n"
            f"  {', '.join(gone)} {'is' if len(gone) == 1 else 'are'} gone\n"
            f"  The values: nnic best {record.name}"
        )
    entry = code_dir / program.entry
    target = program.module or (os.path.relpath(entry) if entry.is_relative_to(Path.cwd()) else str(entry))
    compilation, _ = compile_or_exit(target, module=bool(program.module), code_dir=code_dir, quiet=True)
    return compilation


def _refuse_stripped(record: ExperimentRecord, winner: TrialRecord, compilation: Compilation) -> None:
    """Refuse values without a slot: an earlier apply took their annotations out, or what held them."""
    assert compilation.program is not None
    missing = [key for key in winner.parameters if key not in compilation.program.space]
    if missing:
        names = record.space.display_names()
        shown = ", ".join(names.get(key, key) for key in missing)
        raise CommandError(
            f"nothing is written: an earlier apply took the annotation of {shown} out\n"
            "  Take that back first: nnic apply --undo"
        )


def _diff(compilation: Compilation, changed: Mapping[str, str]) -> str:
    return "".join(
        unified_diff(shown_path(compilation, file.path), file.text, changed[file.path])
        for file in compilation.files
        if file.path in changed
    )


def _write(search: _Search, changed: Mapping[str, str]) -> None:
    """Write every file or none, after keeping what they hold."""
    from nnic.apply.journal import forget, record_apply
    from nnic.project.writing import EditedMeanwhileError, replace_files

    changes = _changes(search.compilation, changed)
    journal = record_apply(search.record.config.directory, search.winner.id, changes)
    try:
        replace_files(changes)
    except EditedMeanwhileError as error:
        forget(journal)
        raise CommandError(f"{error}; nothing was written") from None
    except OSError as error:
        forget(journal)
        raise CommandError(f"can't write {error.filename}: {error.strerror}; nothing was written") from None


def _changes(compilation: Compilation, changed: Mapping[str, str]) -> list[FileChange]:
    from nnic.project.writing import FileChange

    return [
        FileChange(file.file, file.data, file.encoded(changed[file.path]))
        for file in compilation.files
        if file.path in changed
    ]


def _print_json(
    search: _Search, wish: Wish, changed: Mapping[str, str], narrowed: Mapping[str, Narrowed]
) -> None:
    from nnic.cli.narrowing import narrowing_entries
    from nnic.cli.output import print_json

    print_json(
        {
            "experiment": search.record.name,
            "trial": search.winner.id,
            "written": not wish.dry_run,
            "files": dict(changed),
            "diff": _diff(search.compilation, changed),
            "narrowed": narrowing_entries(narrowed),
        }
    )


def _print_notes(
    search: _Search, wish: Wish, changed: Mapping[str, str], narrowed: Mapping[str, Narrowed]
) -> None:
    from nnic.cli.narrowing import print_narrowed

    if wish.narrow:
        print_narrowed(search.record, narrowed)
    if not wish.strip:
        print_open(search.compilation, search.winner)
    print_budget(search.compilation, search.winner)
    print_edited(search.compilation, search.matched)
    print_new_findings(search.compilation, changed)


def _outcome(search: _Search, wish: Wish, changed: Mapping[str, str]) -> str:
    whose = f"trial #{search.winner.id}" + (" (your own)" if search.winner.baseline else "")
    if not changed:
        return f"nothing to change: the source has the values of {whose} already"
    if wish.dry_run:
        return f"nothing was written; write it: nnic apply {search.record.name}"
    files = ", ".join(shown_path(search.compilation, path) for path in changed)
    return f"wrote the values of {whose} into {files}; take it back: nnic apply --undo"
