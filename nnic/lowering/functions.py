"""Finds what a ``function_choice`` replaces."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from nnic.findings.diagnostics import Sink
from nnic.ir import Annotation, Argument, Place, SlotKind
from nnic.lowering.nested import match_option, nested_calls
from nnic.lowering.owners import Owner
from nnic.lowering.slots import assignment_slot
from nnic.syntax.fingerprint import Fingerprint, fingerprint, same_tree
from nnic.syntax.walking import outermost_nodes

_LOAD = ast.Load()
# Each place of the program gets all options.
_MOST_SELECTED = 10_000
_MOST_LISTED = 20
# Options with samplers have to be compared one by one.
_MOST_COMPARED = 10_000
# In these every value may be replaced; a pattern of ``match`` may not.
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)


def find_replaced(
    annotation: Annotation,
    name: ast.expr,
    options: tuple[Argument, ...],
    owner: Owner,
    sink: Sink,
) -> tuple[Place, ...] | None:
    """Return the calls that the options stand in for.

    Looked for in this order: all calls identical to an option; the call whose callee is ``name``;
    the right side of the assignment to ``name``; the one call whose callee and keywords are an
    option's, samplers aside; the one expression that is identical to an option, which need not be a
    call: so a program is read again after an option was written into it. ``None`` after reporting that
    there is none, or more than one.
    """
    source, statement = sink.source, owner.statement
    wanted = {fingerprint(option.node) for option in options}
    identical = _calls(statement, lambda call: fingerprint(call) in wanted)
    if len(identical) * len(options) > _MOST_SELECTED:
        sink.error(
            "NNI111",
            annotation.span,
            f"function_choice matches {len(identical)} calls, and each would get all {len(options)} options",
            help="call the function on a line of its own, and use its result in the other places",
        )
        return None
    if identical:
        return tuple(Place(call, source.span(call), SlotKind.TARGET) for call in identical)
    text = ast.unparse(name)
    callee = fingerprint(name)
    callees = _calls(statement, lambda call: fingerprint(call.func) == callee)
    if callees:
        return _single(annotation, callees, f"calls of {text}", sink)
    slot = assignment_slot(statement)
    if slot is not None and any(same_tree(target, name) for target in slot.targets):
        return (Place(slot.value, source.span(slot.value), SlotKind.TARGET),)
    similar = _calls(statement, _Similar(options).has)
    if similar:
        return _single(annotation, similar, "calls like its options", sink)
    equal = _expressions(statement, lambda node: fingerprint(node) in wanted)
    if equal and isinstance(statement, _SIMPLE):
        return _single(annotation, equal, "expressions equal to its options", sink)
    sink.error(
        "NNI111",
        annotation.span,
        "function_choice matches nothing: the statement has no call like one of its options, "
        f"no call of {text} and no assignment to {text}",
        related=[sink.related(source.span(statement), "the annotated statement")],
    )
    return None


def _single(
    annotation: Annotation, calls: Sequence[ast.expr], what: str, sink: Sink
) -> tuple[Place, ...] | None:
    source = sink.source
    if len(calls) == 1:
        return (Place(calls[0], source.span(calls[0]), SlotKind.TARGET),)
    sink.error(
        "NNI111",
        annotation.span,
        f"function_choice matches {len(calls)} {what}; it can't tell which one is meant",
        help="write the call that is meant exactly as one of the options, or on a line of its own",
        related=[sink.related(source.span(call), "this one") for call in calls[:_MOST_LISTED]],
    )
    return None


def _calls(statement: ast.stmt, matches: Callable[[ast.Call], bool]) -> list[ast.Call]:
    """Matching calls in the whole statement, blocks included as in NNI."""
    found = _expressions(statement, lambda node: isinstance(node, ast.Call) and matches(node))
    return [node for node in found if isinstance(node, ast.Call)]


def _expressions(statement: ast.stmt, matches: Callable[[ast.expr], bool]) -> list[ast.expr]:
    """Matching values in the whole statement; none within another match, none in an f-string."""

    def is_found(node: ast.AST) -> bool:
        value = isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", _LOAD), ast.Load)
        return isinstance(node, ast.expr) and value and matches(node)

    return [node for node in outermost_nodes(statement, is_found) if isinstance(node, ast.expr)]


class _Similar:
    """Finds calls whose callee and keywords are those of an option; its samplers stand for any value."""

    def __init__(self, options: tuple[Argument, ...]) -> None:
        self._plain: set[Fingerprint] = set()
        # Options with samplers, by callee and names of their keywords.
        self._open: dict[Fingerprint, list[ast.Call]] = {}
        self._compared = 0
        for option in (option.node for option in options):
            if isinstance(option, ast.Call):
                bare = _without_positional(option)
                if any(nested_calls(keyword.value) for keyword in bare.keywords):
                    self._open.setdefault(_shape(bare), []).append(bare)
                else:
                    self._plain.add(fingerprint(bare))

    def has(self, call: ast.Call) -> bool:
        """Tell whether ``call`` is such a call."""
        bare = _without_positional(call)
        if fingerprint(bare) in self._plain:
            return True
        candidates = self._open.get(_shape(bare), [])
        self._compared += len(candidates)
        if self._compared > _MOST_COMPARED:
            return False
        return any(match_option(option, bare) is not None for option in candidates)


def _without_positional(call: ast.Call) -> ast.Call:
    """Return a call with its keywords alone, in the order of their names where all have one."""
    keywords = call.keywords
    if all(keyword.arg is not None for keyword in keywords):
        keywords = sorted(keywords, key=lambda keyword: keyword.arg or "")
    return ast.Call(func=call.func, args=[], keywords=keywords)


def _shape(call: ast.Call) -> Fingerprint:
    return (*fingerprint(call.func), *(keyword.arg for keyword in call.keywords))
