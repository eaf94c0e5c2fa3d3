"""A search space that is given beside the script: for one without annotations, or for other ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnic.runtime.program import Program
from nnic.runtime.reading import parse_json
from nnic.tuners.space import Parameter, SearchSpace


def read_space(path: Path) -> SearchSpace:
    """Read NNI's JSON from a file.

    Raises
    ------
    ValueError
        When the file can't be read, or is no search space; names the file.
    """
    try:
        return SearchSpace.from_nni(parse_json(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a search space in NNI's JSON: {error}") from None


def parse_space(data: Mapping[str, Any]) -> SearchSpace:
    """Take NNI's form as Python values.

    Raises
    ------
    ValueError
        Names what is malformed.
    """
    try:
        return SearchSpace.from_nni(data)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"this is not a search space of NNI's: {error}") from None


def with_space(program: Program, given: SearchSpace) -> Program:
    """Return ``program`` with the search space ``given``.

    For a program with annotations each entry narrows or moves the range of the parameter that it
    names; parameters that it leaves out keep theirs.

    Raises
    ------
    ValueError
        When it names what the program does not have, or changes what only the annotation can.
    """
    if not program.space.parameters:
        return replace(program, space=given)
    own = program.space
    for parameter in given:
        if parameter.key not in own:
            keys = ", ".join(p.key for p in own)
            raise ValueError(f"the program has no parameter {parameter.key!r}; it has {keys}")
        _check_options(own[parameter.key], parameter)
    merged = tuple(
        replace(p, sampler=given[p.key].sampler, args=given[p.key].args, integer=given[p.key].integer)
        if p.key in given
        else p
        for p in own
    )
    return replace(program, space=SearchSpace(merged))


def _check_options(own: Parameter, given: Parameter) -> None:
    if bool(own.options) != bool(given.options):
        raise ValueError(f"{own.key} is {own.sampler.value} in the program, not {given.sampler.value}")
    if given.options != own.options:
        raise ValueError(
            f"the options of {own.key} are the program's own, {list(own.options)!r}; "
            "change them in its annotation"
        )
