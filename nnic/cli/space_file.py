"""A search space from a file: for scripts without annotations, or in place of annotated ranges."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from nnic.cli.errors import UsageError
from nnic.runtime.program import Program
from nnic.tuners.space import Parameter, SearchSpace


def with_space(program: Program, path: Path) -> Program:
    """Return ``program`` with the search space of the JSON file at ``path``.

    For a program with annotations each entry narrows or moves the range of the parameter that it
    names; parameters that the file leaves out keep theirs.

    Raises
    ------
    UsageError
        When the file can't be read, is no search space, or names what the program does not have.
    """
    try:
        given = SearchSpace.from_nni(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UsageError(f"--space {path}: {error.strerror}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"--space {path} is no search space in NNI's JSON: {error}") from None
    if not program.space.parameters:
        return replace(program, space=given)
    return replace(program, space=_merged(program.space, given, path))


def _merged(own: SearchSpace, given: SearchSpace, path: Path) -> SearchSpace:
    for parameter in given:
        if parameter.key not in own:
            keys = ", ".join(p.key for p in own)
            raise UsageError(f"--space {path}: the program has no parameter {parameter.key!r}; it has {keys}")
        _check_options(own[parameter.key], parameter, path)
    return SearchSpace(
        tuple(
            replace(p, sampler=given[p.key].sampler, args=given[p.key].args, integer=given[p.key].integer)
            if p.key in given
            else p
            for p in own
        )
    )


def _check_options(own: Parameter, given: Parameter, path: Path) -> None:
    if bool(own.options) != bool(given.options):
        raise UsageError(
            f"--space {path}: {own.key} is {own.sampler.value} in the program, not {given.sampler.value}"
        )
    if given.options != own.options:
        raise UsageError(
            f"--space {path}: the options of {own.key} are the program's own, {list(own.options)!r}; "
            "change them in its annotation"
        )
