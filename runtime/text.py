"""How numbers are written in what people read: in messages of the runtime and on every screen."""

from __future__ import annotations

import math
from collections.abc import Sequence


def format_number(value: float, digits: int = 4) -> str:
    """Return ``value`` with at most ``digits`` significant digits, in the shorter notation."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    text = f"{value:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else text


def plural(number: float, one: str, more: str = "") -> str:
    """Return ``one`` for a single thing, else ``more``, which is ``one`` with an s where it is not given."""
    return one if number == 1 else more or f"{one}s"


def counted(number: float, one: str, more: str = "") -> str:
    """Return ``1 trial``, ``2 trials``; ``more`` is the plural where that is not ``one`` with an s."""
    return f"{number} {plural(number, one, more)}"


def join_fitting(parts: Sequence[str], width: int, between: str = " ") -> str:
    """Return the first of ``parts`` that fit into ``width`` columns, and how many more there are."""
    for count in range(len(parts), 0, -1):
        left = len(parts) - count
        text = between.join(parts[:count]) + (f", +{left} more" if left else "")
        if len(text) <= width:
            return text
    return f"{len(parts)} values" if parts else ""


def printable(text: str) -> str:
    """Return ``text`` on one line, and of characters that a terminal takes: others as escapes."""
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    # A byte of a name that is no UTF-8 comes as a surrogate.
    return f"\\x{ord(char) - 0xDC00:02x}" if "\udc80" <= char <= "\udcff" else repr(char)[1:-1]


def format_bytes(count: int) -> str:
    """Return a size in the unit that suits it, such as ``12 KiB``, ``3.4 MiB`` or ``1.2 GiB``."""
    if count < 1 << 20:
        return f"{count / 1024:.0f} KiB"
    if count < 1 << 30:
        return f"{count / (1 << 20):.1f} MiB"
    return f"{count / (1 << 30):.1f} GiB"
