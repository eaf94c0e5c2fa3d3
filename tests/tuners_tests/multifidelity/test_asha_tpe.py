"""ASHA with a model: its options. What it does with the model is in test_rung_model.py."""

from __future__ import annotations

from typing import Any

import pytest

from nnic.tuners.protocol import Objective, Problem
from nnic.tuners.registry import make_tuner
from nnic.tuners.space import Fidelity
from nnic.tuners.testing.spaces import PLANE

PROBLEM = Problem(PLANE, (Objective("loss", False),), fidelity=Fidelity(1, 9))


def test_the_bracket_leaves_out_the_lowest_budgets() -> None:
    tuners = [make_tuner("asha_tpe", PROBLEM, {"bracket": bracket}) for bracket in range(3)]
    budgets = [tuner.suggest(1).suggestions[0].budget for tuner in tuners]
    assert budgets == [1, 3, 9]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"startup": 0}, "asha_tpe: startup and candidates must be at least 1, got 0, 12"),
        ({"candidates": 0}, "asha_tpe: startup and candidates must be at least 1, got 10, 0"),
        ({"bracket": 3}, "asha_tpe: bracket must be from 0 to 2"),
        ({"eta": 1}, "asha_tpe: eta must be above 1"),
    ],
)
def test_options_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_tuner("asha_tpe", PROBLEM, options)


def test_without_a_budget_it_is_refused() -> None:
    with pytest.raises(ValueError, match=r"asha_tpe gives trials budgets.*@nni.budget"):
        make_tuner("asha_tpe", Problem(PLANE))
