"""Makes the fixes of findings, again and again until none is left: what ``nnic lint --fix`` does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnic.edits import Edit, splice
from nnic.findings.diagnostics import Diagnostic
from nnic.findings.fixes import Fix
from nnic.source import SourceFile, keeps_encoding
from nnic.span import Lines
from nnic.syntax.facts import FileFacts
from nnic.syntax.fingerprint import Fingerprint, fingerprint

# A fix may bring out the next finding; beyond this they only undo each other.
_MOST_PASSES = 20

Check = Callable[[SourceFile], Sequence[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file with its fixes made; ``count`` findings were mended."""

    source: SourceFile
    count: int


def fix_source(source: SourceFile, check: Check, *, unsafe: bool = False) -> Fixed:
    """Mend what ``check`` finds.

    Of fixes that overlap the first is made, and the others when the file is checked again. Only
    annotations and comments change: a file whose code would change, or which couldn't be parsed or
    encoded any more, stays as it is.

    Parameters
    ----------
    source
        The file.
    check
        Gives the findings of a text.
    unsafe
        Make suggested fixes too.
    """
    try:
        code = _code(source)
    except SyntaxError:
        return Fixed(source, 0)
    current = source
    count = 0
    seen = {source.text}
    for _ in range(_MOST_PASSES):
        fixes = _without_overlaps([d.fix for d in check(current) if d.fix is not None], unsafe)
        if not fixes:
            return Fixed(current, count)
        edits = {edit for fix in fixes for edit in fix.edits}
        text = splice(current.text, edits)
        if text in seen:
            return Fixed(current, count)
        if not source.encodable(text) or not keeps_encoding(source, text):
            break
        seen.add(text)
        current = SourceFile(source.path, source.encode(text), text, source.encoding, Lines(text))
        count += len(fixes)
        try:
            if _code(current) != code:
                break
        except SyntaxError:
            break
    return Fixed(source, 0)


def _without_overlaps(fixes: list[Fix], unsafe: bool) -> list[Fix]:
    chosen: list[Fix] = []
    taken: list[Edit] = []
    for fix in sorted(fixes, key=lambda fix: fix.edits):
        if not fix.edits or not (fix.safe or unsafe):
            continue
        if any(_touch(edit, other) for edit in fix.edits for other in taken):
            continue
        chosen.append(fix)
        taken += fix.edits
    return chosen


def _touch(first: Edit, second: Edit) -> bool:
    """Tell whether two edits are in each other's way: insertions also where the other one ends."""
    if first.span.start == first.span.end or second.span.start == second.span.end:
        return first.span.start <= second.span.end and second.span.start <= first.span.end
    return first.span.start < second.span.end and second.span.start < first.span.end


def _code(source: SourceFile) -> Fingerprint:
    """Tell what the file does: its tree, with a mark for each string statement, for they may hold
    annotations."""
    facts = FileFacts(source)
    statements = [node.value for node in facts.nodes.of(ast.Expr) if isinstance(node.value, ast.Constant)]
    marks = {id(node): "a string" for node in statements if isinstance(node.value, str)}
    return fingerprint(facts.tree, marks)
