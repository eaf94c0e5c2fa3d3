"""Reads samplers: which one a call is, and its arguments in their order."""

from __future__ import annotations

import ast

from nnic.annotations.kinds import SAMPLERS, is_certain, nearest
from nnic.findings.diagnostics import Sink
from nnic.findings.fixes import Fix
from nnic.ir import Annotation, Argument, Carrier
from nnic.lowering.version_three import has_label, in_our_form, listed_options


def is_nni_call(node: ast.AST, words: frozenset[str]) -> bool:
    """Tell whether ``node`` is ``nni.<word>(...)``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    holder = node.func.value
    return isinstance(holder, ast.Name) and holder.id == "nni" and node.func.attr in words


def word_of(call: ast.Call) -> str:
    """Return ``uniform`` of ``nni.uniform(0, 1)``."""
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def sampler_call(annotation: Annotation, sink: Sink) -> ast.Call | None:
    """Return the call that holds sampler and arguments: the argument of ``variable``, else itself."""
    call = annotation.call
    if annotation.kind != "variable":
        return call
    if len(call.args) != 1:
        message = (
            "nni.variable takes one sampler and name=, for example nni.variable(nni.uniform(0, 1), name=x)"
        )
        sink.error("NNI102", annotation.span_of(call.args[1] if call.args else call), message)
        return None
    inner = call.args[0]
    if not isinstance(inner, ast.Call) or not _is_nni(inner.func):
        given = annotation.text.source_of(inner)
        message = f"nni.variable takes a sampler such as nni.uniform(0, 1), not {given}"
        bare = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in SAMPLERS
        sink.error(
            "NNI101", annotation.span_of(inner), message, fix=_with_nni(annotation, inner) if bare else None
        )
        return None
    word = word_of(inner)
    if word in SAMPLERS:
        return inner
    report_unknown(annotation, inner, sink)
    return None


def _with_nni(annotation: Annotation, call: ast.expr) -> Fix:
    start, _ = annotation.text.range_of(call)
    edits = annotation.text.replacing(start, start, "nni.")
    return Fix(f"nni.{annotation.text.source_of(call)}", edits, safe=True)


def report_unknown(annotation: Annotation, call: ast.Call, sink: Sink) -> None:
    """Tell that ``call`` is no sampler, and which one may be meant."""
    word = word_of(call)
    guess = nearest(word, SAMPLERS)
    span, message = annotation.span_of(call.func), f"unknown sampler nni.{word}"
    if guess is None:
        sink.error("NNI101", span, message)
        return
    edits = annotation.text.replacing(*annotation.text.range_of(call.func), f"nni.{guess}")
    fix = Fix(f"nni.{guess}", edits, is_certain(word, guess, SAMPLERS))
    sink.error("NNI101", span, f"{message}; did you mean nni.{guess}?", fix=fix)


def _is_nni(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "nni"


def read_arguments(
    annotation: Annotation, call: ast.Call, names: tuple[str, ...], allowed: frozenset[str], sink: Sink
) -> tuple[Argument, ...] | None:
    """Return the arguments in their order, or ``None`` after reporting what is wrong with them.

    ``names`` are the arguments that ``call`` takes, none for options; ``allowed`` are keywords that
    belong to the annotation, such as ``name``.
    """
    word = word_of(call)
    nodes: list[ast.expr] = list(call.args)
    for node in nodes:
        if isinstance(node, ast.Starred):
            sink.error("NNI102", annotation.span_of(node), f"nni.{word}: write the arguments out, without *")
            return None
    given = len(nodes) - 1 + sum(keyword.arg in names for keyword in call.keywords)
    if names and given >= len(names) and has_label(call):
        message = f"nni.{word} takes {', '.join(names)}; only NNI 3 has a label before them"
        numbers = in_our_form(annotation, call, nodes[1:])
        sink.error("NNI102", annotation.span_of(nodes[0]), message, fix=numbers)
        return None
    by_name: dict[str, ast.expr] = {}
    for keyword in call.keywords:
        if keyword.arg in allowed:
            continue
        if keyword.arg not in names or keyword.arg in names[: len(nodes)] or keyword.arg in by_name:
            described = f"no argument {keyword.arg}=" if keyword.arg else "no ** arguments"
            if keyword.arg in names:
                described = f"argument {keyword.arg} only once"
            options = listed_options(call) if keyword.arg in ("label", "choices") and not names else None
            fix = in_our_form(annotation, call, options) if options else None
            sink.error("NNI102", annotation.span_of(keyword), f"nni.{word} takes {described}", fix=fix)
            return None
        by_name[keyword.arg] = keyword.value
    if not names:
        if not nodes:
            sink.error("NNI105", annotation.span_of(call), f"nni.{word} needs at least one option")
            return None
    elif not _check_arity(annotation, call, names, nodes, by_name, sink):
        return None
    nodes += [by_name[name] for name in names if name in by_name]
    return tuple(Argument(n, annotation.span_of(n), annotation.text.source_of(n)) for n in nodes)


def _completed(annotation: Annotation, call: ast.Call, missing: list[str]) -> Fix | None:
    """Return ``randint(0, 5)`` for ``randint(5)``, as Python and numpy read it, and the step of 1 that is
    missing."""
    text, in_code = annotation.text, annotation.carrier is Carrier.CODE
    if word_of(call) == "randint" and missing == ["high"] and call.args:
        start = text.range_of(call.args[0])[0]
        shown = f"nni.randint(0, {text.source_of(call.args[0])})"
        return Fix(shown, () if in_code else text.replacing(start, start, "0, "), safe=not in_code)
    if missing != ["q"] or len(call.args) != 2:
        return None
    arguments = ", ".join(text.source_of(argument) for argument in call.args)
    return Fix(f"nni.{word_of(call)}({arguments}, 1)", () if in_code else text.adding(call, "1"))


def _check_arity(
    annotation: Annotation,
    call: ast.Call,
    names: tuple[str, ...],
    nodes: list[ast.expr],
    by_name: dict[str, ast.expr],
    sink: Sink,
) -> bool:
    word = word_of(call)
    missing = [name for name in names[len(nodes) :] if name not in by_name]
    wanted = f"nni.{word} takes {', '.join(names)}"
    if missing:
        message = f"{wanted}; {' and '.join(missing)} missing"
        sink.error("NNI102", annotation.span_of(call), message, fix=_completed(annotation, call, missing))
        return False
    if len(nodes) > len(names):
        span = annotation.span_of(nodes[len(names)])
        if annotation.lenient:
            sink.warning("NNI102", span, f"{wanted}; NNI ignored the rest, and so does nnic")
            return True
        sink.error("NNI102", span, f"{wanted}; got {len(nodes)} arguments")
        return False
    return True
