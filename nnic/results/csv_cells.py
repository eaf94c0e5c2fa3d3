"""Text in the cells of CSV files, which a spreadsheet would take for a formula."""

from __future__ import annotations

import re

# A spreadsheet computes what begins with one of these, and such a formula can start programs.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def harmless(text: str) -> str:
    """Return a text with an apostrophe before what a spreadsheet would compute; numbers stay as they are."""
    return f"'{text}" if _FORMULA.match(text) and not _is_number(text) else text


def original(cell: str) -> str:
    """Return the text that :func:`harmless` made a cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text
