"""Reading what is typed: durations, NAME=VALUE, experiments and the numbers of trials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from nnic.cli.errors import UsageError

EarlierOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="What earlier results had of a parameter that they do not name; may be repeated.",
    ),
]

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def parse_duration(text: str, option: str = "--time") -> float:
    """Return the seconds of ``90``, ``90s``, ``30m``, ``1h30m`` or ``2d``.

    Raises
    ------
    UsageError
        When ``text`` is none of these.
    """
    compact = text.replace(" ", "")
    if re.fullmatch(r"\d+(\.\d+)?", compact):
        seconds = float(compact)
    elif re.fullmatch(r"(\d+(\.\d+)?(min|[smhd]))+", compact):
        parts = re.findall(r"(\d+(?:\.\d+)?)(min|[smhd])", compact)
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    else:
        raise UsageError(f"{option} {text!r} is no duration; write seconds, or for example 30m, 2h, 1h30m")
    if seconds <= 0:
        raise UsageError(f"{option} {text!r} is not positive")
    return seconds


def parse_assignments(option: str, texts: Sequence[str]) -> dict[str, str]:
    """Return ``NAME=VALUE`` texts as a dictionary.

    Raises
    ------
    UsageError
        When a text has no ``=``, or a name comes twice.
    """
    result: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} {text!r} should be NAME=VALUE")
        if name in result:
            raise UsageError(f"{option} gives {name!r} twice")
        result[name] = value
    return result


def split_names(texts: Sequence[str] | None) -> list[str]:
    """Return the names of an option that may be repeated and takes several, separated by commas.

    A comma within brackets belongs to a name, such as ``f(1, 2)``.
    """
    return [name.strip() for text in texts or () for name in re.split(r",(?![^(\[]*[)\]])", text) if name]


def split_words(words: Sequence[str]) -> tuple[str | None, list[int]]:
    """Return the experiment, ``None`` for the latest, and the numbers of the trials.

    A number may be written ``#3``.

    Raises
    ------
    UsageError
        When what should be a number is none.
    """
    exp = None
    numbers = list(words)
    if numbers and _number(numbers[0]) is None:
        exp = numbers.pop(0)
    found = []
    for word in numbers:
        number = _number(word)
        if number is None:
            raise UsageError(f"{word!r} is no trial; trials are numbers, such as 3 or #3")
        found.append(number)
    return exp, found


def _number(word: str) -> int | None:
    digits = word.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdecimal() else None
