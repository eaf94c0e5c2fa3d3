"""Options as they go into the program: nested samplers become what gives their values."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from nnic.ir import Layer, Tunable
from nnic.lowering.nested import children_of
from nnic.syntax.substitution import substitute
from nnic.syntax.walking import walk


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
        parts = {id(part) for part in walk(option)}
        inside = [child for identity, child in self._children.items() if identity in parts]
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
        value: ast.expr = self._ask("get", choice.key)
        for index, option in reversed(list(enumerate(options))):
            value = ast.IfExp(test=self._ask("is_", choice.key, index), body=option, orelse=value)
        return value

    def _ask(self, verb: str, *arguments: object) -> ast.Call:
        function = ast.Attribute(value=self._module, attr=verb, ctx=ast.Load())
        values: list[ast.expr] = [ast.Constant(argument) for argument in arguments]  # type: ignore[arg-type]
        return ast.Call(func=function, args=values, keywords=[])
