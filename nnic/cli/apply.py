"""``nnic apply``: write a trial's values back into the source."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.compiling import compile_or_exit
from nnic.cli.diffs import unified_diff
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project, require_program

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.runtime.program import Program
    from nnic.runtime.records import ExperimentRecord, TrialRecord


@app.command()
def apply(
    exp: ExperimentArgument = None,
    trial: Annotated[int | None, typer.Option(min=0, help="The trial. [default: the best]")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the best values of an experiment into the source that it was compiled from."""
    from nnic.api import apply_values
    from nnic.runtime.program import Program

    with open_project() as reader:
        record = reader.experiment(exp)
        winner = reader.best(record) if trial is None else reader.trial(record, trial)
    if winner is None:
        raise CommandError(f"no trial of {record.name} has a result yet; see them: nnic trials {record.name}")
    require_program(record)
    program = Program.load(record.config.program)
    if not any(file.annotated for file in program.files):
        raise CommandError(
            f"{record.name} searched a space from a file; there are no annotated values to write"
        )
    _refuse_edited(program, record)
    compilation = _compile_again(program)
    values = {} if winner.baseline else winner.parameters
    changed = apply_values(compilation, values)
    diff = "".join(
        unified_diff(_shown(compilation, file.path), file.text, changed[file.path])
        for file in compilation.files
        if file.path in changed
    )
    if not dry_run:
        _write(compilation, changed)
    if format is Format.JSON:
        from nnic.cli.output import print_json

        written = {"experiment": record.name, "trial": winner.id, "written": not dry_run}
        print_json({**written, "files": changed, "diff": diff})
        return
    sys.stdout.write(diff)
    print(_outcome(record, winner, changed, dry_run), file=sys.stderr)


def _refuse_edited(program: Program, record: ExperimentRecord) -> None:
    from nnic.files.freshness import changed_lines

    annotated = {file.path for file in program.files if file.annotated}
    edited = {p: n for p, n in changed_lines(program, record.config.program).items() if p in annotated}
    if not edited:
        return
    places = "; ".join(
        f"{path} is gone" if not lines else f"{path} line{'s'[: len(lines) > 1]} {_numbers(lines)}"
        for path, lines in edited.items()
    )
    raise CommandError(
        f"the source was edited since {record.name} was started, so nothing is written: {places}\n"
        f"  The values: nnic best {record.name}. Search the edited source: nnic run {record.config.argv[-1]}"
    )


def _numbers(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:8]))
    return shown + (f" and {len(lines) - 8} more" if len(lines) > 8 else "")


def _compile_again(program: Program) -> Compilation:
    code_dir = Path(program.code_dir)
    target = program.module or str(code_dir / program.entry)
    compilation, _ = compile_or_exit(target, module=bool(program.module), code_dir=code_dir)
    return compilation


def _shown(compilation: Compilation, path: str) -> str:
    relative = os.path.relpath(compilation.code_dir / path)
    return path if relative.startswith("..") else relative


def _write(compilation: Compilation, changed: dict[str, str]) -> None:
    from nnic.files.writing import replace_file
    from nnic.source import SourceFile

    for file in compilation.files:
        if file.path in changed:
            source = SourceFile.decode(file.data, file.path)
            replace_file(file.file, source.encode(changed[file.path]), expected=file.data)


def _outcome(record: ExperimentRecord, winner: TrialRecord, changed: dict[str, str], dry_run: bool) -> str:
    if not changed:
        return f"nothing to change: the source has the values of trial #{winner.id} already"
    if dry_run:
        return f"nothing was written; write it: nnic apply {record.name}"
    return f"wrote the values of trial #{winner.id} into {', '.join(changed)}"
