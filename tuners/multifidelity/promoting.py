"""What the asynchronous multi-fidelity tuners share: brackets, promotions, and trials that run."""

from __future__ import annotations

import json
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnic.tuners.abilities import Abilities
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.distinct import DistinctSampler
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.multifidelity.budgets import decide_pause
from nnic.tuners.multifidelity.rungs import Ladder, Reached
from nnic.tuners.protocol import (
    Batch,
    BatchStatus,
    Decision,
    EventKind,
    Problem,
    Suggestion,
    Trial,
    TrialEvent,
)
from nnic.tuners.search.base import generator
from nnic.tuners.search.observations import reached
from nnic.tuners.search.state import parse_state
from nnic.tuners.space import Config, Value


@dataclass(slots=True)
class _Place:
    """The rung of a bracket to which a suggestion belongs."""

    config: dict[str, Value]
    bracket: int
    rung: int


class PromotingTuner:
    """Hands out budgets rung by rung and never waits for a rung to fill.

    A promotion is a new trial with the same configuration and the earlier one as its parent.
    Subclasses say what is drawn (:meth:`_draw`) and, where there are several brackets, for which
    (:meth:`_next_bracket`).

    Parameters
    ----------
    problem
        The problem, whose first objective counts.
    ladders
        The brackets.
    pause
        Whether the tuner itself pauses trials after as many reports as their budget has units.
    """

    abilities = Abilities(budgets=True, promotes=True, learns=False)
    name = ""
    owns_stopping = True

    def __init__(self, problem: Problem, ladders: Sequence[Ladder], pause: bool) -> None:
        self.problem = problem
        self.maximize = problem.objectives[0].maximize
        self.cube = Cube(problem.space)
        self.rng = generator(problem.seed)
        self.distinct = DistinctSampler(self.cube, ConstraintSet(problem.constraints), self.rng)
        self._ladders = tuple(ladders)
        self._pause = pause
        self._places: dict[int, _Place] = {}  # By the number of a suggestion whose trial runs.
        self._failed: dict[int, _Place] = {}  # By the number of one that may be tried again.
        self._foreign: set[int] = set()  # The trials of others whose results are known.
        self._issued = 0
        self._drained = False  # Nothing new is left to draw.

    def suggest(self, n: int) -> Batch:
        """Return promotions where there are any, else new configurations."""
        return self._fill(n, new=True)

    def promote(self, n: int) -> Batch:
        """Return promotions only; WAIT while there may be more of them."""
        return self._fill(n, new=False)

    def observe(self, event: TrialEvent) -> Decision:
        """Take note of ``event``; PAUSE at the end of a budget where ``pause`` was asked for."""
        trial = event.trial
        number, place = self._place_of(trial)
        if event.kind is EventKind.REPORT:
            return self._judge(place, trial)
        if place is None and event.kind is EventKind.ENDED:
            place = self._settled_place(trial)
        if place is None:
            self._note_foreign(event)
        elif event.kind is EventKind.ENDED:
            self._settle(number, place, trial)
        return Decision.CONTINUE

    def running(self) -> Floats:
        """The rows of trials that have not ended, whatever their budget; shape (k, d)."""
        rows = [self.cube.encode(place.config) for place in self._places.values()]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(self.cube))

    def save(self) -> bytes:
        """Return the state as JSON."""
        state = {
            "kind": self.name,
            "rng": self.rng.bit_generator.state,
            "seen": self.distinct.to_json(),
            "ladders": [[rung.to_json() for rung in ladder.rungs] for ladder in self._ladders],
            "places": _places_to_json(self._places),
            "failed": _places_to_json(self._failed),
            "foreign": sorted(self._foreign),
            "issued": self._issued,
            "drained": self._drained,
            **self._more(),
        }
        return json.dumps(state).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data = parse_state(state, self.name)
        self.rng.bit_generator.state = data["rng"]
        self.distinct.from_json(data["seen"])
        for ladder, rungs in zip(self._ladders, data["ladders"]):
            for rung, saved in zip(ladder.rungs, rungs):
                rung.from_json(saved)
        self._places = {int(k): _Place(*values) for k, values in data["places"].items()}
        self._failed = {int(k): _Place(*values) for k, values in data["failed"].items()}
        self._issued, self._drained = data["issued"], data["drained"]
        self._foreign = set(data.get("foreign", ()))
        self._restore(data)

    @abstractmethod
    def _draw(self) -> Floats | None:
        """Return a new row, already added to what was seen; ``None`` when nothing new is left."""

    def _next_bracket(self) -> int:
        """The bracket that the configuration just drawn begins in."""
        return 0

    def _learn(self, config: Config, budget: float, loss: float) -> None:
        """Note what ``config`` reached with ``budget``; ``loss`` is ``inf`` for a failure."""

    def _unlearn(self, config: Config, budget: float) -> None:
        """Forget what ``config`` reached with ``budget``."""

    def _more(self) -> dict[str, Any]:
        """What a subclass saves besides, as plain JSON values."""
        return {}

    def _restore(self, data: Any) -> None:
        """Take back what :meth:`_more` gave."""

    def _fill(self, n: int, new: bool) -> Batch:
        suggestions: list[Suggestion] = []
        while len(suggestions) < n:
            suggestion = self._promotion() or (self._new() if new else None)
            if suggestion is None and self._places:
                return Batch(
                    tuple(suggestions), BatchStatus.WAIT, "running trials decide which ones continue"
                )
            suggestion = suggestion or self._last_promotion()
            if suggestion is None:
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, self._why_exhausted(new))
            suggestions.append(suggestion)
        return Batch(tuple(suggestions))

    def _promotion(self) -> Suggestion | None:
        for bracket, ladder in enumerate(self._ladders):
            found = ladder.promote()
            if found is not None:
                return self._suggestion(bracket, *found)
        return None

    def _last_promotion(self) -> Suggestion | None:
        """Promote the best when nothing runs and nothing new comes, until one has had the whole budget."""
        if any(ladder.rungs[-1].ranking for ladder in self._ladders):
            return None
        for bracket, ladder in enumerate(self._ladders):
            found = ladder.promote_best()
            if found is not None:
                return self._suggestion(bracket, *found)
        return None

    def _new(self) -> Suggestion | None:
        row = None if self._drained else self._draw()
        if row is None:
            self._drained = True
            return None
        bracket = self._next_bracket()
        return self._issue(_Place(self.cube.decode(row), bracket, 0))

    def _suggestion(self, bracket: int, rung: int, parent: Reached) -> Suggestion:
        return self._issue(_Place(dict(parent.config), bracket, rung), parent.trial, parent.step)

    def _issue(self, place: _Place, parent: int | None = None, step: int | None = None) -> Suggestion:
        number = self._issued
        self._issued += 1
        self._places[number] = place
        return Suggestion(place.config, self._budget(place), parent, step, str(number))

    def _budget(self, place: _Place) -> float:
        return self._ladders[place.bracket].rungs[place.rung].budget

    def _place_of(self, trial: Trial) -> tuple[int, _Place | None]:
        """The number of a trial's suggestion, and its place where it is ours and has not ended, or failed."""
        tag = trial.suggestion.tag
        number = int(tag) if tag.isdecimal() else -1
        place = self._places.get(number, self._failed.get(number))
        ours = place is not None and place.config == dict(trial.suggestion.config)
        return number, place if ours else None

    def _settled_place(self, trial: Trial) -> _Place | None:
        """The place of a trial of ours whose result is known already: it was discarded, or counts again."""
        for bracket, ladder in enumerate(self._ladders):
            for number, rung in enumerate(ladder.rungs):
                if rung.budget == trial.suggestion.budget and rung.holds(trial.id):
                    return _Place(dict(trial.suggestion.config), bracket, number)
        return None

    def _settle(self, number: int, place: _Place, trial: Trial) -> None:
        """Take in the end of a trial. One that was tried again, discarded or taken back ends once more."""
        rung = self._ladders[place.bracket].rungs[place.rung]
        self._places.pop(number, None)
        self._failed.pop(number, None)
        if rung.withdraw(trial.id):
            self._unlearn(place.config, rung.budget)
        loss = reached(trial, self.maximize)
        if loss is None or math.isinf(loss):
            self._failed[number] = place
        if loss is None:
            return
        step = trial.reports[-1].step if trial.reports else None
        violation = sum(max(v, 0.0) for v in trial.violations)
        rung.settle(Reached(trial.id, place.config, loss, violation, step))
        self._learn(place.config, rung.budget, loss if violation == 0 else math.inf)

    def _note_foreign(self, event: TrialEvent) -> None:
        """Learn from a trial that was not proposed here; without a budget it counts with the whole one."""
        suggestion = event.trial.suggestion
        if not self.problem.space.contains(suggestion.config):
            return
        self.distinct.add(self.cube.encode(suggestion.config))
        loss = None if event.kind is EventKind.STARTED else reached(event.trial, self.maximize)
        if loss is not None:
            budget = self._ladders[0].rungs[-1].budget if suggestion.budget is None else suggestion.budget
            if event.trial.id in self._foreign:
                self._unlearn(suggestion.config, budget)
            self._foreign.add(event.trial.id)
            self._learn(suggestion.config, budget, loss)

    def _judge(self, place: _Place | None, trial: Trial) -> Decision:
        if place is None or not self._pause:
            return Decision.CONTINUE
        rungs = self._ladders[place.bracket].rungs
        if place.rung == len(rungs) - 1:
            return Decision.CONTINUE
        used = rungs[place.rung - 1].budget if place.rung else 0.0
        return decide_pause(trial, used, rungs[place.rung].budget)

    def _why_exhausted(self, new: bool) -> str:
        return self.distinct.why_nothing() if new else "no trial is left that may get a larger budget"


def _places_to_json(places: Mapping[int, _Place]) -> dict[str, Any]:
    return {str(number): [p.config, p.bracket, p.rung] for number, p in places.items()}
