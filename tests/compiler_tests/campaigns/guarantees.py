"""What the language guarantees of compiled text, checked without knowledge of how it comes about."""

from __future__ import annotations

import ast
import warnings

from nnic.apply.freshness import original_text
from nnic.compile.compile_source import CompiledSource, compile_source
from nnic.lowering.parameters import parameters_of
from nnic.source import SourceFile
from nnic.span import Lines

_HOLDERS = ("__nnic__", "__import__('nnic.runtime.trial', fromlist=['has'])")


class Folder(ast.NodeTransformer):
    """Takes out of a compiled tree what the compiler put in."""

    def _asks(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._is_runtime(node.func) and node.func.attr in ("has", "is_")

    @staticmethod
    def _is_runtime(node: ast.expr) -> bool:
        return isinstance(node, ast.Attribute) and ast.unparse(node.value) in _HOLDERS

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        if self._asks(node.test):
            own = node.orelse
            observed = isinstance(own, ast.Call) and self._is_runtime(own.func) and own.func.attr == "own"
            return self.visit(own.args[1] if observed else own)
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Call) and self._is_runtime(node.value.func):
            return None
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        return None if node.names[0].asname == "__nnic__" else node


def dump(tree: ast.AST) -> str:
    """The tree with line numbers, but without columns."""
    for node in ast.walk(tree):
        for attribute in ("col_offset", "end_col_offset", "end_lineno"):
            if hasattr(node, attribute):
                setattr(node, attribute, 0)
    return ast.dump(tree, include_attributes=True)


def compiled(text: str) -> CompiledSource:
    """Compile ``text`` as the module ``p``."""
    return compile_source(SourceFile.decode(text.encode("utf-8", "surrogatepass"), "p.py"), "p")


def compiles(text: str) -> bool:
    """Whether Python takes the text for a program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "p.py", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True


def hold(result: CompiledSource) -> None:
    """Hold what compiling gave against guarantees 2, 3, 6 and 8."""
    source, emission = result.source, result.emission
    assert emission is not None, [(d.code, d.line, d.message) for d in result.diagnostics if d.is_error]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert dump(Folder().visit(ast.parse(emission.text))) == dump(ast.parse(source.text))
    assert original_text(source.encode(emission.text), emission.insertions) == source.text
    assert len(Lines(emission.text).starts) == len(Lines(source.text).starts)
    assert result.ir is not None
    again = compile_source(source, result.ir.module)
    assert again.emission == emission
    assert str(again.ir) == str(result.ir)
    if compiles(source.text):
        assert compiles(emission.text)
    if emission.edits:
        refused = compile_source(SourceFile.decode(source.encode(emission.text), "p.py"), "p")
        assert [found.code for found in refused.diagnostics] == ["NNI121"]
        assert refused.emission is None


def space_of(text: str) -> list[object] | None:
    """Parameters and statements without their places; ``None`` when there are errors."""
    return described(compiled(text))


def described(result: CompiledSource) -> list[object] | None:
    """The same of what compiling gave."""
    if result.emission is None:
        return None
    assert result.ir is not None
    statements = [(s.verb, [a.source for a in s.arguments]) for s in result.ir.statements]
    parameters = parameters_of(result.ir, "t.py")
    return [*((p.key, p.args, p.default, p.integer) for p in parameters), statements]
