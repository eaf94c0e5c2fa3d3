"""Finds a place for the import of the trial module, ahead of everything that uses it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from nnic.ir import ModuleIR
from nnic.lowering.placing import prologue_length
from nnic.source import SourceFile
from nnic.syntax.tree import Position, end_of, start_of
from nnic.syntax.trial_module import TRIAL_IMPORT

_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")


@dataclass(frozen=True, slots=True)
class ImportPoint:
    """Where ``text`` goes; ``appended`` behind a statement rather than in front of one."""

    offset: int
    text: str
    appended: bool = False


def find_import_point(ir: ModuleIR) -> ImportPoint | None:
    """Find where the import goes: in front of the first simple statement behind docstring and
    ``__future__``, failing that on a blank or comment line. ``None`` means that there is no such place before
    the first use."""
    source, tree = ir.source, ir.facts.tree
    prologue = prologue_length(tree)
    first_use, own_lines = _uses(ir)
    if prologue and first_use <= end_of(source, tree.body[prologue - 1]):
        return ImportPoint(first_use, f"; {TRIAL_IMPORT}", appended=True)
    starts = [start_of(source, s) for s in tree.body[prologue:] if not _is_compound(s)]
    before = [offset for offset in (*starts, *own_lines) if offset <= first_use]
    if before:
        return ImportPoint(min(before), f"{TRIAL_IMPORT}; ")
    line = _free_line(source, tree, prologue, first_use)
    if line is None:
        return None
    blank = not source.lines.line_text(line).strip()
    return ImportPoint(source.lines.start_of(line), TRIAL_IMPORT + ("" if blank else "  "))


def _uses(ir: ModuleIR) -> tuple[int, list[int]]:
    """Return the offset that the import must precede, and the offsets of statements that come from comments
    at module level, before which it may stand too."""
    tops = _TopLevel(ir.source)
    uses = [tops.start(t.position) for t in ir.tunables if t.places]
    own_lines = []
    for statement in (*ir.statements, *(layer.statement for layer in ir.layers)):
        if statement.position.block.parent is not None:
            uses.append(tops.start(statement.position))
        else:
            uses.append(statement.offset)
            if statement.own_line:
                own_lines.append(statement.offset)
    return min(uses), own_lines


class _TopLevel:
    """Finds the statements of the module that hold positions; blocks may lie deep in each other."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        # The places of the module that hold blocks, by the ``id`` of the block.
        self._known: dict[int, Position] = {}

    def start(self, position: Position) -> int:
        """Return the offset at which the statement of the module begins."""
        passed = []
        while position.block.parent is not None:
            block = position.block
            passed.append(id(block))
            position = self._known.get(id(block)) or Position(position.block.parent, block.parent_index)
        self._known.update((identity, position) for identity in passed)
        return start_of(self._source, position.statement)


def _is_compound(statement: ast.stmt) -> bool:
    return hasattr(statement, "body") or hasattr(statement, "cases")


def _free_line(source: SourceFile, tree: ast.Module, prologue: int, first_use: int) -> int | None:
    """Return a line between statements of the module that holds nothing or a comment."""
    lines = source.lines
    line = 1
    for index, statement in enumerate(tree.body):
        start = start_of(source, statement)
        if index >= prologue:
            for candidate in range(line, lines.line_of(start)):
                if _is_free(source, candidate):
                    return candidate
        if start >= first_use:
            return None
        line = lines.line_of(end_of(source, statement)) + 1
    return None


def _is_free(source: SourceFile, line: int) -> bool:
    text = source.lines.line_text(line)
    if text.strip(" \t\f") and not text.lstrip(" \t\f").startswith("#"):
        return False
    if line <= 2:
        declared = [_CODING.match(source.lines.line_text(n)) for n in (1, 2) if n <= len(source.lines.starts)]
        # A coding line counts only behind lines without code.
        if any(declared[line - 1 :]) or text.startswith("#!"):
            return False
    return line == 1 or not source.lines.line_text(line - 1).endswith("\\")
