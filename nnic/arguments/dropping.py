"""A program without the values that are fixed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from nnic.arguments.fixed import Fixed
from nnic.results.given_values import typed
from nnic.runtime.program import Program
from nnic.tuners.space import Constraint, Parameter, SearchSpace, Value


def without_fixed(program: Program, fixed: Iterable[Fixed]) -> Program:
    """Return ``program`` with a space that leaves out what is fixed, and the parameters of its options.

    A budget or a checkpoint that is fixed is none. A constraint is held with the value that a parameter is
    fixed to; where that value is not known, such as that of a flag, the constraint is left out.
    """
    by_key = {value.key: value for value in fixed}
    if not by_key:
        return program
    gone: dict[str, Value | None] = {}
    kept: list[Parameter] = []
    for parameter in program.space:
        condition = parameter.condition
        if parameter.key in by_key:
            gone[parameter.key] = _value(parameter, by_key[parameter.key])
        elif condition is not None and condition.parent in gone:
            gone[parameter.key] = None
        else:
            kept.append(parameter)
    budget = program.fidelity
    constraints = (_with_values(constraint, gone) for constraint in program.constraints)
    return replace(
        program,
        space=SearchSpace(tuple(kept)),
        fidelity=None if budget is not None and budget.key in by_key else budget,
        checkpoint="" if program.checkpoint in by_key else program.checkpoint,
        constraints=tuple(constraint for constraint in constraints if constraint is not None),
    )


def _value(parameter: Parameter, fixed: Fixed) -> Value | None:
    words = fixed.given.words
    found = typed(parameter, words[0]) if len(words) == 1 else None
    return found if isinstance(found, (bool, int, float, str)) else None


def _with_values(constraint: Constraint, gone: dict[str, Value | None]) -> Constraint | None:
    """Write the fixed values into a constraint; None where one is not known, or nothing is left to choose."""
    known = {name: gone[key] for name, key in constraint.names if key in gone}
    if not known:
        return constraint
    names = tuple((name, key) for name, key in constraint.names if key not in gone)
    if None in known.values() or not names:
        return None
    tree = _Writer(known).visit(ast.parse(constraint.expression, mode="eval"))
    return replace(constraint, expression=ast.unparse(ast.fix_missing_locations(tree)), names=names)


class _Writer(ast.NodeTransformer):
    """Puts values in place of names."""

    def __init__(self, values: dict[str, Value | None]) -> None:
        self._values = values

    def visit(self, node: ast.AST) -> ast.AST:
        """Replace a node whose text is one of the names."""
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            text = ast.unparse(node)
            if text in self._values:
                return ast.parse(repr(self._values[text]), mode="eval").body
        return self.generic_visit(node)
