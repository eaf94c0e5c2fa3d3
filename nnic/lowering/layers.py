"""NNI's mutable layers: per layer one operation and a subset of the inputs, called in place."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import combinations

from nnic.findings.diagnostics import Sink
from nnic.ir import Annotation, Argument, Layer, Statement, Tunable, TunableKind
from nnic.lowering.context import Context
from nnic.lowering.nested import lower_nested
from nnic.lowering.placing import place_statement
from nnic.syntax.constants import fold
from nnic.syntax.texts import nni_text
from nnic.tuners.nni_format import layer_surplus
from nnic.tuners.space import Sampler

_FIELDS = ("layer_choice", "fixed_inputs", "optional_inputs", "optional_input_size", "layer_output")
# Every subset is an option of its own, so that any tuner can choose among them.
_MOST_SUBSETS = 4096


def lower_layers(annotation: Annotation, context: Context) -> tuple[Tunable | Layer, ...]:
    """Return the choices of a block of layers, each followed by what calls it; nothing after an error.

    The block is called after the line that its statement ends on, as NNI has it.
    """
    sink = context.sink
    statement = place_statement(annotation, context)
    if statement is None:
        return ()
    if not annotation.call.args or annotation.call.keywords:
        message = "nni.mutable_layers takes a dict for each layer, and nothing else"
        sink.error("NNI102", annotation.span_of(annotation.call), message)
        return ()
    line = context.source.lines.line_of(annotation.span.end)
    if annotation.lenient:
        block = statement.position.block
        line = block.statements[statement.position.index].end_lineno or line
    found: list[Tunable | Layer] = []
    for index, node in enumerate(annotation.call.args):
        fields = _fields(annotation, node, sink)
        if fields is None:
            return ()
        key = f"{context.module}/mutable_block_{line}/mutable_layer_{index}"
        layer = _Reader(annotation, fields, key, statement, sink).layer()
        if layer is None:
            return ()
        nested = lower_nested(layer.operation, sink)
        if nested is None:
            return ()
        found += (layer.operation, *nested, *([] if layer.inputs is None else [layer.inputs]), layer)
    return tuple(found)


def _fields(annotation: Annotation, node: ast.expr, sink: Sink) -> dict[str, ast.expr] | None:
    fields: dict[str, ast.expr] = {}
    if not isinstance(node, ast.Dict):
        sink.error("NNI102", annotation.span_of(node), "a layer must be a dict: {layer_choice: [...], ...}")
        return None
    for key, value in zip(node.keys, node.values):
        name = key.id if isinstance(key, ast.Name) else getattr(key, "value", None)
        if name not in _FIELDS or name in fields:
            what = f"a layer takes {', '.join(_FIELDS)}, each once"
            sink.error("NNI102", annotation.span_of(value if key is None else key), what)
            return None
        fields[str(name)] = value
    for name in ("layer_choice", "layer_output"):
        if name not in fields:
            sink.error("NNI102", annotation.span_of(node), f"a layer needs {name}")
            return None
    if "optional_inputs" in fields and "optional_input_size" not in fields:
        sink.error("NNI102", annotation.span_of(node), "optional_inputs needs an optional_input_size")
        return None
    return fields


class _Reader:
    """Reads the fields of one layer."""

    def __init__(
        self,
        annotation: Annotation,
        fields: dict[str, ast.expr],
        key: str,
        statement: Statement,
        sink: Sink,
    ) -> None:
        self._annotation = annotation
        self._fields = fields
        self._key = key
        self._statement = statement
        self._sink = sink

    def layer(self) -> Layer | None:
        """Return the layer, or ``None`` after reporting what is wrong with it."""
        calls = self._list("layer_choice")
        output = self._fields["layer_output"]
        fixed = self._list("fixed_inputs")
        if calls is None or fixed is None or not self._check_calls(calls):
            return None
        if not isinstance(output, ast.Name):
            self._refuse(output, "layer_output must be the name of a variable")
            return None
        subsets = self._subsets()
        if subsets is None:
            return None
        inputs = None
        if len(subsets) > 1:
            values = tuple(nni_text(subset).strip() for subset in subsets)
            inputs = replace(self._choice("optional_inputs", subsets), values=values)
        texts = [nni_text(node).strip() for node in self._list("optional_inputs") or ()]
        surplus = layer_surplus(texts, self._size_as_written())
        operation = replace(self._choice("layer_choice", calls), surplus=surplus)
        return Layer(operation, inputs, tuple(fixed), subsets[0], output.id, self._statement)

    def _list(self, name: str) -> list[ast.expr] | None:
        node = self._fields.get(name)
        if node is None:
            return []
        if isinstance(node, ast.List):
            return node.elts
        self._refuse(node, f"{name} is a list")
        return None

    def _check_calls(self, calls: list[ast.expr]) -> bool:
        if not calls:
            self._sink.error(
                "NNI105",
                self._annotation.span_of(self._fields["layer_choice"]),
                "layer_choice has no operation",
            )
            return False
        for call in calls:
            if not isinstance(call, ast.Call) or call.args or any(k.arg is None for k in call.keywords):
                message = "an operation must be a call with keyword arguments only; its inputs come first"
                self._refuse(call, message)
                return False
        return True

    def _subsets(self) -> list[ast.List] | None:
        inputs = self._list("optional_inputs")
        sizes = self._sizes()
        if inputs is None or sizes is None:
            return None
        if not inputs:
            return [ast.List(elts=[], ctx=ast.Load())]
        low, high = sizes
        if not 0 <= low <= high <= len(inputs):
            message = f"optional_input_size must be between 0 and {len(inputs)}, the number of inputs"
            self._sink.error("NNI103", self._annotation.span_of(self._fields["optional_input_size"]), message)
            return None
        subsets: list[ast.List] = []
        for size in range(low, high + 1):
            for chosen in combinations(inputs, size):
                subsets.append(ast.List(elts=list(chosen), ctx=ast.Load()))
                if len(subsets) > _MOST_SUBSETS:
                    node = self._fields["optional_inputs"]
                    self._refuse(node, f"there are more than {_MOST_SUBSETS} subsets of these inputs")
                    return None
        return subsets

    def _sizes(self) -> tuple[int, int] | None:
        node = self._fields.get("optional_input_size")
        if node is None:
            return 0, 0
        parts = node.elts if isinstance(node, ast.List) else [node, node]
        numbers = [fold(part) for part in parts]
        whole = [n for n in numbers if isinstance(n, int) and not isinstance(n, bool)]
        if len(numbers) != 2 or len(whole) != 2:
            span = self._annotation.span_of(node)
            message = "optional_input_size must be a whole number, or a list of the smallest and the largest"
            self._sink.error("NNI104", span, message)
            return None
        return whole[0], whole[1]

    def _size_as_written(self) -> int | list[int]:
        """Return the size as NNI's entry has it: a list stays one, and without optional inputs it is 0."""
        low, high = self._sizes() or (0, 0)
        if "optional_inputs" not in self._fields:
            return 0
        return [low, high] if isinstance(self._fields["optional_input_size"], ast.List) else low

    def _choice(self, what: str, options: list[ast.expr] | list[ast.List]) -> Tunable:
        whole = self._annotation.span
        inside = what == "layer_choice"
        arguments = tuple(
            Argument(
                option,
                self._annotation.span_of(option) if inside else whole,
                self._annotation.text.source_of(option) if inside else ast.unparse(option),
            )
            for option in options
        )
        name = f"{self._key}/{what}".split("/", 1)[1].rpartition("/")[0]
        return Tunable(
            self._annotation,
            TunableKind.LAYER,
            Sampler.CHOICE,
            self._annotation.call,
            name,
            arguments,
            (),
            self._statement.position,
            f"{self._key}/{what}",
            ties=False,
        )

    def _refuse(self, node: ast.expr, message: str) -> None:
        self._sink.error("NNI102", self._annotation.span_of(node), message)
