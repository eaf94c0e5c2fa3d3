"""Compiles what a person names, as its project is configured, to a program or to an error that says why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnic.compile.compilation import Compilation
from nnic.compile.program import compile_entry
from nnic.findings.errors import CompileError
from nnic.project.settings import config_for
from nnic.runtime.errors import WrongInputError


class NoTargetError(WrongInputError, FileNotFoundError):
    """There is no such script, folder or module."""


def compile_program(
    target: str,
    *,
    module: bool = False,
    code_dir: Path | None = None,
    excluded: Iterable[Path] = (),
    quiet: bool = False,
) -> Compilation:
    """Compile a script, a folder or (``module``) a dotted name; the result has a program.

    Parameters
    ----------
    target, module, code_dir, excluded
        As for :func:`compile_entry`; further roots are those of the project's ``[tool.nnic]``.
    quiet
        An error has the findings that are errors, and no others.

    Raises
    ------
    CompileError
        When a finding is an error.
    NoTargetError
        When there is nothing at ``target``.
    WrongInputError
        When it can't be read, lies outside of the code directory, or the project's configuration can't
        be meant.
    """
    path = None if module else Path(target)
    try:
        roots = config_for(path or code_dir or Path()).roots
        compilation = compile_entry(
            path, module=target if module else "", code_dir=code_dir, roots=roots, excluded=excluded
        )
    except FileNotFoundError as error:
        raise NoTargetError(str(error)) from None
    except ValueError as error:
        raise WrongInputError(str(error)) from None
    except OSError as error:
        raise WrongInputError(f"{error.filename}: {error.strerror}") from None
    if compilation.program is None:
        raise CompileError(target, (d for d in compilation.diagnostics if d.is_error or not quiet))
    return compilation
