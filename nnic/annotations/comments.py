"""Annotations in comments, on their own line or behind a statement."""

from __future__ import annotations

import re

from nnic.annotations.commented_out import is_commented_out
from nnic.annotations.kinds import HEAD, KNOWN
from nnic.annotations.lookalikes import check_comment, check_hidden, misspelt_markers
from nnic.annotations.parse import check_kind, parse_call
from nnic.findings.diagnostics import Sink
from nnic.ir import Annotation, Carrier
from nnic.span import Span
from nnic.syntax.annotation_text import Piece, make_text
from nnic.syntax.facts import FileFacts
from nnic.syntax.lexer import Comment, closing_bracket

_WORD = "nni"
_WHOLE_WORD = re.compile(r"\bnni\b")
# The start of the comment, or of a further part of it, separated by ` #`.
_FIRST = re.compile(r"#+[ \t]*(?=@nni\.)")
_FURTHER = re.compile(r"[ \t]#+[ \t]*(?=@nni\.)")
# What is shown of an annotation with an unknown word.
_LONGEST_SHOWN = 1000
_NEXT_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t\f]*#+(?![ \t]*@nni\.)")


def read_comments(facts: FileFacts, sink: Sink) -> list[Annotation]:
    """Return the annotations among all comments."""
    text = facts.source.text
    found: list[Annotation] = []
    consumed = 0
    for comment in facts.comments(_WORD):
        if comment.start >= consumed and _WHOLE_WORD.search(text, comment.start, comment.end):
            reader = _CommentReader(comment, sink)
            found += reader.read()
            consumed = reader.end
    for marker in misspelt_markers(text):
        for comment in facts.comments(marker):
            if not _WHOLE_WORD.search(text, comment.start, comment.end):
                check_comment(comment, sink)
    return found


class _CommentReader:
    """Reads all annotations of one comment; ``end`` is where the last line ends that one goes on."""

    def __init__(self, comment: Comment, sink: Sink) -> None:
        self.end = comment.end
        self._comment = comment
        self._carrier = Carrier.OWN_LINE if comment.own_line else Carrier.TRAILING
        self._text = sink.source.text
        self._sink = sink
        self._found: list[Annotation] = []

    def read(self) -> list[Annotation]:
        """Return the annotations; what resembles one is reported."""
        text, position = self._text, self._comment.start
        any_marker = False
        if self._carrier is Carrier.OWN_LINE and is_commented_out(text, position, self.end):
            return []
        while match := _FIRST.match(text, position, self.end) or _FURTHER.search(text, position, self.end):
            any_marker = True
            start = match.end()
            head = HEAD.match(text, start)
            if head is None:
                position = start + 1
                continue
            name = Span(head.start(1), head.end(1))
            if head[2] is None:
                if head[1] in KNOWN and not text.startswith(".", name.end):
                    message = f"nni.{head[1]} without parentheses is not an annotation"
                    self._sink.warning("NNI204", name, message)
                position = name.end
            elif not check_kind(head[1], name, self._shown(head), self._sink):
                position = name.end
            else:
                position = self._read_annotation(start, head)
        if not any_marker:
            check_comment(self._comment, self._sink)
        elif position < self.end:
            check_hidden(position, self.end, self._sink)
        return self._found

    def _shown(self, head: re.Match[str]) -> str:
        return self._text[head.end() - 1 : min(self.end, head.end() + _LONGEST_SHOWN)]

    def _further_lines(self, start: int, count: int) -> list[Piece]:
        """Return up to ``count`` comments of their own line behind ``end``, as what follows ``start``
        characters of code; ``end`` moves behind them."""
        lines = self._sink.source.lines
        found: list[Piece] = []
        while len(found) < count and (match := _NEXT_LINE.match(self._text, self.end)):
            self.end = lines.end_of(lines.line_of(match.end()))
            found.append(Piece(start + 1, match.end(), self.end - match.end()))
            start += 1 + found[-1].length
        return found

    def _read_annotation(self, start: int, head: re.Match[str]) -> int:
        """Read the annotation whose ``@`` is at ``start``; return where to go on."""
        opening = head.end() - 1 - (start + 1)
        code, pieces = self._text[start + 1 : self.end], [Piece(0, start + 1, self.end - start - 1)]
        close = closing_bracket(code, opening)
        own_line = self._carrier is Carrier.OWN_LINE
        # Twice as many lines each time, so that reading them again costs no more than reading them.
        count = 1
        while close is None and own_line and (added := self._further_lines(len(code), count)):
            code = "\n".join([code, *(self._text[p.offset : p.offset + p.length] for p in added)])
            pieces += added
            close = closing_bracket(code, opening)
            count *= 2
        if close is not None and own_line:
            pieces = [piece for piece in pieces if piece.start < close]
            self.end = pieces[-1].offset + pieces[-1].length
            code = code[: pieces[-1].start + pieces[-1].length]
        if close is None:
            where = "" if own_line else "; an annotation after code must end on the same line"
            message = f"syntax error in the annotation: '(' was never closed{where}"
            self._sink.error("NNI113", Span(head.end() - 1, head.end()), message)
            return self.end
        last = make_text(code[:close], Span(start, start), tuple(pieces)).offset(close - 1) + 1
        rest = self._text[last : self.end]
        if rest.strip() and not re.match(r"[ \t]*#", rest):
            self._sink.error(
                "NNI113",
                Span(last + len(rest) - len(rest.lstrip()), last + len(rest.rstrip())),
                "syntax error in the annotation: there is text after it",
                help="separate other comments with ' #'",
            )
            return self.end
        text = make_text(code[:close], Span(start, last), tuple(pieces))
        call = parse_call(text, head[1], self._sink)
        if call is not None:
            self._found.append(Annotation(head[1], self._carrier, text, call, self._comment))
        return last
