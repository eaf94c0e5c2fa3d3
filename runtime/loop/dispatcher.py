"""Filling the free slots: trial 0 first and alone, then lost trials again, then what is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnic.runtime import faults
from nnic.runtime.devices.admission import Place
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.limits import Limits
from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.transitions import Phase
from nnic.runtime.loop.trial_table import ActiveTrial, own_values
from nnic.runtime.loop.tuner_gateway import TunerError
from nnic.runtime.store.event_log import suggestion_to_json
from nnic.runtime.store.records import Wait
from nnic.tuners.protocol import BatchStatus, EventKind, Suggestion


class BaselineError(Exception):
    """Trial 0 has failed, and nobody asked to go on all the same."""


class Dispatcher:
    """Decides what runs next. ``exhausted`` says why the tuner has nothing more, if it has not."""

    def __init__(self, parts: Parts, recorder: EventRecorder, limits: Limits) -> None:
        self._parts = parts
        self._recorder = recorder
        self._limits = limits
        self.exhausted = parts.exhausted
        self._waits: tuple[Wait, ...] = ()
        self._promoted = -1  # of so many configurations no trial is left to be promoted

    def fill_slots(self) -> None:
        """Begin the attempts that there is room for.

        Raises
        ------
        BaselineError, TunerError, DevicesError
            When the run cannot go on.
        """
        if not self._baseline_settled():
            return
        trial_table = self._parts.trial_table
        free = max(0, self._parts.config.jobs - len(trial_table.running()))
        waiting = trial_table.waiting()[:free]
        places = self._launch_waiting(waiting, self._wanted(free - len(waiting)))
        if places:
            self._ask(places)

    def _baseline_settled(self) -> bool:
        """Whether trial 0 has ended and the others may start; starts it when it has not."""
        trial_table = self._parts.trial_table
        if 0 not in trial_table:
            config = own_values(self._parts.problem.space)
            self._recorder.log("baseline", {"trial": 0, "config": config})
            trial_table.add(0, Suggestion(config))
        active = trial_table[0]
        if active.phase is Phase.WAITING:
            self._launch_waiting([active], 0)
        if active.phase is Phase.FAILED and not self._parts.config.keep_going:
            failure = active.record.error
            text = f": {failure.kind}: {failure.message}" if failure is not None else ""
            seconds = active.record.seconds or 0.0
            raise BaselineError(f"trial #0 (your own values) failed after {seconds:.1f} s{text}")
        return active.record.status.ended

    def _wanted(self, free: int) -> int:
        """For how many of ``free`` slots the tuner would be asked."""
        if self._recorder.waits or self.exhausted is not None:
            return 0
        n = self._limits.may_ask(free, self._parts.event_log.configurations)
        more = self._parts.gateway.promotes and self._promoted != self._parts.event_log.configurations
        return free if n == 0 and more else n

    def _launch_waiting(self, waiting: Sequence[ActiveTrial], more: int) -> tuple[Place, ...]:
        """Launch those that there is a place for; the places for at most ``more`` new ones."""
        parts = self._parts
        running = parts.trial_table.running()
        admitted = parts.admission.admit(parts.config, running, waiting, more, parts.clock.monotonic())
        if admitted.waits != self._waits:
            self.tell_waits(admitted.waits)
        for active in waiting:
            if active.record.id in admitted.places:
                self._launch(active, admitted.places[active.record.id])
        return admitted.spare

    def tell_waits(self, waits: tuple[Wait, ...]) -> None:
        """Say what trials that are not started wait for."""
        parts = self._parts
        self._waits = waits
        parts.store.set_waits(waits)
        parts.effects.append(lambda: parts.observer.places_awaited(waits))

    def _ask(self, places: Sequence[Place]) -> None:
        parts = self._parts
        n = self._limits.may_ask(len(places), parts.event_log.configurations)
        promotions_only = n == 0
        if promotions_only:
            n = len(places)
            batch = parts.gateway.promote(n)
        else:
            batch = parts.gateway.suggest(n)
        entries = [
            {"trial": parts.event_log.next_id + index, **suggestion_to_json(suggestion)}
            for index, suggestion in enumerate(batch.suggestions)
        ]
        status = batch.status
        data: dict[str, Any] = {"n": n, "status": status.value, "reason": batch.reason}
        data["suggestions"] = entries
        if promotions_only:
            data["promotions"] = True
        self._recorder.log("ask", data)
        lives = [parts.trial_table.add(entry["trial"], s) for entry, s in zip(entries, batch.suggestions)]
        for active, place in zip(lives, places):
            self._launch(active, place)
        if status is BatchStatus.EXHAUSTED and promotions_only:
            self._promoted = parts.event_log.configurations
        elif status is BatchStatus.EXHAUSTED:
            self.exhausted = batch.reason
        elif status is BatchStatus.WAIT or not lives:
            self._wait(batch.reason)

    def _wait(self, reason: str) -> None:
        parts = self._parts
        if parts.trial_table.running():
            self._recorder.waits = True
            parts.effects.append(lambda: parts.observer.waiting(reason))
        else:
            text = f" ({reason})" if reason else ""
            raise TunerError(f"tuner {parts.gateway.tuner_name!r} waits although no trial is running{text}")

    def _launch(self, active: ActiveTrial, place: Place) -> None:
        parts = self._parts
        parts.admission.begin(active)
        parts.trial_table.begin_attempt(active, parts.clock.now(), place.devices)
        active.launched = parts.clock.monotonic()
        active.judged = parts.gateway.stops and not active.record.baseline
        launch, record = parts.trial_table.launch_of(active, place.environment), active.record

        def start() -> None:
            faults.pass_point("before-launch")
            parts.launcher.start(launch)
            faults.pass_point("after-launch")
            parts.observer.trial_started(record)

        # Before the tuner is told: if that raises, there is a process to end.
        parts.effects.append(start)
        if record.attempt > 0:
            self._recorder.log("attempt", {"trial": record.id, "attempt": record.attempt})
        elif not record.baseline:
            self._recorder.tell({"event": EventKind.STARTED.value, "trial": record.id})
