"""What a run ends with: counts, what failed, best values at an edge of their range, the next commands."""

from __future__ import annotations

from collections import Counter

import pytest
from made_records import choice, number, record, trial

from nnic.results.edges import find_edges
from nnic.screens.run_end import render_counts, render_edges, render_next, render_warnings
from nnic.tuners.protocol import Failure, FailureKind

ASSERTION = Failure("AssertionError", "no", "/work/train.py", 18)


def edges(parameter, found, **settings):
    """The edges of trials with these values, the best one first."""
    name = parameter.name
    metrics = [-float(place) for place in range(len(found))]
    if not settings.get("maximize", True):
        metrics = [-metric for metric in metrics]
    pairs = enumerate(zip(metrics, found))
    trials = [trial(i, m, {} if v is None else {name: v}, [parameter]) for i, (m, v) in pairs]
    return record([parameter], trials, **settings), trials


RATE = number("lr", "loguniform", 1e-4, 1e-1)
# What is said of it: the value, where it is, and the edge.
AT_AN_EDGE = {
    "log scale, upper": (RATE, [0.09, 0.08, 0.05, 1e-3, 1e-4], "0.09", "at the upper", "0.1"),
    "log scale, lower": (RATE, [1.1e-4, 2e-4, 1e-4, 0.1, 0.1], "0.00011", "at the lower", "0.0001"),
    "linear": (number("x", "uniform", -1.0, 1.0), [0.99, 0.9, -1, 0, 0], "0.99", "at the upper", "1"),
    "whole numbers": (number("n", "randint", 1, 9), [8, 8, 3, 1, 2], "8", "at the upper", "8"),
    "steps": (number("q", "quniform", 0, 100, 5), [100, 95, 5, 5, 5], "100", "at the upper", "100"),
    "ordered options": (choice("h", 16, 32, 64), [64, 64, 16, 16, 16], "64", "at the upper", "64"),
    "falling options": (choice("h", 64, 32, 16), [16, 16, 64, 64, 64], "16", "at the lower", "16"),
    "the script's own": (RATE, [0.5, 0.1, 0.09, 1e-3, 1e-4], "0.5", "beyond the upper", "0.1"),
}


@pytest.mark.parametrize(
    ("parameter", "found", "value", "where", "limit"), AT_AN_EDGE.values(), ids=AT_AN_EDGE
)
@pytest.mark.parametrize("maximize", [True, False])
def test_a_best_value_at_an_edge_is_said(parameter, found, value, where, limit, maximize):
    said = f"{parameter.name} = {value} is {where} edge of its range, {limit}: a wider one may be better"
    assert render_edges(*edges(parameter, found, maximize=maximize)) == [said]


NOT_AT_AN_EDGE = {
    "in the middle": (RATE, [3e-3, 0.1, 0.1, 0.1, 0.1]),
    "near it on a linear scale alone": (RATE, [2e-3, 1e-3, 1e-3, 1e-3, 1e-3]),
    "by chance, the next best are far away": (RATE, [0.1, 1e-4, 1e-4, 1e-4, 1e-4, 0.1]),
    "few trials": (RATE, [0.1, 0.1, 0.1, 0.1]),
    "options without an order": (choice("h", 64, 16, 32), [64, 64, 64, 64, 64]),
    "words": (choice("h", "a", "b", "c"), ["a", "a", "a", "a", "a"]),
    "switches": (choice("h", False, True), [True, True, True, True, True]),
    "two options": (choice("h", 1, 2), [2, 2, 2, 2, 2]),
    "no range": (number("z", "normal", 0, 1), [9.0, 9.0, 9.0, 9.0, 9.0]),
    "a natural zero": (number("dropout", "uniform", 0, 0.5), [0.0, 0.0, 0.0, 0.0, 0.0]),
    "a natural one": (number("layers", "randint", 1, 6), [1, 1, 1, 1, 1]),
    "not in the best trial": (RATE, [None, 0.1, 0.1, 0.1, 0.1]),
}


@pytest.mark.parametrize(("parameter", "found"), NOT_AT_AN_EDGE.values(), ids=NOT_AT_AN_EDGE)
def test_what_is_no_edge_is_not_said(parameter, found):
    assert find_edges(*edges(parameter, found)) == []


def test_trials_are_counted_with_what_they_failed_of_and_a_command():
    broken = [
        ASSERTION,
        Failure("ValueError", "x"),
        ASSERTION,
        Failure(FailureKind.TIME_LIMIT, "ran longer than its limit of 4 s"),
    ]
    trials = [trial(0, 0.5, {}, []), *(trial(i, None, {}, [], error=e) for i, e in enumerate(broken, 1))]
    said = render_counts(record([], trials), trials)
    assert said == (
        "1 succeeded, 4 failed (AssertionError x2, ValueError, ran longer than its limit of 4 s): "
        "nnic logs train-1a2b 1"
    )
    assert render_counts(record([], trials[:1]), trials[:1]) == "1 succeeded"
    assert render_counts(record([]), []) == ""


def test_warnings_come_once_each_and_not_by_the_hundred():
    many = Counter({f"warning number {n}": 1 for n in range(9)})
    many["warning number 0"] = 3
    lines = render_warnings(many)
    assert lines[0] == "warning: warning number 0 (3 times)"
    assert lines[5:] == ["warning: 4 more warnings above"]
    assert render_warnings(Counter()) == []


def test_what_comes_next_depends_on_the_result():
    trials = [trial(i, float(i), {"lr": 0.01}, [RATE]) for i in range(10)]
    made = record([RATE], trials)
    better = render_next(made, trials[9])
    assert "nnic apply train-1a2b --dry-run" in better
    assert "nnic importance train-1a2b" in better
    own = render_next(made, trials[0])
    assert "apply" not in own
    assert "nnic resume train-1a2b --trials 100" in own
    assert "importance" not in render_next(record([RATE], trials[:3]), trials[2])
