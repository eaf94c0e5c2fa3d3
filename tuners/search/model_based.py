"""What tuners that learn from results share: the observations, their ranking, the saved state."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnic.tuners.abilities import Abilities
from nnic.tuners.mapping.warps import Floats
from nnic.tuners.protocol import EventKind, Problem, Suggestion, TrialEvent
from nnic.tuners.search.base import DrawingTuner
from nnic.tuners.search.observations import KNOWN, Observations, reached
from nnic.tuners.search.state import pack, unpack

_ROUNDING = 1e-9  # A configuration this close, in parts of the range, is the one that was suggested.

Rank = tuple[bool, float, float, int]
"""Whether a line has no result, its violation, loss and number: ranks sort best first, ties by age."""


class ModelBasedTuner(DrawingTuner):
    """A tuner that proposes by earlier results, and random configurations where these do not suffice.

    Subclasses set ``name`` and override :meth:`_candidate`; those that keep more than observations
    override :meth:`_learn`, :meth:`_more` and :meth:`_restore` too.

    ``ranked`` holds the lines of the observations that have ended, best first: by violation, then by
    loss; those that failed or gave no number are last. ``presence`` counts for each column in how many
    of them it exists; shape (d,). Running trials are lines without a result.
    """

    abilities = Abilities()
    name = ""

    def __init__(self, problem: Problem) -> None:
        if len(problem.objectives) != 1:
            raise ValueError(
                f"{self.name} optimises one objective, the problem has {len(problem.objectives)}"
            )
        super().__init__(problem)
        self.maximize = problem.objectives[0].maximize
        self.observations = Observations(len(self.cube))
        self.ranked: list[Rank] = []
        self.presence: NDArray[np.intp] = np.zeros(len(self.cube), dtype=np.intp)
        self._foreign: dict[int, int] = {}  # The lines of the trials of others that have a result.
        self._unsettled: dict[str, Suggestion] = {}  # By their tags, so that they need not be encoded again.

    def save(self) -> bytes:
        """Return the state as npz."""
        meta: dict[str, Any] = {
            "kind": self.name,
            "rng": self.rng.bit_generator.state,
            "seen": self.distinct.to_json(),
        }
        meta["foreign"] = list(self._foreign.items())
        more, arrays = self._more()
        return pack({**meta, **more}, {**self.observations.arrays(), **arrays})

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        meta, arrays = unpack(state, self.name)
        self.rng.bit_generator.state = meta["rng"]
        self.distinct.from_json(meta["seen"])
        self.observations.restore(arrays)
        self._unsettled.clear()
        self._foreign = dict(meta.get("foreign", ()))
        known = np.flatnonzero(self.observations.states == KNOWN)
        self.ranked = sorted(self._rank(int(line)) for line in known)
        self.presence = (~np.isnan(self.observations.rows[known])).sum(axis=0)
        self._restore(meta, arrays)

    def successes(self) -> int:
        """How many lines have a finite result; they come first in ``ranked``."""
        return bisect_left(self.ranked, (True, -math.inf, -math.inf, -1))

    def _candidate(self) -> Floats | None:
        """Return a new, feasible, canonical row; ``None`` for a random one."""
        return None

    def _learn(self, line: int) -> None:
        """Note that ``line`` of the observations has a result now."""

    def _more(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What to save beside the observations: plain JSON values, and arrays."""
        return {}, {}

    def _restore(self, meta: dict[str, Any], arrays: dict[str, Any]) -> None:
        """Take back what :meth:`_more` gave."""

    def _propose(self) -> Floats | None:
        row = self._candidate()
        if row is None:
            row = self.distinct.draw()
        else:
            self.distinct.add(row)
        if row is not None:
            self.observations.append(row)
        return row

    def _tag(self, row: Floats) -> str:
        return str(len(self.observations) - 1)

    def _suggestion(self, row: Floats) -> Suggestion:
        suggestion = super()._suggestion(row)
        self._unsettled[suggestion.tag] = suggestion
        return suggestion

    def _row_of(self, suggestion: Suggestion) -> Floats | None:
        own = self._unsettled.get(suggestion.tag)
        if own is not None and own.config == suggestion.config:
            own_row: Floats = self.observations.rows[int(suggestion.tag)].copy()
            return own_row
        row = super()._row_of(suggestion)
        # A value and its place in [0, 1] give each other back up to rounding only.
        line = int(suggestion.tag) if suggestion.tag.isdecimal() else len(self.observations)
        if row is None or line >= len(self.observations):
            return row
        known: Floats = self.observations.rows[line].copy()
        return known if np.allclose(row, known, rtol=0.0, atol=_ROUNDING, equal_nan=True) else row

    def _note(self, event: TrialEvent, row: Floats) -> None:
        super()._note(event, row)
        if event.kind is EventKind.ENDED:
            self._unsettled.pop(event.trial.suggestion.tag, None)
        line = self._line(event.trial.suggestion.tag, row)
        if event.kind is EventKind.STARTED:
            if line is None:  # Somebody else proposed it.
                self.observations.append(row)
            return
        if line is None:
            line = self._foreign_line(event.trial.id, row)
        loss = reached(event.trial, self.maximize)
        if self.observations.states[line] == KNOWN:
            del self.ranked[bisect_left(self.ranked, self._rank(line))]
            self.presence -= ~np.isnan(row)
        if loss is None:
            self.observations.forget(line)
            return
        self.observations.settle(line, loss, sum(max(v, 0.0) for v in event.trial.violations))
        insort(self.ranked, self._rank(line))
        self.presence += ~np.isnan(row)
        self._learn(line)

    def _rank(self, line: int) -> Rank:
        loss = float(self.observations.losses[line])
        return not math.isfinite(loss), float(self.observations.violations[line]), loss, line

    def _line(self, tag: str, row: Floats) -> int | None:
        """The line of the observations that this tuner gave the tag for."""
        rows = self.observations.rows
        line = int(tag) if tag.isdecimal() else len(rows)
        return line if line < len(rows) and np.array_equal(rows[line], row, equal_nan=True) else None

    def _foreign_line(self, trial: int, row: Floats) -> int:
        """The line of a trial of somebody else's: that of its earlier result, of its start, or a new one."""
        if trial not in self._foreign:
            self._foreign[trial] = self._pending_line(row)
        return self._foreign[trial]

    def _pending_line(self, row: Floats) -> int:
        for line in self.observations.pending():
            if np.array_equal(self.observations.rows[line], row, equal_nan=True):
                return int(line)
        return self.observations.append(row)
