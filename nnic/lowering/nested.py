"""Samplers within options: parameters that exist while their option is chosen."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nnic.annotations.kinds import KNOWN, SAMPLERS, nearest
from nnic.findings.diagnostics import Sink
from nnic.ir import Argument, Tunable, TunableKind
from nnic.lowering.samplers import is_nni_call, read_arguments, report_unknown, word_of
from nnic.syntax.nodes import TEMPLATES
from nnic.syntax.rewriting import substitute
from nnic.syntax.texts import nni_text, option_value
from nnic.tuners.space import Condition, Sampler, Value


def nested_calls(node: ast.expr) -> Iterator[tuple[ast.Call, str]]:
    """The outermost calls of samplers in an expression, each with its path: keywords and positions."""
    pending: list[tuple[ast.AST, tuple[str, ...]]] = [(node, ())]
    while pending:
        part, path = pending.pop()
        if isinstance(part, ast.Call) and is_nni_call(part, SAMPLERS):
            yield part, ".".join(path)
        elif not isinstance(part, TEMPLATES):
            pending += reversed([(child, (*path, *step)) for child, step in _steps(part)])


def _steps(node: ast.AST) -> Iterator[tuple[ast.AST, tuple[str, ...]]]:
    if isinstance(node, ast.Call):
        yield node.func, ("func",)
        yield from ((argument, (str(index),)) for index, argument in enumerate(node.args))
        yield from ((k.value, (k.arg or f"kwargs{i}",)) for i, k in enumerate(node.keywords))
    elif isinstance(node, ast.Dict):
        for index, (key, value) in enumerate(zip(node.keys, node.values)):
            text = key.value if isinstance(key, ast.Constant) else None
            if key is not None:
                yield key, (f"key{index}",)
            yield value, (text if isinstance(text, str) and text.isidentifier() else str(index),)
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        yield from ((element, (str(index),)) for index, element in enumerate(node.elts))
    else:
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                yield value, (name,)
            elif isinstance(value, list):
                yield from ((v, (f"{name}{i}",)) for i, v in enumerate(value) if isinstance(v, ast.AST))


def lower_nested(parent: Tunable, sink: Sink) -> tuple[Tunable, ...] | None:
    """The parameters within the options of ``parent``, outer before inner; ``None`` after an error."""
    found: list[Tunable] = []
    for index, argument in enumerate(parent.arguments):
        for call, path in nested_calls(argument.node):
            child = _lower(parent, call, index, path, sink)
            if child is None:
                return None
            inner: tuple[Tunable, ...] | None = ()
            if child.is_choice:
                inner = lower_nested(child, sink)
            elif any(True for a in child.arguments for _ in nested_calls(a.node)):
                span = parent.annotation.span_of(call)
                sink.error("NNI104", span, f"an argument of nni.{word_of(call)} is a number, no sampler")
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
    """``nni.unifrom(...)`` within an option would only fail in a trial."""
    for node in ast.walk(argument.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = node.func.value
            unknown = isinstance(holder, ast.Name) and holder.id == "nni" and node.func.attr not in KNOWN
            if unknown and nearest(node.func.attr, SAMPLERS):
                report_unknown(parent.annotation, node, sink)
                return False
    return True


def option_values(tunable: Tunable) -> tuple[Value, ...]:
    """The options as the search space names them: literals, else NNI's text with ``...`` for samplers.

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


def match_option(
    option: ast.expr, value: ast.AST | None, found: dict[int, ast.expr] | None = None
) -> dict[int, ast.expr] | None:
    """What stands in ``value`` for the nested samplers of ``option``, by the ``id`` of their calls;
    ``None`` when the two differ elsewhere. Keywords are matched by name."""
    found = {} if found is None else found
    return found if _match(option, value, found) else None


def _match(option: object, value: object, found: dict[int, ast.expr]) -> bool:
    if isinstance(option, ast.AST) and is_nni_call(option, SAMPLERS):
        if isinstance(value, ast.expr):
            found[id(option)] = value
        return isinstance(value, ast.expr)
    if type(option) is not type(value):
        return False
    if isinstance(option, ast.Call) and isinstance(value, ast.Call):
        return (
            _match(option.func, value.func, found)
            and _match(option.args, value.args, found)
            and _match(_by_name(option.keywords), _by_name(value.keywords), found)
        )
    if isinstance(option, ast.AST):
        return all(
            _match(getattr(option, name, None), getattr(value, name, None), found)
            for name in option._fields
            if name not in ("ctx", "kind")
        )
    if isinstance(option, list) and isinstance(value, list):
        return len(option) == len(value) and all(_match(a, b, found) for a, b in zip(option, value))
    return repr(option) == repr(value)


def _by_name(keywords: list[ast.keyword]) -> list[ast.keyword]:
    if any(keyword.arg is None for keyword in keywords):
        return keywords
    return sorted(keywords, key=lambda keyword: keyword.arg or "")
