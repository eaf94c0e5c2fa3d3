"""astor's printer with subscripts as Python 3.8 has them, since NNI's texts come from there.

Up to 3.8 an index was a node of its own, which astor puts into parentheses beside slices:
``x[:, (0)]``. And what astor leaves to Python, literals of strings and the classes of nodes, is done
here, so that a text is the same under every version.
"""

from __future__ import annotations

import ast
from types import FunctionType
from typing import Any

from astor import SourceGenerator, string_repr, to_source
from astor.code_gen import set_precedence
from astor.op_util import Precedence

from nnic.syntax.quoting import quote

# It calls repr for what it measures and for what it returns.
_pretty_string = FunctionType(
    string_repr.pretty_string.__code__,
    vars(string_repr) | {"repr": quote},
    argdefs=string_repr.pretty_string.__defaults__,
)


def print_as_nni(node: ast.expr) -> str:
    """Return the text of ``node``; raises whatever comes up on constructs newer than astor."""
    text: str = to_source(node, pretty_string=_pretty_string, source_generator_class=_Printer)
    return text


# astor looks for `visit_` and the name of the class.
class Index(ast.AST):
    """An index that is no slice."""

    def __init__(self, value: ast.expr) -> None:
        super().__init__()
        self.value = value


class ExtSlice(ast.AST):
    """Several indices of which one at least is a slice."""

    def __init__(self, dims: list[ast.AST]) -> None:
        super().__init__()
        self.dims = dims


class _Printer(SourceGenerator):  # type: ignore[misc]
    colinfo: tuple[int, int]

    def visit_Subscript(self, node: ast.Subscript) -> None:
        index = _index(node.slice)
        set_precedence(node, index)
        self.write(node.value, "[", index, "]")

    def visit_Index(self, node: Index) -> None:
        with self.delimit("()") as delimiters:
            delimiters.discard = Precedence.Index >= self.get__pp(node)
            set_precedence(Precedence.Index, node.value)
            self.visit(node.value)

    def visit_ExtSlice(self, node: ExtSlice) -> None:
        set_precedence(Precedence.ExtSlice, *node.dims)
        self.comma_list(node.dims, len(node.dims) == 1)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._write_template(node, "f")

    # Since 3.14.
    def visit_TemplateStr(self, node: Any) -> None:
        self._write_template(node, "t")

    def _write_template(self, node: Any, prefix: str) -> None:
        """As astor does it, which asks for classes of nodes that 3.14 does not have."""
        self.write("")  # line ends that are due
        begin, place = len(self.result), self.colinfo
        self._write_parts(node.values)
        self.write("")
        literal = ast.Constant("".join(self.result[begin:]), kind=prefix)
        set_precedence(self.get__pp(node), literal)
        del self.result[begin:]
        self.colinfo = place
        self.visit(literal)

    def _write_parts(self, parts: list[Any]) -> None:
        for part in parts:
            if hasattr(part, "conversion"):
                self._write_field(part)
            else:
                self.write(part.value.replace("{", "{{").replace("}", "}}"))

    def _write_field(self, field: Any) -> None:
        with self.delimit("{}"):
            if isinstance(field, ast.FormattedValue):
                set_precedence(field, field.value)
                self.write(field.value)
            else:
                self.write(field.str)  # the program can read it
            if field.conversion != -1:
                self.write(f"!{chr(field.conversion)}")
            if field.format_spec is not None:
                self.write(":")
                self._write_parts(field.format_spec.values)


def _index(node: ast.expr) -> ast.AST:
    if isinstance(node, ast.Slice):
        return node
    if isinstance(node, ast.Tuple) and any(isinstance(part, ast.Slice) for part in node.elts):
        return ExtSlice([_index(part) for part in node.elts])
    return Index(node)
