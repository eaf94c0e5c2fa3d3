"""What apply promises of an annotated value, checked without knowledge of how that is done."""

from __future__ import annotations

import ast
import random
import re
from collections import Counter

from guarantees import compiled, compiles
from rewriting import comments_of, meaning

from nnic.apply.narrow import Narrowed
from nnic.apply.ranges import is_writable
from nnic.apply.rewriting import Rewriting, UnwritableError, rewrite
from nnic.compile.compile_source import CompiledSource
from nnic.lowering.parameters import parameters_of
from nnic.tuners.space import Parameter
from options.generator import Annotated


def _parameters(result: CompiledSource) -> dict[str, Parameter]:
    assert result.ir is not None
    return {p.key: p for p in parameters_of(result.ir, "p.py")}


def _tree(text: str) -> str:
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None  # the u of u""
    return ast.dump(tree)


def _kinds(text: str) -> Counter[type]:
    return Counter(type(node) for node in ast.walk(ast.parse(text)))


def _rewritten(result: CompiledSource, wanted: Rewriting) -> str | None:
    """The text, or ``None`` where it was refused with its place and the next step."""
    assert result.ir is not None
    try:
        return rewrite(result.ir, wanted)
    except UnwritableError as error:
        refusal = str(error)
    assert re.match(r"p\.py:\d+: .*(\n  .*)*nnic apply", refusal), refusal
    return None


def hold_written(program: Annotated) -> tuple[int, int] | None:
    """Write each option, with and without annotations. Return how many were written and refused; ``None``
    for a program with errors."""
    result = compiled(program.text)
    if result.emission is None or result.ir is None or not result.ir.tunables:
        return None
    parameters = _parameters(result)
    top = next(p for p in parameters.values() if p.condition is None)
    done = refused = 0
    for index, option in enumerate(top.options):
        config = {p.key: p.args[0] for p in parameters.values()} | {top.key: option}
        stripped = rewrite(result.ir, Rewriting(config, parameters, strip=True))
        assert "@nni" not in stripped
        assert compiles(stripped)
        applied = _rewritten(result, Rewriting(config, parameters))
        refused += applied is None
        if applied is None:
            continue
        done += 1
        again = compiled(applied)
        assert meaning(again) == meaning(result)
        assert comments_of(applied) == comments_of(program.text)
        assert again.ir is not None
        value = again.source.slice(again.ir.tunables[0].place.span)
        if "nni." not in program.options[index]:
            assert _tree(f"({value})") == _tree(f"({program.options[index].strip()})")
        assert again.source.text == rewrite(again.ir, Rewriting(config, parameters))  # once more
        plain = _without_annotations(comments_of(applied))
        assert _without_annotations(comments_of(stripped)) == plain
    return done, refused


def _without_annotations(comments: Counter[str]) -> Counter[str]:
    """The comments that the generator put inside of values and behind the program."""
    return Counter({c: n for c, n in comments.items() if re.fullmatch(r"c\d+|theend", c)})


def hold_dropped(program: Annotated, rng: random.Random) -> bool:
    """Drop some of the options; all others and their remarks stay. Return whether there was something to
    drop."""
    result = compiled(program.text)
    if result.emission is None or result.ir is None or not result.ir.tunables:
        return False
    tunable = result.ir.tunables[0]
    parameter = _parameters(result)[tunable.key]
    count = len(parameter.options)
    if count < 2 or not is_writable(tunable):
        return False
    kept = tuple(sorted(rng.sample(range(count), rng.randint(1, count - 1))))
    change = Narrowed(parameter, tuple(parameter.options[place] for place in kept), kept=kept)
    text = _rewritten(result, Rewriting(narrowed={tunable.key: change}))
    if text is None:  # without the option that the value is, another value of that name could be meant
        return False
    again = compiled(text)
    assert again.emission is not None
    assert again.ir is not None
    left = [_tree(f"({argument.source})") for argument in again.ir.tunables[0].arguments]
    assert left == [_tree(f"({tunable.arguments[place].source})") for place in kept]
    assert _kinds(text) == _kinds(program.text)
    for place, remark in enumerate(program.remarks):
        assert (remark in text) == (place in kept)
    before, after = comments_of(program.text), comments_of(text)
    assert _without_annotations(before) == _without_annotations(after)
    return True
