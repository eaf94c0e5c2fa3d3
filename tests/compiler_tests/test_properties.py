"""Guarantees 2, 3 and 6 of the language over generated programs."""

from __future__ import annotations

import ast
import importlib.util
import random
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnic.compiler import CompiledSource, compile_source
from nnic.files.freshness import original_text
from nnic.lowering.parameters import parameters_of
from nnic.source import SourceFile
from nnic.syntax.span import Lines
from nnic.tuners.space import Absent, SearchSpace
from nnic.writeback import write_values

_SPEC = importlib.util.spec_from_file_location("programs", Path(__file__).with_name("programs.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
programs = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(programs)


class Folder(ast.NodeTransformer):
    """Takes out of a compiled tree what the compiler put in, knowing nothing of how it did it."""

    def _asks(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._is_runtime(node.func) and node.func.attr in ("has", "is_")

    @staticmethod
    def _is_runtime(node: ast.expr) -> bool:
        if not isinstance(node, ast.Attribute):
            return False
        holder = ast.unparse(node.value)
        return holder in ("__nnic__", "__import__('nnic.runtime.trial', fromlist=['has'])")

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        if self._asks(node.test):
            return self.visit(node.orelse)
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
    return compile_source(SourceFile.decode(text.encode("utf-8"), "p.py"), "p")


def without_errors(text: str) -> CompiledSource | None:
    """Compile; park the annotations that have errors until none is left."""
    for _ in range(40):
        result = compiled(text)
        errors = [found for found in result.diagnostics if found.is_error]
        if not errors:
            return result
        lines = Lines(text)
        for line in {found.line for found in errors}:
            while line > 0 and "@nni." not in lines.line_text(line):
                line -= 1
            assert line, errors
            start, end = lines.start_of(line), lines.end_of(line)
            text = text[:start] + text[start:end].replace("@nni.", "@Xnn.") + text[end:]
            lines = Lines(text)
    raise AssertionError("the findings do not end")


def check(text: str) -> bool:
    """Hold one program against every guarantee; whether anything in it was annotated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
        runs = _compiles(text)
        result = without_errors(text)
        assert result is not None
        source = result.source
        emission = result.emission
        assert emission is not None
        assert dump(Folder().visit(ast.parse(emission.text))) == dump(ast.parse(source.text))
        assert dump(tree) == dump(ast.parse(source.text)) or "@Xnn." in source.text
        assert original_text(source.encode(emission.text), emission.insertions) == source.text
        assert len(Lines(emission.text).starts) == len(Lines(source.text).starts)
        again = compiled(source.text)
        assert again.emission == emission
        assert str(again.ir) == str(result.ir)
        if runs:
            assert _compiles(emission.text)
    for found in compiled(text).diagnostics:
        lines = Lines(text)
        assert 1 <= found.line <= found.end_line <= len(lines.starts)
        assert 1 <= found.column <= len(found.excerpt) + 1
        assert found.excerpt == lines.line_text(found.line)
    check_space(result)
    return bool(emission.edits)


def _compiles(text: str) -> bool:
    try:
        compile(text, "p.py", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def check_space(result: CompiledSource) -> None:
    assert result.ir is not None
    space = SearchSpace(parameters_of(result.ir, "p.py"))
    assert SearchSpace.from_json(space.to_json()) == space
    parameters = {parameter.key: parameter for parameter in space}
    own = {p.key: p.default for p in space if not isinstance(p.default, Absent) and p.contains(p.default)}
    assert write_values(result.ir, own, parameters) == result.source.text
    ends = {p.key: p.args[-1] for p in space if p.sampler.value == "choice"}
    again = compiled(write_values(result.ir, ends, parameters))
    assert again.ir is not None
    # Another option may hide what a function_choice looks for, or add names to choose from.
    assert {found.code for found in again.diagnostics if found.is_error} <= {"NNI109", "NNI111"}
    rewritten = {p.key: p for p in parameters_of(again.ir, "p.py")}
    for key in ends.keys() & rewritten.keys():
        assert rewritten[key].args == parameters[key].args


def test_generated_programs(program_count: int) -> None:
    annotated = 0

    @settings(
        max_examples=program_count,
        deadline=None,
        database=None,
        derandomize=program_count <= 1000,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64))
    def run(seed: int) -> None:
        nonlocal annotated
        text = programs.Generator(random.Random(seed)).program()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
        except SyntaxError as error:
            raise AssertionError(f"the generator made no Python: {error}\n{text}") from None
        annotated += check(text)

    run()
    assert annotated > program_count / 3


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_endings_and_form_feeds(newline: str) -> None:
    text = (
        "\f# nni\n\nx = 1  # @nni.choice(1, 2)\n\f\nif x:\n\f\ty = '''a\n\n'''  # @nni.choice('b', 'c')\n\f"
    )
    assert check(text.replace("\n", newline))
