"""Recognises samplers in the form of NNI 3: ``nni.choice("lr", [0.1, 0.01])``, with a label first."""

from __future__ import annotations

import ast

from nnic.findings.fixes import Fix
from nnic.ir import Annotation, Carrier

_DISPLAYS = (ast.List, ast.Tuple)


def has_label(call: ast.Call) -> bool:
    """Tell whether the first argument of a sampler of numbers is a text, which no number is."""
    return bool(call.args) and _is_text(call.args[0])


def listed_options(call: ast.Call) -> list[ast.expr] | None:
    """Return the options of a choice in that form, or ``None`` where it has another form."""
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    if "choices" in by_name:
        options = by_name["choices"]
    elif len(call.args) == 2 and _is_text(call.args[0]):
        options = call.args[1]
    else:
        return None
    if not isinstance(options, _DISPLAYS) or not options.elts:
        return None
    return None if any(isinstance(option, ast.Starred) for option in options.elts) else options.elts


def in_our_form(annotation: Annotation, call: ast.Call, arguments: list[ast.expr]) -> Fix:
    """Return a sampler with ``arguments`` alone, and in code with the label as its name."""
    text = annotation.text
    written = [text.source_of(argument) for argument in arguments]
    shown = f"{text.source_of(call.func)}({', '.join(written)})"
    if annotation.carrier is Carrier.CODE:
        # The label tells several of one line apart.
        labels = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "label")]
        named = f", name={text.source_of(labels[0])})" if labels else ")"
        return Fix(shown[:-1] + named)
    kept = [f"{k.arg}={text.source_of(k.value)}" for k in call.keywords if k.arg not in ("label", "choices")]
    parts = [*call.args, *call.keywords]
    first, last = text.range_of(parts[0])[0], text.range_of(parts[-1])[1]
    return Fix(shown, text.replacing(first, last, ", ".join([*written, *kept])), safe=True)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
