"""The default tuner: it lets one or more of the others do the work."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nnic.tuners.base import parse_state
from nnic.tuners.choosing import Plan, choose
from nnic.tuners.protocol import Batch, Decision, EventKind, Problem, TrialEvent, Tuner
from nnic.tuners.registry import make_tuner


class AutoTuner:
    """Chooses tuners by the space, the number of trials and how many run at once.

    The rules are in :mod:`nnic.tuners.choosing`; ``plan`` is what they chose, and says why. Where a
    plan has several stages, the later tuners hear of everything from the beginning, and take over
    once there are as many results as the plan says.

    Parameters
    ----------
    problem
        Any that the chosen tuner takes.
    plan
        Tuners instead of those that the rules choose: ``gp``, or ``gp, tpe@200`` for a change after
        200 results. A run records the plan here, so that it is resumed with the same.

    Raises
    ------
    ValueError
        When the plan is none, or names an unknown tuner.
    """

    def __init__(self, problem: Problem, plan: str | None = None) -> None:
        self.plan: Plan = choose(problem) if plan is None else Plan.parse(plan)
        self._starts = [start for _, start in self.plan.stages]
        self._tuners: list[Tuner] = [
            make_tuner(name, replace(problem, seed=problem.seed + number))
            for number, (name, _) in enumerate(self.plan.stages)
        ]
        if len(self._tuners) > 1 and any(tuner.owns_stopping for tuner in self._tuners):
            raise ValueError("auto: a tuner that hands out budgets is the only one of a plan")
        self._results = 0

    @property
    def owns_stopping(self) -> bool:
        """As the chosen tuner."""
        return self._tuners[0].owns_stopping

    @property
    def promote(self) -> Callable[[int], Batch] | None:
        """That of the chosen tuner, if it has it."""
        return getattr(self._tuners[0], "promote", None)

    def suggest(self, n: int) -> Batch:
        """What the tuner proposes whose turn it is."""
        turn = sum(start <= self._results for start in self._starts) - 1
        return self._tuners[turn].suggest(n)

    def observe(self, event: TrialEvent) -> Decision:
        """Tell every tuner of the plan."""
        self._results += event.kind in (EventKind.ENDED, EventKind.IMPORTED)
        return max(tuner.observe(event) for tuner in self._tuners)

    def save(self) -> bytes:
        """Return the states of the tuners as JSON."""
        states = [base64.b64encode(tuner.save()).decode() for tuner in self._tuners]
        return json.dumps(
            {"kind": "auto", "plan": str(self.plan), "results": self._results, "states": states}
        ).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data: Any = parse_state(state, "auto")
        if data["plan"] != str(self.plan):
            raise ValueError(f"this is the state of the plan {data['plan']!r}, not of '{self.plan}'")
        self._results = data["results"]
        for tuner, saved in zip(self._tuners, data["states"]):
            tuner.load(base64.b64decode(saved))
