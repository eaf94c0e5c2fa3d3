"""Values for people: rounded, short, aligned. JSON output never goes through here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from nnic.runtime.text import format_number
from nnic.tuners.space import Value

BARS = "▁▂▃▄▅▆▇█"


def format_metric(value: float | None) -> str:
    """Return a metric with four decimals where that says enough, else significant digits."""
    if value is None:
        return "-"
    if math.isfinite(value) and 0.01 <= abs(value) < 1000:
        return f"{value:.4f}"
    return format_number(value)


_CALL = re.compile(r"(?:\w+\.)*(\w+)\(.*\)", re.DOTALL)


def format_value(value: Value, width: int = 24) -> str:
    """Return a parameter's value: numbers rounded, strings quoted when they are names or empty.

    An expression that takes more than ``width`` columns is cut; of a call, the callee's last name stays.
    """
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (int, float)):
        return format_number(value, 3)
    text = " ".join(value.split())
    call = _CALL.fullmatch(text)
    if cells_of(text) > width:
        short = call is not None and cells_of(call[1]) <= width - 3
        text = f"{call[1]}(…)" if call and short else f"{_cut(text, width - 1)}…"
    return repr(text) if text.isidentifier() or not text or _is_number(text) else text


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


def format_config(config: Mapping[str, Value], names: Mapping[str, str]) -> str:
    """Return ``lr=0.0024 hidden=220 opt='adam'``, in the order of ``config``."""
    return " ".join(f"{names.get(key, key)}={format_value(value)}" for key, value in config.items())


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


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


def format_clock(seconds: float) -> str:
    """Return a duration as ``hh:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"


def format_bytes(count: int) -> str:
    """Return a size in the unit that suits it, such as ``12 KiB``, ``3.4 MiB`` or ``1.2 GiB``."""
    if count < 1 << 20:
        return f"{count / 1024:.0f} KiB"
    if count < 1 << 30:
        return f"{count / (1 << 20):.1f} MiB"
    return f"{count / (1 << 30):.1f} GiB"


def sparkline(values: Sequence[float], width: int = 8) -> str:
    """Draw ``values`` in at most ``width`` characters; a value that is not finite is a space."""
    if len(values) > width:
        values = [values[round(i * (len(values) - 1) / (width - 1))] for i in range(width)]
    finite = [v for v in values if math.isfinite(v)]
    if not finite:
        return " " * len(values)
    low, high = min(finite), max(finite)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((v - low) * scale)] if math.isfinite(v) else " " for v in values)


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
