"""astor's printer with subscripts as Python 3.8 has them, since NNI's texts come from there.

Up to 3.8 an index was a node of its own, which astor puts into parentheses beside slices:
``x[:, (0)]``.
"""

from __future__ import annotations

import ast

from astor import SourceGenerator, to_source
from astor.code_gen import set_precedence
from astor.op_util import Precedence


def print_as_nni(node: ast.expr) -> str:
    """Return the text of ``node``; raises whatever comes up on constructs newer than astor."""
    text: str = to_source(node, source_generator_class=_Printer)
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


def _index(node: ast.expr) -> ast.AST:
    if isinstance(node, ast.Slice):
        return node
    if isinstance(node, ast.Tuple) and any(isinstance(part, ast.Slice) for part in node.elts):
        return ExtSlice([_index(part) for part in node.elts])
    return Index(node)
