"""Values for people: rounded, short, aligned. JSON output never goes through here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from nnic.runtime.text import format_number
from nnic.tuners.space import Value

BARS = "▁▂▃▄▅▆▇█"
DIGITS = 3  # significant ones of a parameter's value
MOST_DIGITS = 6


def format_metric(value: float | None, digits: int = 4) -> str:
    """Return a metric with four decimals where that says enough, else significant digits."""
    if value is None:
        return "-"
    if math.isfinite(value) and 0.01 <= abs(value) < 1000:
        return f"{value:.{digits}f}"
    return format_number(value, digits)


def metric_digits(values: Iterable[float | None]) -> int:
    """Return how many digits :func:`format_metric` needs, so that different metrics look different."""
    return _digits_apart(
        format_metric, [value for value in values if value is not None and math.isfinite(value)], 4
    )


def digits_apart(values: Iterable[float]) -> int:
    """Return how many significant digits tell ``values`` apart, within reason."""
    return _digits_apart(format_number, values, DIGITS)


def _digits_apart(show: Callable[[float, int], str], values: Iterable[float], least: int) -> int:
    different = set(values)
    digits = least
    while digits < MOST_DIGITS and len({show(value, digits) for value in different}) < len(different):
        digits += 1
    return digits


_CALL = re.compile(r"(?:\w+\.)*(\w+)\(.*\)", re.DOTALL)


def format_value(value: Value, width: int = 24, digits: int = DIGITS) -> str:
    """Return a parameter's value: numbers rounded, strings quoted when they are names or empty.

    An expression that takes more than ``width`` columns is cut; of a call, the callee's last name stays.
    """
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (int, float)):
        return format_number(value, digits)
    text = cut_code(" ".join(value.split()), width)
    return repr(text) if text.isidentifier() or not text or _is_number(text) else text


def cut_code(text: str, width: int) -> str:
    """Return code that takes at most ``width`` columns; of a longer call, the callee's last name stays."""
    if cells_of(text) <= width:
        return text
    call = _CALL.fullmatch(text)
    short = call is not None and cells_of(call[1]) <= width - 3
    return f"{call[1]}(…)" if call and short else cut_text(text, width)


def cut_text(text: str, width: int) -> str:
    """Return ``text``, or its beginning and an ellipsis where it takes more than ``width`` columns."""
    return text if cells_of(text) <= width else f"{_cut(text, width - 1)}…"


def _cut(text: str, width: int) -> str:
    """Return the beginning of ``text`` that takes no more than ``width`` columns."""
    from rich.cells import set_cell_size

    cut = set_cell_size(text, width)
    return cut if text.startswith(cut) else cut[:-1]  # a space stands for half of a wide character


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# Also what turns the direction of text: it shows other text than there is.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Return ``text`` with what would move a terminal's cursor, or can't be encoded, escaped."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def format_seconds(seconds: float) -> str:
    """Return a duration in the largest units that matter: ``4.1 s``, ``2 min 5 s``, ``1 h 3 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def local_time(seconds: float) -> str:
    """Return Unix seconds as a person's clock shows them: ``2026-11-21 14:05``."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def format_clock(seconds: float) -> str:
    """Return a duration as ``hh:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"


Scale = tuple[float, float]


def curve_scale(curves: Iterable[Sequence[float]]) -> Scale | None:
    """Return the lowest and the highest value that curves are drawn with, so that they can be compared.

    What lies far from most values, such as the loss of a trial that diverged, does not count.
    """
    finite = sorted(value for curve in curves for value in curve if math.isfinite(value))
    if not finite:
        return None
    first, third = finite[len(finite) // 4], finite[(3 * len(finite)) // 4]
    far = 1.5 * (third - first)
    if not far:
        return finite[0], finite[-1]
    return max(finite[0], first - far), min(finite[-1], third + far)


def sparkline(values: Sequence[float], width: int = 8, scale: Scale | None = None) -> str:
    """Draw ``values`` in at most ``width`` characters; a value that is not finite is a space.

    Without a ``scale`` the curve spans its own range.
    """
    if len(values) > width:
        values = [values[round(i * (len(values) - 1) / (width - 1))] for i in range(width)]
    low, high = scale or curve_scale([values]) or (0.0, 0.0)
    return "".join(_bar(value, low, high) if math.isfinite(value) else " " for value in values)


def _bar(value: float, low: float, high: float) -> str:
    if not high > low:
        return BARS[0]
    share = (min(max(value, low), high) - low) / (high - low)
    return BARS[round(share * (len(BARS) - 1))] if math.isfinite(share) else BARS[0]


def cells_of(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes: a character takes one, two, or none."""
    if text.isascii():  # as most is; then rich need not be loaded
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Return aligned lines; the columns in ``right`` are flushed right, the last one is not padded."""
    widths = [max(cells_of(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = []
    for row in (header, *rows):
        cells = [_padded(cell, widths[i], i in right) for i, cell in enumerate(row)]
        lines.append("  ".join(cells).rstrip())
    return lines


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - cells_of(text))
    return space + text if right else text + space
