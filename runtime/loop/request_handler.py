"""Heeds what other processes ask of a running experiment (:mod:`nnic.runtime.store.requests`).

A request is answered in the transaction of what it changes. The kinds:

``limits``   ``trials``, ``time_s``, ``trial_time_s``, ``jobs``: those that are given replace the run's
``enqueue``  ``config``: a trial of these values, by full keys, before what the tuner proposes
``retry``    ``trials``: failed and cancelled ones are started again, as further attempts
``cancel``   ``trials``: ends those that run or wait
``import``   ``results``: configurations with the results that they had elsewhere
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.transitions import ENDING, Cause, Phase, is_running
from nnic.runtime.loop.trial_table import ActiveTrial
from nnic.runtime.store.event_log import suggestion_to_json
from nnic.runtime.store.records import Origin
from nnic.runtime.text import counted, plural
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.protocol import Suggestion
from nnic.tuners.space import Value

_LIMITS = ("trials", "time_s", "trial_time_s", "jobs")


class RefusedError(Exception):
    """Nothing of the request is done; the message says why."""


class RequestHandler:
    """Answers the requests to one experiment."""

    def __init__(self, parts: Parts, recorder: EventRecorder) -> None:
        self._parts = parts
        self._recorder = recorder
        self._kinds: dict[str, Callable[[Mapping[str, Any]], str]] = {
            "limits": self._limit,
            "enqueue": self._enqueue,
            "retry": self._retry,
            "cancel": self._cancel,
            "import": self._import,
        }

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
        for request in self._parts.store.new_requests():
            try:
                handle = self._kinds.get(request.kind)
                if handle is None:
                    raise RefusedError(f"this nnic knows no request {request.kind!r}")
                answer = handle(request.data)
            except RefusedError as error:
                self._refuse(request.id, f"refused: {error}")
            else:
                self._parts.store.answer(request.id, answer)

    def _refuse(self, request: int, why: str) -> None:
        self._parts.store.answer(request, why, refused=True)
        self._parts.effects.append(lambda: self._parts.observer.warning(why))

    def _limit(self, data: Mapping[str, Any]) -> str:
        parts = self._parts
        changes = {name: data[name] for name in _LIMITS if name in data}
        try:
            config = replace(parts.config, **changes)
        except (TypeError, ValueError) as error:
            raise RefusedError(str(error)) from None
        parts.config = config
        parts.store.set_config(config)
        parts.effects.append(lambda: parts.observer.limits_changed(config))
        return ", ".join(_describe_limit(name, value) for name, value in changes.items())

    def _enqueue(self, data: Mapping[str, Any]) -> str:
        config = self._checked(data["config"])
        constraints = ConstraintSet(self._parts.problem.constraints)
        if any(violation > 0 for violation in constraints.violations(config)):
            raise RefusedError("these values violate a constraint of the script")
        active = self._add("enqueue", config, Origin.ENQUEUED)
        return f"trial {active.record.id} is to run"

    def _import(self, data: Mapping[str, Any]) -> str:
        results = [(self._checked(entry["config"]), _number(entry["value"])) for entry in data["results"]]
        known = {
            (tuple(active.suggestion.config.items()), active.record.metric)
            for active in self._parts.trial_table
            if active.record.origin is Origin.IMPORTED
        }
        results = [
            (config, value) for config, value in results if (tuple(config.items()), value) not in known
        ]
        for config, value in results:
            active = self._add("import", config, Origin.IMPORTED)
            self._parts.trial_table.settle(active, value)
            self._recorder.tell_end(active)
        again = len(data["results"]) - len(results)
        taken = counted(len(results), "result is", "results are")
        return f"{taken} imported" + (f", {again} had been before" if again else "")

    def _add(self, kind: str, config: Mapping[str, Value], origin: Origin) -> ActiveTrial:
        parts = self._parts
        fidelity = parts.problem.fidelity
        suggestion = Suggestion(config, budget=None if fidelity is None else fidelity.high)
        trial = parts.event_log.next_id
        self._recorder.log(kind, {"trial": trial, **suggestion_to_json(suggestion)})
        return parts.trial_table.add(trial, suggestion, origin)

    def _checked(self, config: Mapping[str, Any]) -> dict[str, Value]:
        space = self._parts.problem.space
        try:
            normal = space.normalize(config)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        if not space.contains(normal):
            raise RefusedError("these values do not lie in the search space")
        return normal

    def _retry(self, data: Mapping[str, Any]) -> str:
        lives = self._named(data)
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

    def _cancel(self, data: Mapping[str, Any]) -> str:
        lives = self._named(data)
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

    def _named(self, data: Mapping[str, Any]) -> list[ActiveTrial]:
        trial_table = self._parts.trial_table
        for number in data["trials"]:
            if number not in trial_table:
                raise RefusedError(f"there is no trial {number}")
        return [trial_table[number] for number in dict.fromkeys(data["trials"])]


def _numbers(lives: list[ActiveTrial]) -> str:
    ids = ", ".join(str(active.record.id) for active in lives)
    return f"{plural(len(lives), 'trial')} {ids} {plural(len(lives), 'is', 'are')}"


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        raise RefusedError(f"{value!r} is no result")
    return float(value)


def _describe_limit(name: str, value: float | None) -> str:
    if name == "jobs":
        return f"{value} at once"
    if name == "trials":
        return "no limit on trials" if value is None else counted(value, "trial")
    if name == "trial_time_s":
        return "no limit on the time of a trial" if value is None else f"{value:g} s a trial"
    return "no limit on time" if value is None else f"{value:g} s"
