"""Heeds what other processes ask of a running experiment (:mod:`nnic.runtime.store.requests`).

A request is answered in the transaction of what it changes; one that is not understood is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.transitions import ENDING, Cause, Phase, is_running
from nnic.runtime.loop.trial_table import ActiveTrial
from nnic.runtime.store.log_entries import Enqueued, Imported
from nnic.runtime.store.records import Origin
from nnic.runtime.store.request_kinds import (
    CancelTrials,
    ChangeLimits,
    EnqueueTrial,
    ImportResults,
    Request,
    RetryTrials,
    UnknownRequest,
)
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.protocol import Suggestion
from nnic.tuners.space import Value


class RefusedError(Exception):
    """Nothing of the request is done; the message says why."""


class RequestHandler:
    """Answers the requests to one experiment."""

    def __init__(self, parts: Parts, recorder: EventRecorder) -> None:
        self._parts = parts
        self._recorder = recorder

    def serve(self) -> None:
        """Heed what was asked since the last time.

        Raises
        ------
        TunerError
            When the tuner raises on an imported result.
        """
        # Trial 0 is the script's own values, whatever is asked before it exists.
        if 0 not in self._parts.trial_table:
            return
        for stored in self._parts.store.new_requests():
            try:
                answer = self._handle(stored.request)
            except RefusedError as error:
                self._refuse(stored.id, f"refused: {error}")
            else:
                self._parts.store.answer(stored.id, answer)

    def _handle(self, request: Request | UnknownRequest) -> str:
        """Do what is asked; the answer."""
        if isinstance(request, ChangeLimits):
            return self._limit(request)
        if isinstance(request, EnqueueTrial):
            return self._enqueue(request)
        if isinstance(request, RetryTrials):
            return self._retry(request)
        if isinstance(request, CancelTrials):
            return self._cancel(request)
        if isinstance(request, ImportResults):
            return self._import(request)
        raise RefusedError(request.problem)

    def _refuse(self, request: int, why: str) -> None:
        self._parts.store.answer(request, why, refused=True)
        self._parts.effects.append(lambda: self._parts.observer.warning(why))

    def _limit(self, request: ChangeLimits) -> str:
        parts, changes = self._parts, request.changes()
        try:
            config = replace(parts.config, **changes)  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise RefusedError(str(error)) from None
        parts.config = config
        parts.store.set_config(config)
        parts.effects.append(lambda: parts.observer.limits_changed(config))
        return ", ".join(_describe_limit(name, value) for name, value in changes.items())

    def _enqueue(self, request: EnqueueTrial) -> str:
        config = self._checked(request.config)
        constraints = ConstraintSet(self._parts.problem.constraints)
        if any(violation > 0 for violation in constraints.violations(config)):
            raise RefusedError("these values violate a constraint of the script")
        active = self._add(config, Origin.ENQUEUED)
        return f"trial {active.record.id} is to run"

    def _import(self, request: ImportResults) -> str:
        results = [(self._checked(result.config), _number(result.value)) for result in request.results]
        known = {
            (tuple(active.suggestion.config.items()), active.record.metric)
            for active in self._parts.trial_table
            if active.record.origin is Origin.IMPORTED
        }
        results = [
            (config, value) for config, value in results if (tuple(config.items()), value) not in known
        ]
        for config, value in results:
            active = self._add(config, Origin.IMPORTED)
            self._parts.trial_table.settle(active, value)
            self._recorder.tell_end(active)
        again = len(request.results) - len(results)
        noun = "result is" if len(results) == 1 else "results are"
        return f"{len(results)} {noun} imported" + (f", {again} had been before" if again else "")

    def _add(self, config: Mapping[str, Value], origin: Origin) -> ActiveTrial:
        parts = self._parts
        fidelity = parts.problem.fidelity
        suggestion = Suggestion(config, budget=None if fidelity is None else fidelity.high)
        trial = parts.event_log.next_id
        entry = Enqueued if origin is Origin.ENQUEUED else Imported
        self._recorder.log(entry(trial, suggestion))
        return parts.trial_table.add(trial, suggestion, origin)

    def _checked(self, config: Mapping[str, Value]) -> dict[str, Value]:
        space = self._parts.problem.space
        try:
            normal = space.normalize(config)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        if not space.contains(normal):
            raise RefusedError("these values do not lie in the search space")
        return normal

    def _retry(self, request: RetryTrials) -> str:
        lives = self._named(request.trials)
        for active in lives:
            if active.phase not in (Phase.FAILED, Phase.CANCELLED):
                raise RefusedError(
                    f"trial {active.record.id} is {active.record.status.value}: only failed and cancelled "
                    "ones are tried again"
                )
        for active in lives:
            before = active.record
            active.losses = 0
            self._parts.trial_table.move(active, Cause.REVIVE)
            self._parts.effects.append(lambda record=before: self._parts.observer.trial_revived(record))  # type: ignore[misc]
        return f"{_numbers(lives)} to run again"

    def _cancel(self, request: CancelTrials) -> str:
        lives = self._named(request.trials)
        for active in lives:
            if active.record.status.ended or active.phase in ENDING:
                raise RefusedError(
                    f"trial {active.record.id} is {active.record.status.value}: nothing to end"
                )
        for active in lives:
            if is_running(active.phase):
                self._parts.end_trial(active, Cause.CANCEL)
            else:
                self._parts.trial_table.move(active, Cause.CANCEL)
                self._recorder.tell_end(active)
        return f"{_numbers(lives)} to end"

    def _named(self, trials: Sequence[int]) -> list[ActiveTrial]:
        trial_table = self._parts.trial_table
        for number in trials:
            if number not in trial_table:
                raise RefusedError(f"there is no trial {number}")
        return [trial_table[number] for number in dict.fromkeys(trials)]


def _numbers(lives: list[ActiveTrial]) -> str:
    ids = ", ".join(str(active.record.id) for active in lives)
    return f"trial {ids} is" if len(lives) == 1 else f"trials {ids} are"


def _number(value: float) -> float:
    if math.isnan(value):
        raise RefusedError(f"{value!r} is no result")
    return float(value)


def _describe_limit(name: str, value: float | None) -> str:
    if name == "jobs":
        return f"{value} at once"
    if name == "trials":
        return "no limit on trials" if value is None else f"{value} trials"
    if name == "trial_time_s":
        return "no limit on the time of a trial" if value is None else f"{value:g} s a trial"
    return "no limit on time" if value is None else f"{value:g} s"
