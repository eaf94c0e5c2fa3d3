"""An experiment and trials as words of a command line."""

from __future__ import annotations

from collections.abc import Sequence

from nnic.cli.errors import UsageError


def split_words(words: Sequence[str]) -> tuple[str | None, list[int]]:
    """The experiment, ``None`` for the latest, and the numbers of the trials, which may be written ``#3``.

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
