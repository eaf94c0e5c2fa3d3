"""The default tuner, which lets one or more of the others do the work."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from nnic.tuners.abilities import Abilities
from nnic.tuners.protocol import (
    Batch,
    Decision,
    EventKind,
    Problem,
    Promoter,
    Suggestion,
    TrialEvent,
    Tuner,
)
from nnic.tuners.registry import find_tuner, make_tuner
from nnic.tuners.search.auto_rules import Plan, choose_plan
from nnic.tuners.search.state import parse_state


class AutoTuner:
    """Chooses other tuners by the space, the number of trials and how many run at once.

    The rules are in :mod:`nnic.tuners.search.auto_rules`. ``plan`` contains the chosen tuners and the
    reason. If a plan has several stages, every tuner observes all results from the beginning. The next
    tuner makes the proposals once there are as many results as the plan says.

    Parameters
    ----------
    problem
        Any problem that the chosen tuner takes.
    plan
        The tuners to use instead of those that the rules choose: ``gp``, or ``gp, tpe@200`` for a change
        after 200 results, or ``gp+tpe`` for two that alternate. A run records its plan in this option, so
        that a resumed run has the same one.

    Raises
    ------
    ValueError
        When the text is not a plan, or names an unknown tuner.
    """

    abilities = Abilities(budgets=True, promotes=True, plans=True)

    def __new__(cls, problem: Problem, plan: str | None = None) -> AutoTuner:
        """Make one that goes on from trials where the chosen tuner does."""
        chosen = find_tuner(_plan(problem, plan).first)
        return super().__new__(AutoPromoter if issubclass(chosen, Promoter) else cls)

    def __init__(self, problem: Problem, plan: str | None = None) -> None:
        self.plan: Plan = _plan(problem, plan)
        names = dict.fromkeys(name for stage in self.plan.stages for name in stage.tuners)
        self._tuners: dict[str, Tuner] = {
            name: make_tuner(name, replace(problem, seed=problem.seed + number))
            for number, name in enumerate(names)
        }
        if len(names) > 1 and any(tuner.owns_stopping for tuner in self._tuners.values()):
            raise ValueError("auto: a tuner with budgets must be the only one of its plan")
        self._ended: set[int] = set()  # The trials with a result; each counts once, however often it ends.
        self._turn = 0
        self._announced: list[str] = []  # Configurations that were suggested, and have not started yet.

    @property
    def owns_stopping(self) -> bool:
        """Whether the chosen tuner owns stopping."""
        return self._tuners[self.plan.first].owns_stopping

    def suggest(self, n: int) -> Batch:
        """Return what the tuners propose whose turn it is."""
        stage = next(s for s in reversed(self.plan.stages) if s.start <= len(self._ended))
        if len(self._tuners) == 1:
            return self._tuners[self.plan.first].suggest(n)
        found: list[Suggestion] = []
        while len(found) < n:
            batch = self._one(self._tuners[stage.tuners[self._turn % len(stage.tuners)]])
            if not batch.suggestions:
                return replace(batch, suggestions=tuple(found))
            self._turn += 1
            found += batch.suggestions
        return Batch(tuple(found))

    def _one(self, tuner: Tuner) -> Batch:
        """A suggestion that no other tuner has just made."""
        while True:
            batch = tuner.suggest(1)
            key = repr(batch.suggestions and sorted(batch.suggestions[0].config.items()))
            if key not in self._announced:
                if batch.suggestions:
                    self._announced.append(key)
                return batch

    def observe(self, event: TrialEvent) -> Decision:
        """Tell every tuner of the plan."""
        if event.kind in (EventKind.ENDED, EventKind.IMPORTED):
            self._ended.add(event.trial.id)
        if self._announced and event.kind is not EventKind.REPORT:
            key = repr(sorted(event.trial.suggestion.config.items()))
            if key in self._announced:
                self._announced.remove(key)
        return max(tuner.observe(event) for tuner in self._tuners.values())

    def save(self) -> bytes:
        """Return the states of the tuners as JSON."""
        states = [base64.b64encode(tuner.save()).decode() for tuner in self._tuners.values()]
        counts = {"ended": sorted(self._ended), "turn": self._turn, "announced": self._announced}
        return json.dumps({"kind": "auto", "plan": str(self.plan), **counts, "states": states}).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data: Any = parse_state(state, "auto")
        if data["plan"] != str(self.plan):
            raise ValueError(f"this is the state of the plan {data['plan']!r}, not of '{self.plan}'")
        # Earlier versions saved how many there were.
        self._ended = set(data["ended"] if "ended" in data else range(-data["results"], 0))
        self._turn = data["turn"]
        self._announced = data["announced"]
        for tuner, saved in zip(self._tuners.values(), data["states"]):
            tuner.load(base64.b64decode(saved))


class AutoPromoter(AutoTuner):
    """The form of :class:`AutoTuner` whose plan is one tuner that goes on from trials."""

    def promote(self, n: int) -> Batch:
        """Return what the chosen tuner promotes."""
        chosen = self._tuners[self.plan.first]
        assert isinstance(chosen, Promoter)
        return chosen.promote(n)


def _plan(problem: Problem, plan: str | None) -> Plan:
    return choose_plan(problem) if plan is None else Plan.parse(plan)
