"""Finds choices whose options are in a list, which makes the whole list one option."""

from __future__ import annotations

import ast
from dataclasses import replace

from nnic.findings.diagnostics import Severity, Sink
from nnic.findings.fixes import Fix
from nnic.ir import Carrier, ModuleIR, Tunable, TunableKind
from nnic.lowering.version_three import in_our_form, listed_options
from nnic.syntax.constants import fold
from nnic.tuners.space import Absent

_DISPLAYS = (ast.List, ast.Tuple, ast.Set)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)
_MAKERS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "range", "array", "tensor"})


def check_lists(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Report ``choice([16, 32])`` where the script's own value is no list, and the form of NNI 3."""
    kept = []
    for tunable in ir.tunables:
        if tunable.kind is not TunableKind.VALUE or not tunable.is_choice:
            kept.append(tunable)
        elif is_listed(tunable):
            options = listed_options(tunable.call) or []
            # Where the own value is known, it is none of the two.
            known = tunable.places and not isinstance(fold(tunable.place.node), Absent)
            certain = known and not tunable.annotation.lenient
            severity = Severity.ERROR if certain else Severity.WARNING
            message = "a label and a list are two options here; NNI 3 means the elements of the list"
            fix = in_our_form(tunable.annotation, tunable.call, options)
            if severity is Severity.WARNING:
                fix = replace(fix, safe=False)
            sink.report(severity, "NNI102", tunable.annotation.span_of(tunable.call), message, fix=fix)
            if severity is Severity.WARNING:
                kept.append(tunable)
        else:
            _check_single(tunable, sink)
            kept.append(tunable)
    return replace(ir, tunables=tuple(kept))


def is_listed(tunable: Tunable) -> bool:
    """Tell whether a choice is in the form of NNI 3: a label and a list, of which none is the own value."""
    if listed_options(tunable.call) is None:
        return False
    return tunable.annotation.carrier is Carrier.CODE or _is_unlike(tunable, tunable.arguments[0].node)


def _is_unlike(tunable: Tunable, label: ast.expr) -> bool:
    own = tunable.place.node if tunable.places else None
    return own is None or not (fold(own) == fold(label) or _may_be_a_list(own))


def _check_single(tunable: Tunable, sink: Sink) -> None:
    """A constant that is no list lies outside of the options, which another finding says."""
    only = tunable.arguments[0]
    if len(tunable.arguments) > 1 or not isinstance(only.node, _DISPLAYS) or len(only.node.elts) < 2:
        return
    own = tunable.place.node if tunable.places else None
    constant = own is not None and not isinstance(fold(own), Absent)
    if constant or (own is not None and _may_be_a_list(own)) or not isinstance(tunable.default, Absent):
        return
    fix = elements_as_options(tunable)
    message = "this list is a single option; to make its elements the options, leave out the brackets"
    sink.warning("NNI219", only.span, message, fix=fix)


def elements_as_options(tunable: Tunable) -> Fix:
    """Return a choice among the elements of its only option."""
    text, node = tunable.annotation.text, tunable.arguments[0].node
    assert isinstance(node, _DISPLAYS)
    options = ", ".join(text.source_of(option) for option in node.elts)
    edits = () if _in_code(tunable) else text.replacing(*text.range_of(node), options)
    return Fix(f"nni.choice({options})", edits)


def _in_code(tunable: Tunable) -> bool:
    return tunable.annotation.carrier is Carrier.CODE


def _may_be_a_list(own: ast.expr) -> bool:
    if isinstance(own, ast.Call):
        function = own.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name in _MAKERS
    return isinstance(own, (*_DISPLAYS, *_COMPREHENSIONS))
