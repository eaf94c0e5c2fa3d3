"""Reads notebooks: their code cells as one text, and findings in it as places in cells."""

from __future__ import annotations

import ast
import json
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Any

from nnic.findings.diagnostics import Diagnostic, Related
from nnic.findings.fixes import Fix
from nnic.syntax.parsing import parse_text

# Cell magics whose cell is Python all the same.
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "python3", "python"})
_LINE_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$")
_ASSIGNED_MAGIC = re.compile(r"^([ \t]*[\w.]+(?:[ \t]*,[ \t]*[\w.]+)*[ \t]*=[ \t]*)[%!].*$")


class NotebookError(ValueError):
    """The file is no notebook that can be read."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code cells of a notebook.

    Parameters
    ----------
    text
        All of them as one Python text, magics replaced.
    cells
        The number of each code cell, from 1 and with all other cells counted.
    starts
        The line of ``text``, from 1, that each of them begins on.
    """

    text: str
    cells: tuple[int, ...]
    starts: tuple[int, ...]

    def placed(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return a finding about ``text`` with the cell in its path, and lines of that cell; a fix is a text
        alone, for the characters of a notebook's file are others."""
        cell, line = self._place(diagnostic.line)
        end_line = max(line + diagnostic.end_line - diagnostic.line, line)
        fix = None if diagnostic.fix is None else Fix(diagnostic.fix.text)
        related = tuple(self._related(item, diagnostic.path) for item in diagnostic.related)
        path = f"{diagnostic.path}:cell {cell}"
        return replace(diagnostic, path=path, line=line, end_line=end_line, fix=fix, related=related)

    def _related(self, related: Related, path: str) -> Related:
        if related.path != path:
            return related
        cell, line = self._place(related.line)
        return replace(related, path=f"{path}:cell {cell}", line=line)

    def _place(self, line: int) -> tuple[int, int]:
        index = max(bisect_right(self.starts, line) - 1, 0)
        return (self.cells[index], line - self.starts[index] + 1) if self.cells else (1, line)


def read_notebook(data: bytes) -> Notebook:
    """Return the code cells of a notebook.

    Raises
    ------
    NotebookError
        When the bytes are no JSON with cells.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"the notebook can't be read: it is not JSON ({error})") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise NotebookError("the notebook can't be read: it has no list of cells (format 4)")
    numbers, starts, texts = [], [], []
    line = 1
    for number, cell in enumerate(cells, 1):
        code = _code(cell)
        if code is not None:
            numbers.append(number)
            starts.append(line)
            texts.append(code)
            line += code.count("\n")
    return Notebook("".join(texts), tuple(numbers), tuple(starts))


def _code(cell: Any) -> str | None:
    """Return the Python text of a code cell, which ends with a line break; ``None`` for any other cell."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return None
    text = re.sub(r"\r\n?", "\n", source)
    return _without_magics(text if text.endswith("\n") else f"{text}\n")


def _without_magics(text: str) -> str:
    """Return a cell as Python, line by line; the whole of it is blank where it is in another language."""
    if text.lstrip().startswith("%%"):
        word = re.match(r"\s*%%(\w*)", text)
        if word is None or word[1] not in _PYTHON_CELLS:
            return "\n" * text.count("\n")
        text = text.replace(text.lstrip().partition("\n")[0], "", 1)
    if _parses(text):
        return text
    # In a cell that is Python, a line may begin with % or end with ? inside brackets and strings.
    rows = []
    continued = False
    for row in text.split("\n"):
        magic = _LINE_MAGIC.match(row)
        if continued:
            rows.append("")
        elif magic is not None:
            rows.append(f"{magic[1]}pass")
        else:
            rows.append(_ASSIGNED_MAGIC.sub(r"\1None", row))
        shell = continued or rows[-1] != row
        continued = shell and row.endswith("\\")
    return "\n".join(rows)


def _parses(text: str) -> bool:
    try:
        return isinstance(parse_text(text), ast.Module)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
