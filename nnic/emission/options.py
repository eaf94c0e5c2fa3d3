"""Options as they go into the program: nested samplers become what gives their values."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nnic.ir import Layer, Tunable
from nnic.lowering.nested import children_of, nested_calls
from nnic.syntax.substitution import substitute

# Of nested choices each one's last option lies as deep as it has options.
_MOST_IN_A_ROW = 8


class OptionWriter:
    """Writes the options of a file's choices.

    A nested parameter has a value whenever its option is chosen, so it has no original to fall back
    on: ``__nnic__.get(key)``, or its options with ``get`` behind them, which tells what is missing.
    """

    def __init__(self, tunables: Sequence[Tunable], runtime: str) -> None:
        self.runtime = runtime
        self._module = ast.parse(runtime, mode="eval").body
        self._children = children_of(tunables)

    def options(self, tunable: Tunable) -> list[ast.expr]:
        """Return the options of a choice in their order."""
        return [self._written(argument.node) for argument in tunable.arguments]

    def _written(self, option: ast.expr) -> ast.expr:
        if not self._children:
            return option
        # Only the outermost ones: each writes those within its own options.
        inside = [self._children[id(call)] for call, _ in nested_calls(option) if id(call) in self._children]
        return substitute(option, {id(child.call): self._selector(child) for child in inside})

    def layer(self, layer: Layer) -> ast.expr:
        """Return the call of a mutable layer: the inputs, then the chosen operation's own arguments."""
        only: ast.expr = layer.only
        chosen = only if layer.inputs is None else self._chosen(layer.inputs, self.options(layer.inputs))
        inputs = ast.List(elts=[ast.List(elts=list(layer.fixed), ctx=ast.Load()), chosen], ctx=ast.Load())
        calls: list[ast.expr] = []
        for operation in self.options(layer.operation):
            assert isinstance(operation, ast.Call)
            calls.append(ast.Call(func=operation.func, args=[inputs], keywords=operation.keywords))
        return self._chosen(layer.operation, calls)

    def _selector(self, child: Tunable) -> ast.expr:
        return self._chosen(child, self.options(child)) if child.is_choice else self._ask("get", child.key)

    def _chosen(self, choice: Tunable, options: list[ast.expr]) -> ast.expr:
        return self._among(choice.key, options, 0, self._ask("get", choice.key))

    def _among(self, key: str, options: list[ast.expr], first: int, other: ast.expr) -> ast.expr:
        """Choose among options of which the first has the index ``first``; ``other`` is for none of them."""
        if len(options) > _MOST_IN_A_ROW:
            half = len(options) // 2
            lower = self._among(key, options[: half - 1], first, options[half - 1])
            upper = self._among(key, options[half:], first + half, other)
            return ast.IfExp(test=self._ask("below", key, first + half), body=lower, orelse=upper)
        for index, option in reversed(list(enumerate(options, first))):
            other = ast.IfExp(test=self._ask("is_", key, index), body=option, orelse=other)
        return other

    def _ask(self, verb: str, *arguments: object) -> ast.Call:
        function = ast.Attribute(value=self._module, attr=verb, ctx=ast.Load())
        values: list[ast.expr] = [ast.Constant(argument) for argument in arguments]  # type: ignore[arg-type]
        return ast.Call(func=function, args=values, keywords=[])
