"""What each walk over a tree goes into, and in which order."""

from __future__ import annotations

import ast

from nnic.source import SourceFile
from nnic.syntax.facts import FileFacts
from nnic.syntax.fingerprint import fingerprint, first_difference, same_tree
from nnic.syntax.walking import (
    children,
    outermost_nodes,
    outside_f_strings,
    own_children,
    own_expressions,
    parents_within,
    walk,
    walk_with,
    within_scope,
)


def statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def names(nodes: object) -> list[str]:
    return [node.id for node in nodes if isinstance(node, ast.Name)]  # type: ignore[attr-defined]


def test_outer_nodes_come_before_inner_ones_in_the_order_of_the_source() -> None:
    found = [ast.unparse(node) for node in walk(statement("f(a, g(b), k=c)")) if isinstance(node, ast.expr)]
    assert found == ["f(a, g(b), k=c)", "f", "a", "g(b)", "g", "b", "c"]


def test_several_roots_are_walked_in_turn() -> None:
    assert names(walk(statement("a"), statement("b"))) == ["a", "b"]


def test_a_chain_of_any_length_is_walked() -> None:
    assert sum(isinstance(n, ast.BinOp) for n in walk(ast.parse("+".join(["a"] * 900)))) == 899


def test_nothing_inside_an_f_string() -> None:
    text = "f(a, f'{b} {c}', d)"
    assert names(walk(statement(text), into=outside_f_strings)) == ["f", "a", "d"]
    assert names(walk(statement(text))) == ["f", "a", "b", "c", "d"]


def test_nothing_inside_an_inner_scope() -> None:
    body = ast.parse("def outer():\n  a\n  def inner(): b\n  lambda: c\n  d").body[0]
    assert names(walk(*children(body), into=within_scope)) == ["a", "d"]


def test_own_children_leave_out_types_patterns_and_blocks() -> None:
    found = walk(statement("def f(a: int = b) -> str:\n  c"), into=own_children)
    assert names(found) == ["b"]
    assert names(walk(statement("match a:\n  case B(c) if d: e"), into=own_children)) == ["a", "d"]
    assert names(walk(statement("x: int = a"), into=own_children)) == ["x", "a"]


def test_the_expressions_of_a_statement_are_those_of_its_header() -> None:
    found = own_expressions(statement("with a(b) as c, d:\n  e"))
    assert sorted(map(ast.unparse, found)) == ["a(b)", "c", "d"]


def test_the_outermost_of_nested_matches() -> None:
    found = outermost_nodes(statement("f(g(a), b[h(c)], f'{i()}')"), lambda n: isinstance(n, ast.Call))
    assert [ast.unparse(node) for node in found] == ["f(g(a), b[h(c)], f'{i()}')"]
    inner = outermost_nodes(statement("[g(a), b[h(k(c))], f'{i()}']"), lambda n: isinstance(n, ast.Call))
    assert [ast.unparse(node) for node in inner] == ["g(a)", "h(k(c))"]


def test_a_walk_may_carry_what_is_around_a_node() -> None:
    def deeper(node: ast.AST, depth: int) -> list[tuple[ast.AST, int]]:
        return [(child, depth + isinstance(node, ast.Call)) for child in children(node)]

    found = walk_with(statement("f(a, g(b))"), 0, deeper)
    assert [(n.id, depth) for n, depth in found if isinstance(n, ast.Name)] == [
        *(("f", 1), ("a", 1), ("g", 2), ("b", 2))
    ]


def test_parents_lead_from_a_value_to_its_statement() -> None:
    top = statement("x = f(a, k={'b': 1})")
    parents = parents_within(top)
    node: ast.AST = next(n for n in walk(top) if isinstance(n, ast.Constant) and n.value == 1)
    path = []
    while node is not top:
        node = parents[id(node)]
        path.append(type(node).__name__)
    assert path == ["Dict", "keyword", "Call", "Assign"]


def test_a_difference_is_the_pair_of_parts_that_differ() -> None:
    first, second = statement("f(a, 1)"), statement("f(a, 1.0)")
    assert first_difference(first, statement("f( a,1 )")) is None
    assert first_difference(first, second) == (1, 1.0)
    assert same_tree(first, statement("f(a, 1)"))
    assert not same_tree(first, second)


def test_a_mark_stands_for_a_part() -> None:
    first, second = statement("x = f(1)"), statement("x = 2")
    assert isinstance(first, ast.Assign)
    assert isinstance(second, ast.Assign)
    marked = [fingerprint(part, {id(part.value): "a value"}) for part in (first, second)]
    assert marked[0] == marked[1] != fingerprint(first)
    loops = [fingerprint(statement(f"for i in x:\n  {body}"), blocks=False) for body in ("a", "b")]
    assert loops[0] == loops[1]


def test_facts_are_worked_out_once() -> None:
    facts = FileFacts(SourceFile.decode(b"import torch.nn as nn\nx = nn.Linear(1)\n", "f.py"))
    assert facts.tree is facts.tree
    assert facts.nodes is facts.nodes
    assert facts.bindings is facts.bindings
    call = facts.nodes.of(ast.Call)[0]
    assert facts.qualified_name(call.func) == "torch.nn.Linear"
    assert facts.qualified_name(call) is None
