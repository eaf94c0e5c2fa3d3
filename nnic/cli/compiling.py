"""Compiling for a command: findings are printed, errors end it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from nnic.cli.errors import FINDINGS, CommandError, UsageError

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.experiment import Experiment
    from nnic.findings.diagnostics import Diagnostic
    from nnic.runtime.program import Program


def compile_or_exit(
    target: str,
    *,
    module: bool = False,
    code_dir: Path | None = None,
    excluded: Iterable[Path] = (),
    quiet: bool = False,
) -> tuple[Compilation, Program]:
    """Compile a script, a folder or (``module``) a dotted name; print findings on standard error;
    with ``quiet`` errors alone.

    Raises
    ------
    UsageError
        When there is nothing to compile at ``target``.
    typer.Exit
        When a finding is an error.
    """
    from nnic.api import compile_entry
    from nnic.project.settings import config_for

    path = None if module else Path(target)
    name = target if module else ""
    try:
        roots = config_for(path or code_dir or Path()).roots
        compilation = compile_entry(path, module=name, code_dir=code_dir, roots=roots, excluded=excluded)
    except (FileNotFoundError, ValueError) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from None
    print_findings(d for d in _wanted(compilation.diagnostics) if d.is_error or not quiet)
    if compilation.program is None:
        print(f"nnic: {target} was not compiled; mend the errors above", file=sys.stderr)
        raise typer.Exit(FINDINGS)
    return compilation, compilation.program


def compile_experiment(experiment: Experiment) -> Compilation:
    """Compile what is to be searched; print findings on standard error.

    Raises
    ------
    UsageError
        When the script or the space is not there, or the space does not fit.
    CommandError
        When there is nothing to search.
    typer.Exit
        When a finding is an error.
    """
    from nnic.experiment import CompileError, NothingOpenError

    try:
        compilation = experiment.compile()
    except CompileError as error:
        print_findings(_wanted(error.diagnostics))
        print(f"nnic: {experiment.script} was not compiled; mend the errors above", file=sys.stderr)
        raise typer.Exit(FINDINGS) from None
    except NothingOpenError as error:
        raise CommandError(
            f"{error}.\n  Annotate one, as in\n      lr = 0.1  # @nni.loguniform(1e-4, 1e-1)\n"
            "  or, where it calls nni.get_next_parameter(), give the space: --space search_space.json"
        ) from None
    except (FileNotFoundError, ValueError) as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from None
    print_findings(_wanted(compilation.diagnostics))
    return compilation


def warn_of_direction(compilation: Compilation, maximize: bool) -> None:
    """Print warnings about metrics whose names say that the search goes the wrong way."""
    from nnic.findings.diagnostics import Sink
    from nnic.findings.suppression import without_suppressed
    from nnic.passes.direction import check_direction

    for file in compilation.files:
        if file.result is not None and file.result.ir is not None:
            sink = Sink(file.result.source)
            check_direction(file.result.ir, maximize, sink)
            found = without_suppressed(file.result.source, sink.diagnostics)
            print_findings(_wanted(d for d in found if d.code == "NNI211"))


def _wanted(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out what the project ignores; errors are always shown, for they stop everything."""
    from nnic.project.settings import config_for

    for diagnostic in found:
        file = Path(diagnostic.path)
        if diagnostic.is_error or config_for(file).selection_for(file).wants(diagnostic.code):
            yield diagnostic


def print_findings(found: Iterable[Diagnostic]) -> None:
    """Print findings on standard error, as people read them."""
    from nnic.findings.render import render_text

    for diagnostic in found:
        print(render_text(diagnostic), end="\n\n", file=sys.stderr)
