"""Compiles what a person names, as its project is configured, to a program or to an error that says why."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from nnic.compile.compilation import Compilation
from nnic.compile.program import compile_entry
from nnic.findings.diagnostics import Diagnostic
from nnic.findings.errors import CompileError
from nnic.project.interpreters import interpreter_at
from nnic.project.search_path import Surroundings
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
    surroundings: Surroundings | None = None,
    more_roots: Iterable[Path] = (),
) -> Compilation:
    """Compile a script, a folder or (``module``) a dotted name; the result has a program.

    Parameters
    ----------
    target, module, code_dir, excluded, surroundings
        As for :func:`compile_entry`; further roots are those of the project's ``[tool.nnic]``.
    more_roots
        Still further roots.
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
        roots = (*config_for(path or code_dir or Path()).roots, *more_roots)
        compilation = compile_entry(
            path,
            module=target if module else "",
            code_dir=code_dir,
            roots=roots,
            excluded=excluded,
            surroundings=surroundings,
        )
    except FileNotFoundError as error:
        raise NoTargetError(str(error)) from None
    except ValueError as error:
        raise WrongInputError(str(error)) from None
    except OSError as error:
        raise WrongInputError(f"{error.filename}: {error.strerror}") from None
    if compilation.program is None:
        found = [d for d in compilation.diagnostics if d.is_error or not quiet]
        raise CompileError(target, _with_newer_syntax(found, surroundings))
    return compilation


def _with_newer_syntax(found: list[Diagnostic], surroundings: Surroundings | None) -> list[Diagnostic]:
    """Say of a syntax error that it may be none for the Python of the trials, where that is a newer one."""
    if surroundings is None or not any(d.code == "NNI114" for d in found):
        return found
    interpreter = interpreter_at(surroundings.python)
    if interpreter.version[:2] <= sys.version_info[:2]:
        return found
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    help = (
        f"if this is newer syntax: nnic reads files with the parser of its own Python {own}, and the "
        f"trials run in Python {interpreter.shown_version}; install nnic there, for {surroundings.python}"
    )
    return [replace(d, help=help) if d.code == "NNI114" else d for d in found]
