"""Samplers within options: parameters that exist while their option is chosen."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from nnic.annotations.kinds import KNOWN, SAMPLERS, nearest
from nnic.findings.diagnostics import Sink
from nnic.ir import Argument, Tunable, TunableKind
from nnic.lowering.samplers import is_nni_call, read_arguments, report_unknown, word_of
from nnic.syntax.fingerprint import Pair, first_difference, paired_parts
from nnic.syntax.substitution import substitute
from nnic.syntax.texts import nni_text, option_value
from nnic.syntax.walking import TEMPLATES, walk, walk_with
from nnic.tuners.space import Condition, Sampler, Value

_Path = tuple[str, ...]
# Each level stands within the options of the one above in the compiled text, and Python's parser has its end.
_DEEPEST = 32


def nested_calls(node: ast.expr) -> list[tuple[ast.Call, str]]:
    """Return the outermost calls of samplers in an expression, each with its path: keywords and positions."""
    if isinstance(node, (ast.Constant, ast.Name)):
        return []  # as most options are
    start: _Path = ()
    return [
        (part, ".".join(path))
        for part, path in walk_with(node, start, _steps)
        if isinstance(part, ast.Call) and is_nni_call(part, SAMPLERS)
    ]


def _steps(node: ast.AST, path: _Path) -> Iterator[tuple[ast.AST, _Path]]:
    if not is_nni_call(node, SAMPLERS) and not isinstance(node, TEMPLATES):
        yield from ((part, (*path, step)) for part, step in _parts(node))


def _parts(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(node, ast.Call):
        yield node.func, "func"
        yield from ((argument, str(index)) for index, argument in enumerate(node.args))
        yield from ((k.value, k.arg or f"kwargs{i}") for i, k in enumerate(node.keywords))
    elif isinstance(node, ast.Dict):
        for index, (key, value) in enumerate(zip(node.keys, node.values)):
            text = key.value if isinstance(key, ast.Constant) else None
            if key is not None:
                yield key, f"key{index}"
            yield value, text if isinstance(text, str) and text.isidentifier() else str(index)
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        yield from ((element, str(index)) for index, element in enumerate(node.elts))
    else:
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                yield value, name
            elif isinstance(value, list):
                yield from ((v, f"{name}{i}") for i, v in enumerate(value) if isinstance(v, ast.AST))


def lower_nested(parent: Tunable, sink: Sink, level: int = 1) -> tuple[Tunable, ...] | None:
    """Return the parameters within the options of ``parent``, outer before inner, or ``None`` after an
    error."""
    if level > _DEEPEST:
        message = f"samplers are nested in each other more than {_DEEPEST} levels deep"
        sink.error("NNI113", parent.annotation.span_of(parent.call), message)
        return None
    found: list[Tunable] = []
    for index, argument in enumerate(parent.arguments):
        for call, path in nested_calls(argument.node):
            child = _lower(parent, call, index, path, sink)
            if child is None:
                return None
            inner: tuple[Tunable, ...] | None = ()
            if child.is_choice:
                inner = lower_nested(child, sink, level + 1)
            elif any(nested_calls(argument.node) for argument in child.arguments):
                span = parent.annotation.span_of(call)
                sink.error(
                    "NNI104", span, f"an argument of nni.{word_of(call)} must be a number, not a sampler"
                )
                return None
            if inner is None:
                return None
            found += (child, *inner)
        if not _check_words(parent, argument, sink):
            return None
    return tuple(found)


def _lower(parent: Tunable, call: ast.Call, index: int, path: str, sink: Sink) -> Tunable | None:
    sampler = Sampler(word_of(call))
    arguments = read_arguments(parent.annotation, call, sampler.arguments, frozenset(), sink)
    if arguments is None:
        return None
    parts = (parent.key, str(index), path, sampler.value)
    key = "/".join(part for part in parts if part)
    return replace(
        parent,
        kind=TunableKind.VALUE,
        sampler=sampler,
        call=call,
        name=key.split("/", 1)[-1].rpartition("/")[0],
        arguments=arguments,
        places=(),
        key=key,
        surplus=(),
        condition=Condition(parent.key, index),
    )


def _check_words(parent: Tunable, argument: Argument, sink: Sink) -> bool:
    """Report ``nni.unifrom(...)`` within an option, which would only fail in a trial."""
    for node in walk(argument.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = node.func.value
            unknown = isinstance(holder, ast.Name) and holder.id == "nni" and node.func.attr not in KNOWN
            if unknown and nearest(node.func.attr, SAMPLERS) is not None:
                report_unknown(parent.annotation, node, sink)
                return False
    return True


def option_values(tunable: Tunable) -> tuple[Value, ...]:
    """Return the options as the search space names them: literals, else NNI's text with ``...`` for samplers.

    Options that would come out equal keep their samplers.
    """
    shortened = []
    for argument in tunable.arguments:
        dots = {id(call): ast.Constant(...) for call, _ in nested_calls(argument.node)}
        shortened.append(option_value(substitute(argument.node, dots)) if dots else None)
    return tuple(
        option_value(argument.node)
        if short is None
        else nni_text(argument.node).strip('\n"')
        if shortened.count(short) > 1
        else short
        for argument, short in zip(tunable.arguments, shortened)
    )


def children_of(tunables: Sequence[Tunable]) -> dict[int, Tunable]:
    """Nested parameters by the ``id`` of their calls."""
    return {id(tunable.call): tunable for tunable in tunables if tunable.condition is not None}


def match_option(option: ast.expr, value: ast.AST | None) -> dict[int, ast.expr] | None:
    """Tell what stands in ``value`` for the nested samplers of ``option``, by the ``id`` of their calls, or
    ``None`` when the two differ elsewhere. Keywords are matched by name."""
    found: dict[int, ast.expr] = {}

    def pairs(first: Any, second: Any) -> Iterable[Pair] | None:
        if isinstance(first, ast.AST) and is_nni_call(first, SAMPLERS):
            if not isinstance(second, ast.expr):
                return None
            found[id(first)] = second
            return ()
        if isinstance(first, ast.Call) and isinstance(second, ast.Call):
            keywords = _by_name(first.keywords), _by_name(second.keywords)
            return [(first.func, second.func), (first.args, second.args), keywords]
        return paired_parts(first, second)

    return found if first_difference(option, value, pairs) is None else None


def _by_name(keywords: list[ast.keyword]) -> list[ast.keyword]:
    if any(keyword.arg is None for keyword in keywords):
        return keywords
    return sorted(keywords, key=lambda keyword: keyword.arg or "")
