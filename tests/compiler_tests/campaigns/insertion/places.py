"""Offsets of nodes and tokens in a text."""

from __future__ import annotations

import ast
import io
import tokenize
from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A token with offsets in place of (row, column)."""

    type: int
    string: str
    start: int
    end: int


class Places:
    """A text, its tokens, and where the nodes of its tree stand. Line breaks are LF or CRLF."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rows = text.replace("\r\n", "\r\0").replace("\r\0", "\r\n").split("\n")
        self.starts = [0]
        for row in self.rows:
            self.starts.append(self.starts[-1] + len(row) + 1)
        self.tokens = [
            Token(
                t.type,
                t.string,
                self.starts[t.start[0] - 1] + t.start[1],
                self.starts[t.end[0] - 1] + t.end[1],
            )
            for t in tokenize.generate_tokens(io.StringIO(text, newline="").readline)
            if t.type not in (tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
        ]
        self._starts_of_tokens = [token.start for token in self.tokens]
        # The offset of every closing bracket to that of its opening one.
        self.openings: dict[int, int] = {}
        # The start of every token to the innermost open bracket.
        self.brackets: dict[int, int] = {}
        pending: list[int] = []
        for token in self.tokens:
            self.brackets[token.start] = pending[-1] if pending else -1
            if token.type == tokenize.OP and token.string in ("(", "[", "{"):
                pending.append(token.start)
            elif token.type == tokenize.OP and token.string in (")", "]", "}"):
                self.openings[token.start] = pending.pop()

    def offset(self, line: int, byte_column: int) -> int:
        row = self.rows[line - 1].encode("utf-8", "surrogatepass")[:byte_column]
        return self.starts[line - 1] + len(row.decode("utf-8", "surrogatepass"))

    def start(self, node: ast.AST) -> int:
        return self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        return self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def location(self, offset: int) -> tuple[int, int]:
        """Line and column from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line_start(self, offset: int) -> int:
        return self.starts[bisect_right(self.starts, offset) - 1]

    def after(self, offset: int) -> list[Token]:
        """A few tokens that begin at ``offset`` or later."""
        index = bisect_right(self._starts_of_tokens, offset - 1)
        return self.tokens[index : index + 4]

    def before(self, offset: int) -> Token:
        """The last token of code that begins before ``offset``."""
        index = bisect_right(self._starts_of_tokens, offset - 1) - 1
        while self.tokens[index].type in (tokenize.NL, tokenize.COMMENT):
            index -= 1
        return self.tokens[index]

    def line_end(self, offset: int) -> Token:
        """The NEWLINE token that ends the logical line of ``offset``."""
        index = bisect_right(self._starts_of_tokens, offset - 1)
        while self.tokens[index].type != tokenize.NEWLINE:
            index += 1
        return self.tokens[index]

    def starts_line(self, offset: int) -> bool:
        """Whether only white space stands before it on its line, and no backslash ends the line above."""
        start = self.line_start(offset)
        above = self.text[:start].rstrip("\r\n")[-1:]
        blank_above = self.text[: max(start - 1, 0)].endswith("\n")
        return not self.text[start:offset].strip() and (above != "\\" or blank_above)

    def in_parentheses(self, node: ast.AST, bracket: int) -> tuple[int, int]:
        """A node with the redundant parentheses around it, which begin behind ``bracket``."""
        start, end = self.start(node), self.end(node)
        while True:
            before = self.before(start)
            after = [t for t in self.after(end) if t.type not in (tokenize.NL, tokenize.COMMENT)]
            if before.string != "(" or before.start <= bracket or not after or after[0].string != ")":
                return start, end
            start, end = before.start, after[0].end
