"""Writes the values of a trial into the source that its experiment was compiled from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnic.apply.apply_values import apply_values
from nnic.apply.journal import forget, read_applies, record_apply
from nnic.apply.matching import MatchedFile, match_source
from nnic.apply.narrow import Narrowed, narrowing
from nnic.apply.narrowing import find_narrowed
from nnic.apply.refusals import (
    ApplyError,
    refuse_copied,
    refuse_edited,
    refuse_gone,
    refuse_outside,
    refuse_stripped,
    shown_file,
)
from nnic.compile.compilation import Compilation
from nnic.compile.compile_program import compile_program
from nnic.project.diffs import unified_diff
from nnic.project.home import project_root
from nnic.project.search_path import Surroundings
from nnic.project.writing import EditedMeanwhileError, FileChange, replace_files
from nnic.runtime.program import Program
from nnic.runtime.store.records import ExperimentRecord, TrialRecord


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a trial's values are written.

    Parameters
    ----------
    dry_run
        Nothing is written; what would be is told.
    digits
        Significant digits to round numbers to; by default they keep all of theirs.
    strip
        Take the annotations out.
    narrow
        Narrow the annotated ranges around the values of the best trials.
    """

    dry_run: bool = False
    digits: int | None = None
    strip: bool = False
    narrow: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class AppliedTrial:
    """What was written, or with ``dry_run`` would be.

    Parameters
    ----------
    record, trial
        The experiment, and the trial whose values are meant.
    options
        As they were asked for.
    compilation
        The source as it was before.
    matched
        Its files, held against what was searched.
    changed
        The new text of every file that changes, by its path in the code directory.
    narrowed
        What became of each range, by the key of its parameter; nothing without ``narrow``.
    """

    record: ExperimentRecord
    trial: TrialRecord
    options: ApplyOptions
    compilation: Compilation
    matched: tuple[MatchedFile, ...]
    changed: Mapping[str, str]
    narrowed: Mapping[str, Narrowed]

    @property
    def written(self) -> bool:
        """Whether the values are in the source now."""
        return not self.options.dry_run

    @property
    def diff(self) -> str:
        """What changes, as ``patch`` and ``git apply`` read it."""
        return "".join(
            unified_diff(shown_file(self.compilation, file.path), file.text, self.changed[file.path])
            for file in self.compilation.files
            if file.path in self.changed
        )

    def __repr__(self) -> str:
        """Return a line and the diff, which is what the prompt of Python and a notebook show."""
        done = "written" if self.written else "not written"
        return f"<trial #{self.trial.id} of {self.record.name}, {done}>\n{self.diff}".rstrip()


def apply_trial(
    record: ExperimentRecord,
    program: Program,
    trial: TrialRecord,
    trials: Sequence[TrialRecord],
    options: ApplyOptions,
) -> AppliedTrial:
    """Write the values of ``trial`` into the source.

    Parameters
    ----------
    record, program, trials
        The experiment, what it searched, and all of its trials.

    Raises
    ------
    ApplyError
        When there is nothing to write them to, or the source is not what was searched; nothing was
        written.
    CompileError
        When the source has errors now.
    """
    if not any(file.annotated for file in program.files):
        raise ApplyError(
            f"{record.name} searched a space from a file; there are no annotated values to write"
        )
    refuse_gone(record, program)
    compilation = _compile_again(record, program)
    applies = read_applies(record.config.directory.parent)
    matched = match_source(program, record.config.program, compilation, applies)
    refuse_edited(record, compilation, matched)
    refuse_stripped(record, trial.parameters, compilation)
    narrowed = find_narrowed(record, trial, trials, compilation) if options.narrow else {}
    changed = _rewritten(trial, compilation, matched, narrowed, options)
    if changed and not options.dry_run:
        _write(record, trial, compilation, changed)
    return AppliedTrial(record, trial, options, compilation, matched, changed, narrowed)


def _compile_again(record: ExperimentRecord, program: Program) -> Compilation:
    """Compile the source as it is now, with its imports from where they came from when it was searched: what
    was on the path then, as ``PYTHONPATH``, need not be there now."""
    code_dir = Path(program.code_dir)
    entry = code_dir / program.entry
    target = program.module or (os.path.relpath(entry) if entry.is_relative_to(Path.cwd()) else str(entry))
    python = record.config.argv[0]
    usable = not record.config.script and os.access(python, os.X_OK)
    return compile_program(
        target,
        module=bool(program.module),
        code_dir=code_dir,
        quiet=True,
        surroundings=Surroundings.here(python if usable else None, record.config.cwd),
        more_roots=_import_roots(program, code_dir),
    )


def _import_roots(program: Program, code_dir: Path) -> list[Path]:
    """Return the folders that the files of a program were imported from."""
    paths = {file.path for file in program.files}
    roots: dict[str, None] = {}
    for path in sorted(paths):
        folder = os.path.dirname(path)
        while folder and f"{folder}/__init__.py" in paths:
            folder = os.path.dirname(folder)
        roots[folder] = None
    return [code_dir / folder for folder in roots]


def _rewritten(
    trial: TrialRecord,
    compilation: Compilation,
    matched: Sequence[MatchedFile],
    narrowed: Mapping[str, Narrowed],
    options: ApplyOptions,
) -> dict[str, str]:
    own = trial.baseline
    try:
        return apply_values(
            compilation,
            {} if own else trial.parameters,
            digits=options.digits,
            strip=options.strip,
            narrowed=narrowing(narrowed),
            originals={file.path: file.original for file in matched if file.original} if own else None,
        )
    except ValueError as error:
        raise ApplyError(f"nothing is written: {error}") from None


def _write(
    record: ExperimentRecord, trial: TrialRecord, compilation: Compilation, changed: Mapping[str, str]
) -> None:
    """Write every file or none, after keeping what they hold."""
    changes = [
        FileChange(file.file, file.data, file.encoded(changed[file.path]))
        for file in compilation.files
        if file.path in changed
    ]
    root = project_root(compilation.code_dir)
    refuse_outside((change.path for change in changes), root, "written")
    refuse_copied(record.config.home, record.name, compilation.code_dir)
    journal = record_apply(record.config.directory, root, trial.id, changes)
    try:
        replace_files(changes)
    except EditedMeanwhileError as error:
        forget(journal)
        raise ApplyError(f"{error}; nothing was written") from None
    except OSError as error:
        forget(journal)
        raise ApplyError(f"can't write {error.filename}: {error.strerror}; nothing was written") from None
