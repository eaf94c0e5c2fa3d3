"""Does what other processes ask of a running experiment (:mod:`nnic.runtime.store.requests`).

A request is answered in the transaction of what it changes; one that is not understood is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.ending import TrialEnder
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.limits import Limits
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.own_values import complete_own
from nnic.runtime.loop.transitions import ENDING, Cause, Phase, is_running
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable
from nnic.runtime.store.discarding import why_not_discarded
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_entries import Enqueued, Imported
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.store.records import Origin
from nnic.runtime.store.request_kinds import (
    CancelTrials,
    ChangeLimits,
    DiscardTrials,
    EnqueueTrial,
    ImportResults,
    KeepTrials,
    Request,
    RetryTrials,
    StoredRequest,
    UnknownRequest,
)
from nnic.runtime.text import counted, plural
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.protocol import Problem, Suggestion
from nnic.tuners.space import Value


class RefusedError(Exception):
    """A request is refused and nothing of it is done; the message says why."""


class RequestHandler:
    """Answers the requests to one experiment."""

    def __init__(
        self,
        limits: Limits,
        problem: Problem,
        trial_table: TrialTable,
        event_log: EventLog,
        recorder: EventRecorder,
        ender: TrialEnder,
        store: ExperimentStore,
        observer: Observer,
        effects: Effects,
    ) -> None:
        self._limits = limits
        self._problem = problem
        self._trial_table = trial_table
        self._event_log = event_log
        self._recorder = recorder
        self._ender = ender
        self._store = store
        self._observer = observer
        self._effects = effects
        self._deferred: list[StoredRequest] = []

    def serve(self) -> None:
        """Answer what was asked since the last time.

        Raises
        ------
        TunerError
            When the tuner raises on an imported result.
        """
        # Trial 0 is the script's own values, whatever is asked before it exists.
        if 0 not in self._trial_table:
            return
        stored_now = {stored.id: stored for stored in (*self._deferred, *self._store.new_requests())}
        self._deferred = []
        for stored in stored_now.values():
            if self._waits_for_own_values(stored.request):
                self._deferred.append(stored)
                continue
            try:
                answer = self._handle(stored.request)
            except RefusedError as error:
                why = f"refused: {error}"
                self._store.answer(stored.id, why, refused=True)
                self._effects.add(partial(self._observer.warning, why))
            else:
                self._store.answer(stored.id, answer)

    def _waits_for_own_values(self, request: Request | UnknownRequest) -> bool:
        """Whether a request leaves values to the script's own, some of which running trial 0 will tell."""
        if not isinstance(request, EnqueueTrial) or self._trial_table[0].record.status.ended:
            return False
        known = self._trial_table[0].suggestion.config
        return any(
            parameter.condition is None and parameter.key not in request.config and parameter.key not in known
            for parameter in self._problem.space
        )

    def _handle(self, request: Request | UnknownRequest) -> str:
        """Do what is asked, and return the answer."""
        if isinstance(request, ChangeLimits):
            return self._limit(request)
        if isinstance(request, EnqueueTrial):
            return self._enqueue(request)
        if isinstance(request, RetryTrials):
            return self._retry(request)
        if isinstance(request, CancelTrials):
            return self._cancel(request)
        if isinstance(request, KeepTrials):
            return self._keep(request)
        if isinstance(request, DiscardTrials):
            return self._discard(request)
        if isinstance(request, ImportResults):
            return self._import(request)
        raise RefusedError(request.problem)

    def _limit(self, request: ChangeLimits) -> str:
        changes = request.changes()
        try:
            config = replace(self._limits.config, **changes)  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise RefusedError(str(error)) from None
        self._limits.change(config)
        self._store.set_config(config)
        self._effects.add(partial(self._observer.limits_changed, config))
        return ", ".join(_describe_limit(name, value) for name, value in changes.items())

    def _enqueue(self, request: EnqueueTrial) -> str:
        try:
            own = self._trial_table[0].suggestion.config
            config = complete_own(self._problem.space, request.config, own)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        constraints = ConstraintSet(self._problem.constraints)
        if any(violation > 0 for violation in constraints.violations(config)):
            raise RefusedError("these values violate a constraint of the script")
        active = self._add(config, Origin.ENQUEUED)
        return f"trial {active.record.id} will run"

    def _import(self, request: ImportResults) -> str:
        results = [(self._checked(result.config), _number(result.value)) for result in request.results]
        known = {
            (tuple(active.suggestion.config.items()), active.record.metric)
            for active in self._trial_table
            if active.record.origin is Origin.IMPORTED
        }
        results = [
            (config, value) for config, value in results if (tuple(config.items()), value) not in known
        ]
        for config, value in results:
            active = self._add(config, Origin.IMPORTED)
            self._trial_table.settle(active, value)
            self._recorder.tell_end(active)
        again = len(request.results) - len(results)
        taken = counted(len(results), "result is", "results are")
        return f"{taken} imported" + (f", {again} were already known" if again else "")

    def _add(self, config: Mapping[str, Value], origin: Origin) -> ActiveTrial:
        fidelity = self._problem.fidelity
        suggestion = Suggestion(config, budget=None if fidelity is None else fidelity.high)
        trial = self._event_log.next_id
        entry = Enqueued if origin is Origin.ENQUEUED else Imported
        self._recorder.log(entry(trial, suggestion))
        return self._trial_table.add(trial, suggestion, origin)

    def _checked(self, config: Mapping[str, Value]) -> dict[str, Value]:
        space = self._problem.space
        try:
            normal = space.normalize(config)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        if not space.contains(normal):
            raise RefusedError("these values are outside of the search space")
        return normal

    def _retry(self, request: RetryTrials) -> str:
        named = self._named(request.trials)
        for active in named:
            if active.phase not in (Phase.FAILED, Phase.CANCELLED):
                raise RefusedError(
                    f"trial {active.record.id} is {active.record.status.value}: only failed and cancelled "
                    "trials can run again"
                )
        for active in named:
            before = active.record
            self._trial_table.revive(active)
            self._effects.add(partial(self._observer.trial_revived, before))
        return f"{_numbers(named)} will run again"

    def _cancel(self, request: CancelTrials) -> str:
        named = self._named(request.trials)
        for active in named:
            self._refuse_ended(active)
        for active in named:
            if is_running(active.phase):
                self._ender.end(active, Cause.CANCEL)
            else:
                self._trial_table.move(active, Cause.CANCEL)
                self._recorder.tell_end(active)
        return f"{_numbers(named)} {_are(named)} to end"

    def _keep(self, request: KeepTrials) -> str:
        named = self._named(request.trials)
        for active in named:
            self._refuse_ended(active)
            if not is_running(active.phase):
                raise RefusedError(f"trial {active.record.id} has not started, so it has no result to keep")
            if not active.record.reports and active.progress.final is None:
                raise RefusedError(f"trial {active.record.id} has reported nothing yet to keep")
        for active in named:
            self._ender.end(active, Cause.KEEP)
        return f"{_numbers(named)} {_are(named)} to end with the last reported value as result"

    def _discard(self, request: DiscardTrials) -> str:
        named = self._named(request.trials)
        for active in named:
            why = why_not_discarded(active.record, request.undo)
            if why:
                raise RefusedError(why)
        for active in named:
            before = active.record
            if request.undo:
                self._trial_table.restore(active)
            else:
                self._trial_table.discard(active)
            self._recorder.tell_again(active, before)
        what = "counted again" if request.undo else "discarded"
        return f"{_numbers(named)} {_are(named)} {what}"

    @staticmethod
    def _refuse_ended(active: ActiveTrial) -> None:
        """Refuse to end a trial that has ended, or is about to."""
        number = active.record.id
        if active.record.status.ended:
            raise RefusedError(f"trial {number} has already ended: it is {active.record.status.value}")
        if active.phase in ENDING:
            raise RefusedError(f"trial {number} is already being ended")

    def _named(self, trials: Sequence[int]) -> list[ActiveTrial]:
        for number in trials:
            if number not in self._trial_table:
                raise RefusedError(f"there is no trial {number}")
        return [self._trial_table[number] for number in dict.fromkeys(trials)]


def _numbers(named: list[ActiveTrial]) -> str:
    ids = ", ".join(str(active.record.id) for active in named)
    return f"{plural(len(named), 'trial')} {ids}"


def _are(named: list[ActiveTrial]) -> str:
    return plural(len(named), "is", "are")


def _number(value: float) -> float:
    if math.isnan(value):
        raise RefusedError(f"{value!r} is not a result")
    return float(value)


def _describe_limit(name: str, value: float | None) -> str:
    if name == "jobs":
        return f"{value} at once"
    if name == "trials":
        return "no limit on the number of trials" if value is None else counted(value, "trial")
    if name == "trial_time_s":
        return "no limit on the time of a trial" if value is None else f"{value:g} s a trial"
    return "no limit on time" if value is None else f"{value:g} s"
