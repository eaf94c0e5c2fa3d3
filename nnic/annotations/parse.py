"""Parses the text of one annotation."""

from __future__ import annotations

import ast
import re

from nnic.annotations.kinds import KNOWN, is_certain, nearest
from nnic.edits import Edit
from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.span import Span
from nnic.syntax.annotation_text import AnnotationText
from nnic.syntax.lexer import closing_bracket
from nnic.syntax.parsing import forget_prefixes, parse_expression
from nnic.syntax.walking import depth

# What prints expressions recurses, and Python gives up at some thousand levels of its own.
_DEEPEST = 200
_TOO_DEEP = (
    f"the annotation is nested more than {_DEEPEST} levels deep; move parts of it into variables or functions"
)


def check_kind(kind: str, span: Span, text: str, sink: Sink) -> bool:
    """Tell whether ``@nni.<kind>(`` is an annotation; near misses are reported, other words are text.

    ``text`` is what follows the word, from its opening bracket.
    """
    if kind in KNOWN:
        return True
    guess = nearest(kind)
    if guess is not None:
        sink.error(
            "NNI101",
            span,
            f"unknown annotation nni.{kind}; did you mean nni.{guess}?",
            fix=_renamed(kind, guess, span, text, sink),
        )
    return False


def _renamed(kind: str, guess: str, span: Span, text: str, sink: Sink) -> Fix:
    # Escapes hide the word: the span is then the whole literal.
    visible = sink.source.slice(span) == kind
    edits = (Edit(span, guess),) if visible else ()
    return Fix(written(guess, text) or f"@nni.{guess}", edits, is_certain(kind, guess))


def written(kind: str, text: str) -> str | None:
    """Return the annotation of ``kind`` with the arguments that ``text`` begins with, or ``None`` where they
    don't end on their line."""
    end = closing_bracket(text, 0)
    if end is None or re.search(r"[\r\n]", text[:end]):
        return None
    return f"@nni.{kind}{text[:end]}"


def parse_call(text: AnnotationText, kind: str, sink: Sink) -> ast.Call | None:
    """Return the call of ``nni.<kind>`` that ``text`` holds; syntax errors are reported inside of it."""
    try:
        # NNI took a semicolon at the end.
        node = parse_expression(re.sub(r";\s*\Z", "", text.code))
    except SyntaxError as error:
        sink.error("NNI113", _place(text, error), f"syntax error in the annotation: {error.msg}")
        return None
    except (RecursionError, MemoryError):
        sink.error("NNI113", text.whole, _TOO_DEEP)
        return None
    except ValueError as error:
        sink.error("NNI113", text.whole, f"the annotation can't be parsed: {error}")
        return None
    if not isinstance(node, ast.Call) or not _is_call_of(node, kind):
        start, end = text.range_of(node)
        sink.error("NNI113", text.span(start, end), "an annotation must be one call, with nothing around it")
        return None
    if depth(node) > _DEEPEST:
        sink.error("NNI113", text.whole, _TOO_DEEP)
        return None
    seen: set[str | None] = set()
    for keyword in node.keywords:
        if keyword.arg in seen and keyword.arg is not None:
            sink.error("NNI102", text.span_of(keyword), f"nni.{kind} takes {keyword.arg}= only once")
            return None
        seen.add(keyword.arg)
        if keyword.arg == "name":  # stands for something outside of the annotation
            forget_prefixes(keyword.value)
    return node


def _is_call_of(node: ast.Call, kind: str) -> bool:
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr != kind:
        return False
    return isinstance(function.value, ast.Name) and function.value.id == "nni"


def _place(text: AnnotationText, error: SyntaxError) -> Span:
    lines = text.lines
    line = min(max(error.lineno or 1, 1), len(lines.starts))
    start = min(lines.start_of(line) + max((error.offset or 1) - 1, 0), lines.end_of(line))
    start = min(start, max(len(text.code) - 1, 0))
    end_line = getattr(error, "end_lineno", None) or 0
    end_offset = getattr(error, "end_offset", None) or 0
    end = start + 1
    if end_line == line and end_offset > (error.offset or 1):
        end = min(lines.start_of(line) + end_offset - 1, len(text.code))
    return text.span(start, max(end, start + 1))
