"""Heeds what other processes ask of a running experiment (:mod:`nnic.runtime.requests`).

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

from nnic.runtime.ledger import suggestion_to_json
from nnic.runtime.parts import Parts
from nnic.runtime.records import Origin
from nnic.runtime.roster import Live
from nnic.runtime.teller import Teller
from nnic.runtime.transitions import ENDING, Cause, Phase, is_running
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.protocol import Suggestion
from nnic.tuners.space import Value

_LIMITS = ("trials", "time_s", "trial_time_s", "jobs")


class RefusedError(Exception):
    """Nothing of the request is done; the message says why."""


class Desk:
    """Answers the requests to one experiment."""

    def __init__(self, parts: Parts, teller: Teller) -> None:
        self._parts = parts
        self._teller = teller
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
        AdvisorError
            When the tuner raises on an imported result.
        """
        # Trial 0 is the script's own values, whatever is asked before it exists.
        if 0 not in self._parts.roster:
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
        live = self._add("enqueue", config, Origin.ENQUEUED)
        return f"trial {live.record.id} is to run"

    def _import(self, data: Mapping[str, Any]) -> str:
        results = [(self._checked(entry["config"]), _number(entry["value"])) for entry in data["results"]]
        known = {
            (tuple(live.suggestion.config.items()), live.record.metric)
            for live in self._parts.roster
            if live.record.origin is Origin.IMPORTED
        }
        results = [
            (config, value) for config, value in results if (tuple(config.items()), value) not in known
        ]
        for config, value in results:
            live = self._add("import", config, Origin.IMPORTED)
            self._parts.roster.settle(live, value)
            self._teller.tell_end(live)
        again = len(data["results"]) - len(results)
        noun = "result is" if len(results) == 1 else "results are"
        return f"{len(results)} {noun} imported" + (f", {again} had been before" if again else "")

    def _add(self, kind: str, config: Mapping[str, Value], origin: Origin) -> Live:
        parts = self._parts
        fidelity = parts.problem.fidelity
        suggestion = Suggestion(config, budget=None if fidelity is None else fidelity.high)
        trial = parts.ledger.next_id
        self._teller.log(kind, {"trial": trial, **suggestion_to_json(suggestion)})
        return parts.roster.add(trial, suggestion, origin)

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
        for live in lives:
            if live.phase not in (Phase.FAILED, Phase.CANCELLED):
                raise RefusedError(
                    f"trial {live.record.id} is {live.record.status.value}: only failed and cancelled ones "
                    "are tried again"
                )
        for live in lives:
            before = live.record
            live.losses = 0
            self._parts.roster.move(live, Cause.REVIVE)
            self._parts.effects.append(lambda record=before: self._parts.observer.trial_revived(record))  # type: ignore[misc]
        return f"{_numbers(lives)} to run again"

    def _cancel(self, data: Mapping[str, Any]) -> str:
        lives = self._named(data)
        for live in lives:
            if live.record.status.ended or live.phase in ENDING:
                raise RefusedError(f"trial {live.record.id} is {live.record.status.value}: nothing to end")
        for live in lives:
            if is_running(live.phase):
                self._parts.end_trial(live, Cause.CANCEL)
            else:
                self._parts.roster.move(live, Cause.CANCEL)
                self._teller.tell_end(live)
        return f"{_numbers(lives)} to end"

    def _named(self, data: Mapping[str, Any]) -> list[Live]:
        roster = self._parts.roster
        for number in data["trials"]:
            if number not in roster:
                raise RefusedError(f"there is no trial {number}")
        return [roster[number] for number in dict.fromkeys(data["trials"])]


def _numbers(lives: list[Live]) -> str:
    ids = ", ".join(str(live.record.id) for live in lives)
    return f"trial {ids} is" if len(lives) == 1 else f"trials {ids} are"


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
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
