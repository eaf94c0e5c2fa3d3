"""Guarantees 2, 3 and 6 of the language over generated programs, as written and as formatters write them."""

from __future__ import annotations

import ast
import random
import warnings
from pathlib import Path

import pytest
from formatters import blackened, check_ruff
from guarantees import compiled, described, dump, hold, space_of
from programs import Generator

from nnic.apply.rewriting import Rewriting, UnwritableError, rewrite
from nnic.compile.compile_source import CompiledSource
from nnic.lowering.parameters import parameters_of
from nnic.span import Lines
from nnic.tuners.space import Absent, Parameter, SearchSpace, Value

PARTS = 8


def without_errors(text: str) -> CompiledSource:
    """Compile; park the annotations that have errors until none is left."""
    for attempt in range(80):
        result = compiled(text)
        if not attempt:
            check_findings(result)
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


def check(text: str) -> CompiledSource:
    """Hold one program against every guarantee."""
    result = without_errors(text)
    hold(result)
    if "@Xnn." not in result.source.text:
        assert dump(ast.parse(text)) == dump(ast.parse(result.source.text))
    check_space(result)
    return result


def check_findings(result: CompiledSource) -> None:
    lines = Lines(result.source.text)
    for found in result.diagnostics:
        assert 1 <= found.line <= found.end_line <= len(lines.starts)
        assert 1 <= found.column <= len(found.excerpt) + 1
        assert found.excerpt == lines.line_text(found.line)


def check_space(result: CompiledSource) -> None:
    assert result.ir is not None
    space = SearchSpace(parameters_of(result.ir, "p.py"))
    assert SearchSpace.from_json(space.to_json()) == space
    parameters = {parameter.key: parameter for parameter in space}
    own = {p.key: p.default for p in space if not isinstance(p.default, Absent) and p.contains(p.default)}
    assert rewrite(result.ir, Rewriting(with_children(own, space), parameters)) == result.source.text
    ends: dict[str, Value] = {p.key: p.args[-1] for p in space if p.sampler.value == "choice"}
    ends |= {p.key: some_value(p) for p in space if p.condition is not None and p.key not in ends}
    try:
        again = compiled(rewrite(result.ir, Rewriting(with_children(ends, space), parameters)))
    except UnwritableError:
        # Another option may hide what a function_choice looks for, be what it looks for, or take the values
        # of other annotations with it.
        return
    assert again.ir is not None
    assert not any(found.is_error for found in again.diagnostics)
    rewritten = {p.key: p for p in parameters_of(again.ir, "p.py")}
    assert rewritten.keys() == parameters.keys()
    for key in ends:
        assert rewritten[key].args == parameters[key].args


def with_children(config: dict[str, Value], space: SearchSpace) -> dict[str, Value]:
    """The part of a configuration in which every chosen option has the parameters within it."""
    while True:
        active = space.active(config)
        incomplete = {p.condition.parent for p in active if p.condition is not None and p.key not in config}
        kept = {p.key: config[p.key] for p in active if p.key in config and p.key not in incomplete}
        if kept == config:
            return kept
        config = kept


def some_value(parameter: Parameter) -> Value:
    """A number that the parameter may have."""
    return next(value for value in (*parameter.args, 1, 1.0, 2.0) if parameter.contains(value))


def generated(part: int, count: int) -> list[str]:
    """The programs of one part of the campaign."""
    texts = []
    for number in range(part, count, PARTS):
        text = Generator(random.Random(number)).program()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
        except SyntaxError as error:
            raise AssertionError(f"the generator made no Python: {error}\n{text}") from None
        texts.append(text)
    return texts


@pytest.mark.parametrize("part", range(PARTS))
def test_generated_programs(part: int, program_count: int, tmp_path: Path) -> None:
    annotated = formatted = 0
    texts = generated(part, program_count)
    spaces = []
    for number, text in enumerate(texts):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = check(text)
                assert result.emission is not None
                annotated += bool(result.emission.edits)
                source = result.source.text
                spaces.append(described(result))
                (tmp_path / f"p{number}.py").write_text(source, encoding="utf-8", newline="")
                again = blackened(source, (20, 60, 88, 120)[number % 4])
                if again is not None:
                    formatted += 1
                    assert space_of(again) in (None, spaces[-1]), again
            except Exception as error:
                raise AssertionError(f"program {part + number * PARTS}: {error}\n{text}") from error
    assert annotated > len(texts) / 2
    assert formatted > len(texts) / 2
    check_ruff(tmp_path, spaces)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_endings_and_form_feeds(newline: str) -> None:
    text = (
        "\f# nni\n\nx = 1  # @nni.choice(1, 2)\n\f\nif x:\n\f\ty = '''a\n\n'''  # @nni.choice('b', 'c')\n\f"
    )
    result = check(text.replace("\n", newline))
    assert result.emission is not None
    assert result.emission.edits
