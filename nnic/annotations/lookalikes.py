"""Finds what resembles an annotation and is none, so that nobody waits for an effect that never comes."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from nnic.annotations.kinds import KNOWN, STATEMENTS, is_one_slip
from nnic.annotations.parse import written
from nnic.edits import Edit
from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.span import Span
from nnic.syntax.lexer import Comment

_WORD = r"[^\W\d]\w*"
_HIDDEN = re.compile(rf"@nni\.({_WORD})[ \t]*\(")
_MARKER = re.compile(
    r"(?P<at>@?)(?P<gap>[ \t]*)(?P<word>\w{2,4})(?P<dot>[ \t]*[.:,;][ \t]*|[ \t]+)"
    rf"(?P<kind>{_WORD})[ \t]*\("
)
_MISSPELT = re.compile(rf"@[ \t]*([A-Za-z]{{2,4}})[ \t]*[.:,;][ \t]*({_WORD})[ \t]*\(")
_OPENING = re.compile(r"#+[ \t]*")
_QUOTED = re.compile(r"[rRuU]?(?:\'\'\'|\"\"\"|\'|\")[ \t]*@nni\.")
_REPORT = re.compile(rf"nni\.({'|'.join(sorted(STATEMENTS))})[ \t]*\(")
_LITERAL = re.compile(r"[A-Za-z]*(?:'''|\"\"\"|'|\")\s*")


def misspelt_markers(text: str) -> set[str]:
    """Return the words that stand for ``nni`` in misspelt markers, wherever in ``text`` they are."""
    return {
        match[1]
        for match in _MISSPELT.finditer(text)
        if match[1] != "nni" and match[2] in KNOWN and _is_near(match[1])
    }


def _is_near(word: str) -> bool:
    return word.lower() == "nni" or is_one_slip(word.lower(), "nni")


def check_comment(comment: Comment, sink: Sink) -> None:
    """Look at a comment without an annotation."""
    opening = _OPENING.match(sink.source.text, comment.start, comment.end)
    assert opening is not None
    if _is_switched_off(sink.source.text, opening.end(), comment.end):
        return
    if not _check_marker(opening.end(), comment.end, sink):
        check_hidden(comment.start, comment.end, sink)


def _is_switched_off(text: str, start: int, end: int) -> bool:
    """Tell whether a comment holds what its author commented out: an annotation with its quotes, or a report
    that the file makes elsewhere."""
    if _QUOTED.match(text, start, end):
        return True
    report = _REPORT.match(text, start, end)
    return report is not None and _reports_elsewhere(text, report[1])


@lru_cache(maxsize=4)
def _reports_elsewhere(text: str, kind: str) -> bool:
    return re.search(rf"@nni\.{kind}[ \t]*\(|^[^#'\"\r\n]*\bnni\.{kind}[ \t]*\(", text, re.M) is not None


def check_hidden(start: int, end: int, sink: Sink) -> None:
    """An annotation behind other text of a comment is none, which nobody would see."""
    text = sink.source.text
    match = _HIDDEN.search(text, start, end)
    if match and match[1] in KNOWN:
        call = written(match[1], text[match.end() - 1 : end])
        # What follows the call must be able to stand behind an annotation.
        rest = text[match.start() + len(call or "") : end].strip()
        edits = (Edit(Span(match.start(), match.start()), "# "),) if not rest or rest[0] == "#" else ()
        sink.warning(
            "NNI204",
            Span(match.start(), match.end(1)),
            "an annotation must begin its comment or follow ' #'; this one is only text",
            fix=Fix(f"# {call}", edits) if call else None,
        )


def check_string(literal: ast.expr, sink: Sink) -> None:
    """Look at a string statement without an annotation."""
    source = sink.source
    span = source.span(literal)
    opening = _LITERAL.match(source.text, span.start, span.end)
    if opening is not None and source.text.startswith(("@", "nni"), opening.end()):
        _check_marker(opening.end(), span.end, sink)


def check_other_literal(literal: ast.expr, sink: Sink) -> None:
    """Look at a statement that is an f-string or a bytes literal."""
    source = sink.source
    span = source.span(literal)
    opening = _LITERAL.match(source.text, span.start, span.end)
    match = opening and _HIDDEN.match(source.text, opening.end(), span.end)
    if match and match[1] in KNOWN:
        kind = "a bytes literal" if isinstance(literal, ast.Constant) else _template_kind(literal)
        sink.warning(
            "NNI204",
            Span(match.start(), match.end(1)),
            f"{kind} is not an annotation; use a plain string or a comment",
        )


def _template_kind(literal: ast.expr) -> str:
    return "an f-string" if isinstance(literal, ast.JoinedStr) else "a template string"


def _check_marker(start: int, end: int, sink: Sink) -> bool:
    """Tell whether ``start`` holds a near miss of ``@nni.<word>(``, which is then reported."""
    text = sink.source.text
    match = _MARKER.match(text, start, end)
    if match is None or match["kind"] not in KNOWN:
        return False
    near = _is_near(match["word"]) if match["at"] else match["word"].lower() == "nni"
    exact = match["at"] and not match["gap"] and match["word"] == "nni" and match["dot"] == "."
    if not near or exact or (not match["dot"].strip() and not match["at"]):
        return False
    span = Span(match.start(), match.end("kind"))
    call = written(match["kind"], text[match.end() - 1 : end])
    sink.warning(
        "NNI204",
        span,
        f"this looks like an annotation, but an annotation begins with '@nni.{match['kind']}('",
        fix=Fix(call, (Edit(span, f"@nni.{match['kind']}"),)) if call else None,
    )
    return True
