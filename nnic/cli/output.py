"""Results as JSON that any parser reads."""

from __future__ import annotations

import io
import sys
from typing import Any

_LONG = 200  # entries of an array; the indenting encoder takes a second for ten thousand


def print_json(value: Any) -> None:
    """Print ``value`` on standard output; a float that is not finite becomes a string."""
    from nnic.results.jsonable import plain

    text = _to_text(plain(value), ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding if sys.stdout else "utf-8")
    except UnicodeEncodeError:
        text = _to_text(plain(value), ensure_ascii=True)
    print(text)


def write_data(text: str) -> None:
    """Write what another program reads to standard output, in UTF-8 whatever the locale is."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
        stream.flush()
        stream.buffer.write(text.encode("utf-8", "backslashreplace"))
        stream.buffer.flush()
    else:
        from nnic.screens.format import printable

        stream.write(printable(text) if stream.isatty() else text)


def _to_text(value: Any, ensure_ascii: bool) -> str:
    """Return indented JSON; of a long array each entry is on one line."""
    import json

    if not isinstance(value, list) or len(value) < _LONG:
        return json.dumps(value, indent=2, ensure_ascii=ensure_ascii)
    lines = (json.dumps(entry, ensure_ascii=ensure_ascii) for entry in value)
    return "[\n  " + ",\n  ".join(lines) + "\n]"
