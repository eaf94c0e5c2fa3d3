"""The levels of the budgets that the multi-fidelity tuners hand out."""

from __future__ import annotations

import math
from dataclasses import replace

from nnic.tuners.protocol import Decision, Problem, Trial
from nnic.tuners.space import Fidelity


def fidelity_of(name: str, problem: Problem, low: float | None = None, high: float | None = None) -> Fidelity:
    """The budget of a problem, narrowed to ``low`` and ``high`` where these are given.

    Raises
    ------
    ValueError
        When the problem has no budget, or the limits do not lie within it; the message says what to write.
    """
    fidelity = problem.fidelity
    if fidelity is None:
        raise ValueError(
            f"{name} gives trials budgets, so the script must name the value that is the budget, "
            "with a line such as  epochs = 27  # @nni.budget(1, 27)"
        )
    low = fidelity.low if low is None else low
    high = fidelity.high if high is None else high
    if not fidelity.low <= low <= high <= fidelity.high:
        raise ValueError(
            f"{name}: budgets from {low:g} to {high:g} must lie within those of the program, "
            f"{fidelity.low:g} to {fidelity.high:g}"
        )
    return replace(fidelity, low=low, high=high)


def budget_levels(name: str, fidelity: Fidelity, eta: float) -> tuple[float, ...]:
    """The budgets from the smallest to the whole one, each ``eta`` times as large as the one before.

    The whole budget is always among them, the smallest only where the ratio is a power of ``eta``
    (Li et al. 2018, Algorithm 1: ``R * eta**-s`` for ``s`` up to ``floor(log_eta(R / r))``).

    Raises
    ------
    ValueError
        When ``eta`` is not above 1, or not at least 2 for whole budgets.
    """
    if not eta > 1 or (fidelity.integer and eta < 2):
        raise ValueError(f"{name}: eta must be above 1, and at least 2 for whole budgets, got {eta}")
    steps = 0
    while eta ** (steps + 1) <= fidelity.high / fidelity.low * (1 + 1e-9):  # This is exact for powers.
        steps += 1
    return tuple(_level(fidelity, eta, below) for below in range(steps, -1, -1))


def _level(fidelity: Fidelity, eta: float, below: int) -> float:
    budget = fidelity.high * eta**-below
    if fidelity.integer:
        return max(round(budget), math.ceil(fidelity.low))
    return max(budget, fidelity.low)


def bracket_sizes(levels: int, eta: float) -> tuple[int, ...]:
    """How many configurations the brackets of Hyperband begin with, the one of all ``levels`` first.

    Li et al. 2018, Algorithm 1, line 2: ``ceil((s_max + 1) / (s + 1) * eta**s)`` for s from s_max.
    """
    largest = levels - 1
    return tuple(math.ceil(levels / (s + 1) * eta**s - 1e-9) for s in range(largest, -1, -1))


def equal_levels(name: str, fidelity: Fidelity, interval: float | None) -> tuple[float, ...]:
    """The budgets in equal steps of ``interval`` up to the whole one.

    By default a step is a tenth of the whole budget, or the smallest budget if that is more.

    Raises
    ------
    ValueError
        When ``interval`` lies outside of the budgets, or is not whole where these are.
    """
    step = max(fidelity.low, fidelity.high / 10) if interval is None else interval
    step = math.ceil(step - 1e-9) if fidelity.integer and interval is None else step
    if not fidelity.low <= step <= fidelity.high or (fidelity.integer and step != int(step)):
        kind = "a whole number " if fidelity.integer else ""
        raise ValueError(
            f"{name}: interval must be {kind}from {fidelity.low:g} to {fidelity.high:g}, "
            f"the program's budgets, got {step:g}"
        )
    count = math.ceil(fidelity.high / step - 1e-9)
    return tuple(min(step * (place + 1), fidelity.high) for place in range(count))


def decide_pause(trial: Trial, used: float, budget: float) -> Decision:
    """PAUSE once a trial has reported as often as its budget has units.

    Parameters
    ----------
    trial
        The trial, which counts its steps from 0 even where it goes on from a parent.
    used
        What its parents have used of the budget.
    budget
        What the trial and its parents may use together.
    """
    done = used + trial.reports[-1].step + 1 >= budget
    return Decision.PAUSE if done else Decision.CONTINUE
