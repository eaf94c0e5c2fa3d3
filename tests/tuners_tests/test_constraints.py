from __future__ import annotations

import math

import pytest

from nnic.tuners.constraints import ConstraintSet, violation
from nnic.tuners.space import Constraint

CONFIG = {"x": 2.0, "y": 5, "kind": "adam", "flag": True, "none": None, "opt.lr": 0.1}
NAMES = tuple((name, name) for name in (*CONFIG, "gone"))


def check(expression: str, **config: object) -> float:
    return violation(Constraint(expression, NAMES), {**CONFIG, **config})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x <= 1", 1.0),
        ("x <= 2", 0.0),
        ("x >= 5", 3.0),
        ("x < 4", -2.0),
        ("x > 4", 2.0),
        ("1 <= x <= 1.5", 0.5),
        ("x == 5", 3.0),
        ("x == 2", 0.0),
        ("x != 2", 1.0),
        ("x * y <= 8", 2.0),
        ("x + y - 1 > 0", -6.0),
        ("y // x <= 1", 1.0),
        ("y % 2 == 0", 1.0),
        ("2 ** y <= 30", 2.0),
        ("-x <= -3", 1.0),
        ("max(x, y) <= 4", 1.0),
        ("log2(x) <= 0.5", 0.5),
        ("x <= 1 or y <= 3", 1.0),
        ("x <= 1 and y <= 3", 2.0),
        ("not x <= 3", 1.0),
        ("kind == 'adam'", 0.0),
        ("kind != 'adam'", 1.0),
        ("kind in ('sgd', 'adam')", -1.0),
        ("kind not in ['sgd', 'adam']", 1.0),
        ("flag", -1.0),
        ("not flag", 1.0),
        ("none is None", -1.0),
        ("opt.lr <= 0.05", 0.05),
        ("(x > 1) == flag", 0.0),
    ],
)
def test_distances(expression, expected):
    assert check(expression) == pytest.approx(expected)


def test_strict_inequalities_do_not_hold_with_equality():
    assert check("x < 2") > 0
    assert check("x > 2") > 0
    assert check("not x <= 2") > 0
    assert check("not x < 2") <= 0


def test_inactive_parameters_lift_a_constraint():
    assert check("gone <= 1") == 0.0
    assert check("x <= 1 or gone <= 1") == 0.0
    assert check("not gone <= 1") == 0.0
    assert check("x <= 1 and gone <= 1") == 1.0
    assert check("gone <= 1 and gone > 2") == 0.0


@pytest.mark.parametrize(
    "expression", ["1 / (x - 2) <= 1", "log(x - 2) <= 1", "9 ** 9 ** 9 ** 9 <= 1", "exp(9999) < 1"]
)
def test_failing_arithmetic_violates(expression):
    assert check(expression) == math.inf


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("x <", "not an expression"),
        ("z <= 1", "names no parameter by 'z'"),
        ("__import__('os')", "cannot hold"),
        ("x.__class__", "cannot hold"),
        ("[i for i in (1, 2)]", "cannot hold"),
        ("(lambda: 1)()", "cannot hold"),
        ("max(x, key=y) < 1", "cannot hold"),
        ("x & 1", "cannot hold"),
        ("x := 3", "not an expression"),
        ("f'{x}' == '2'", "cannot hold"),
    ],
)
def test_other_syntax_is_refused_at_once(expression, message):
    with pytest.raises(ValueError, match=message):
        ConstraintSet((Constraint(expression, NAMES),))


def test_values_that_cannot_be_compared_are_an_error():
    with pytest.raises(ValueError, match="cannot be evaluated"):
        check("kind <= 3")


def test_a_set_sums_what_is_violated():
    constraints = ConstraintSet(
        (Constraint("x <= 1", NAMES), Constraint("y <= 3", NAMES), Constraint("x <= 9", NAMES))
    )
    assert constraints.violations(CONFIG) == (1.0, 2.0, -7.0)
    assert constraints.violation(CONFIG) == 3.0
    assert len(constraints) == 3
