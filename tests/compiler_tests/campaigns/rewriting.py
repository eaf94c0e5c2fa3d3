"""What is promised of values, ranges and annotations that are written into a source or taken out of it,
checked without knowledge of how that is done."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections import Counter

from guarantees import compiled

from nnic.apply.differences import differences, same_places
from nnic.apply.narrow import Narrowed
from nnic.apply.ranges import is_writable
from nnic.apply.rewriting import Rewriting, UnwritableError, rewrite
from nnic.compile.compile_source import CompiledSource
from nnic.lowering.parameters import parameters_of
from nnic.span import Lines
from nnic.syntax.constants import fold
from nnic.tuners.space import Absent, Parameter, Sampler


class WithoutAnnotations(ast.NodeTransformer):
    """Takes out string statements that begin as annotations do, and what may stand for them."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            text = value.value.strip()
            return None if text.startswith("@nni.") or not text else node
        return self.generic_visit(node)

    def visit_Pass(self, node: ast.Pass) -> None:
        return None


def parked(text: str) -> CompiledSource:
    """``text`` compiled, without the annotations that have errors."""
    while True:
        result = compiled(text)
        lines = Lines(text)
        for line in {found.line for found in result.diagnostics if found.is_error}:
            while "@nni." not in lines.line_text(line):
                line -= 1
            start, end = lines.start_of(line), lines.end_of(line)
            text = text[:start] + text[start:end].replace("@nni.", "@Xnn.") + text[end:]
            lines = Lines(text)
        if text == result.source.text:
            return result


# What apply adds to an annotation that would mean another value otherwise.
_NAME = re.compile(r",?\s*name=[^)#]*\)")


def comments_of(text: str) -> Counter[str]:
    """The comments of a text, as Python's own tokenizer finds them, without white space and without names in
    annotations."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = (token.string for token in tokens if token.type == tokenize.COMMENT)
    # Two comments may have come together on one line.
    parts = (part for comment in found for part in comment.lstrip("# ").split(" # "))
    return Counter("".join(_NAME.sub(")", part).split()).replace(",)", ")") for part in parts if part)


def meaning(result: CompiledSource) -> list[object]:
    """What a text leaves open, without its own values."""
    assert result.ir is not None
    assert result.emission is not None, [found.message for found in result.diagnostics]
    parameters = [(p.key, p.args, p.condition) for p in parameters_of(result.ir, "p.py")]
    return [parameters, [(s.verb, [a.source for a in s.arguments]) for s in result.ir.statements]]


def hold_rewritten(result: CompiledSource) -> int:
    """Write the script's own values, the first and the last ones; strip; narrow. Return how often that was
    refused."""
    assert result.ir is not None
    parameters = {p.key: p for p in parameters_of(result.ir, "p.py")}
    own = {k: p.default for k, p in parameters.items() if not isinstance(p.default, Absent)}
    own = {key: value for key, value in own.items() if parameters[key].contains(value)}
    assert rewrite(result.ir, Rewriting(own, parameters)) == result.source.text
    firsts = {key: _inner(parameter) for key, parameter in parameters.items()}
    lasts = {key: p.args[-1] if p.options else firsts[key] for key, p in parameters.items()}
    refused = sum(not _hold_values(result, config, parameters) for config in (own, firsts, lasts))
    _hold_narrowed(result, own, parameters)
    return refused


def _inner(parameter: Parameter) -> object:
    """A value that a tuner could propose, with all digits that a float has."""
    if parameter.options:
        return parameter.options[0]
    low, high = parameter.numbers[:2]
    if parameter.integer or parameter.sampler.quantized:
        return parameter.normalize(low if parameter.sampler.bounded else 0)
    return low + (high - low) / 3 if parameter.sampler.bounded else 1 / 3


def _hold_values(result: CompiledSource, config: dict, parameters: dict[str, Parameter]) -> bool:
    """Return whether the values could be written."""
    assert result.ir is not None
    stripped = rewrite(result.ir, Rewriting(config, parameters, strip=True))
    try:
        applied = rewrite(result.ir, Rewriting(config, parameters))
    except UnwritableError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert re.match(r"p\.py:\d+: .*(\n  .*)*nnic apply", refusal), refusal
        return False
    assert comments_of(applied) == comments_of(result.source.text)
    again = compiled(applied)
    assert again.ir is not None
    assert meaning(again) == meaning(result)
    texts = {t.key: again.source.slice(place.span) for t in again.ir.tunables for place in t.places}
    values = {key: fold(ast.parse(f"({text})", mode="eval").body) for key, text in texts.items()}
    for key in values.keys() & config.keys():
        if not parameters[key].options:
            assert repr(values[key]) == repr(config[key])
    assert _plain(stripped) == _plain(applied)
    left = compiled(stripped)
    assert left.ir is not None
    assert not left.ir.annotated.annotations
    assert {found.code for found in left.diagnostics} <= {"NNI204"}  # lookalikes are not ours to take out
    assert differences(result.ir, result.ir) == []
    if same_places(again.ir, result.ir):
        _hold_restored(again, result)
    return True


def _hold_restored(again: CompiledSource, result: CompiledSource) -> None:
    assert again.ir is not None
    try:
        restored = rewrite(again.ir, Rewriting(original=result.ir))
    except UnwritableError as error:
        refusal = str(error)
    else:
        assert _NAME.sub(")", restored) == _NAME.sub(")", result.source.text)
        return
    assert "nnic apply --undo" in refusal


def _hold_narrowed(result: CompiledSource, config: dict, parameters: dict[str, Parameter]) -> None:
    assert result.ir is not None
    narrowed = {key: _narrower(parameter) for key, parameter in parameters.items()}
    again = compiled(rewrite(result.ir, Rewriting(config, parameters, narrowed=narrowed)))
    assert again.ir is not None
    found = {p.key: p for p in parameters_of(again.ir, "p.py")}
    nested = {tunable.annotation.span for tunable in result.ir.tunables if tunable.condition is not None}
    for tunable in result.ir.tunables:
        key = tunable.key
        # Keys of nested parameters count options, and texts of options tell them apart.
        if key in found and is_writable(tunable) and tunable.annotation.span not in nested:
            assert [repr(arg) for arg in found[key].args] == [repr(arg) for arg in narrowed[key].args]
    assert _plain(again.source.text) == _plain(result.source.text)


def _narrower(parameter: Parameter) -> Narrowed:
    if parameter.options:
        kept = tuple(range(len(parameter.options)))
        kept = kept[::2] if len(kept) > 2 else kept[1:] or kept
        return Narrowed(parameter, tuple(parameter.options[place] for place in kept), kept=kept)
    first, second = parameter.numbers[:2]
    if parameter.sampler is Sampler.RANDINT:
        return Narrowed(parameter, (first + 1, second))
    return Narrowed(parameter, (first, first + (second - first) / 3, *parameter.numbers[2:]))


def _plain(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.dump(WithoutAnnotations().visit(ast.parse(text)))
