"""Filling the free slots: trial 0 first and alone, then lost trials again, then what is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nnic.runtime import faults
from nnic.runtime.advisor import AdvisorError
from nnic.runtime.devices.admission import Place
from nnic.runtime.ledger import suggestion_to_json
from nnic.runtime.limits import Limits
from nnic.runtime.parts import Parts
from nnic.runtime.records import Wait
from nnic.runtime.roster import Live, own_values
from nnic.runtime.teller import Teller
from nnic.runtime.transitions import Phase
from nnic.tuners.protocol import BatchStatus, EventKind, Suggestion


class BaselineError(Exception):
    """Trial 0 has failed, and nobody asked to go on all the same."""


class Asker:
    """Decides what runs next. ``exhausted`` says why the tuner has nothing more, if it has not."""

    def __init__(self, parts: Parts, teller: Teller, limits: Limits) -> None:
        self._parts = parts
        self._teller = teller
        self._limits = limits
        self.exhausted = parts.exhausted
        self._waits: tuple[Wait, ...] = ()
        self._promoted = -1  # of so many configurations no trial is left to be promoted

    def fill_slots(self) -> None:
        """Begin the attempts that there is room for.

        Raises
        ------
        BaselineError, AdvisorError, DevicesError
            When the run cannot go on.
        """
        if not self._baseline_settled():
            return
        roster = self._parts.roster
        free = max(0, self._parts.config.jobs - len(roster.running()))
        waiting = roster.waiting()[:free]
        places = self._launch_waiting(waiting, self._wanted(free - len(waiting)))
        if places:
            self._ask(places)

    def _baseline_settled(self) -> bool:
        """Whether trial 0 has ended and the others may start; starts it when it has not."""
        roster = self._parts.roster
        if 0 not in roster:
            config = own_values(self._parts.problem.space)
            self._teller.log("baseline", {"trial": 0, "config": config})
            roster.add(0, Suggestion(config))
        live = roster[0]
        if live.phase is Phase.WAITING:
            self._launch_waiting([live], 0)
        if live.phase is Phase.FAILED and not self._parts.config.keep_going:
            failure = live.record.error
            text = f": {failure.kind}: {failure.message}" if failure is not None else ""
            seconds = live.record.seconds or 0.0
            raise BaselineError(f"trial #0 (your own values) failed after {seconds:.1f} s{text}")
        return live.record.status.ended

    def _wanted(self, free: int) -> int:
        """For how many of ``free`` slots the tuner would be asked."""
        if self._teller.waits or self.exhausted is not None:
            return 0
        n = self._limits.may_ask(free, self._parts.ledger.configurations)
        more = self._parts.advisor.promotes and self._promoted != self._parts.ledger.configurations
        return free if n == 0 and more else n

    def _launch_waiting(self, waiting: Sequence[Live], more: int) -> tuple[Place, ...]:
        """Launch those that there is a place for; the places for at most ``more`` new ones."""
        parts = self._parts
        running = parts.roster.running()
        admitted = parts.admission.admit(parts.config, running, waiting, more, parts.clock.monotonic())
        if admitted.waits != self._waits:
            self.tell_waits(admitted.waits)
        for live in waiting:
            if live.record.id in admitted.places:
                self._launch(live, admitted.places[live.record.id])
        return admitted.spare

    def tell_waits(self, waits: tuple[Wait, ...]) -> None:
        """Say what trials that are not started wait for."""
        parts = self._parts
        self._waits = waits
        parts.store.set_waits(waits)
        parts.effects.append(lambda: parts.observer.places_awaited(waits))

    def _ask(self, places: Sequence[Place]) -> None:
        parts = self._parts
        n = self._limits.may_ask(len(places), parts.ledger.configurations)
        promotions_only = n == 0
        if promotions_only:
            n = len(places)
            batch = parts.advisor.promote(n)
        else:
            batch = parts.advisor.suggest(n)
        entries = [
            {"trial": parts.ledger.next_id + index, **suggestion_to_json(suggestion)}
            for index, suggestion in enumerate(batch.suggestions)
        ]
        status = batch.status
        data: dict[str, Any] = {"n": n, "status": status.value, "reason": batch.reason}
        data["suggestions"] = entries
        if promotions_only:
            data["promotions"] = True
        self._teller.log("ask", data)
        lives = [parts.roster.add(entry["trial"], s) for entry, s in zip(entries, batch.suggestions)]
        for live, place in zip(lives, places):
            self._launch(live, place)
        if status is BatchStatus.EXHAUSTED and promotions_only:
            self._promoted = parts.ledger.configurations
        elif status is BatchStatus.EXHAUSTED:
            self.exhausted = batch.reason
        elif status is BatchStatus.WAIT or not lives:
            self._wait(batch.reason)

    def _wait(self, reason: str) -> None:
        parts = self._parts
        if parts.roster.running():
            self._teller.waits = True
            parts.effects.append(lambda: parts.observer.waiting(reason))
        else:
            text = f" ({reason})" if reason else ""
            raise AdvisorError(f"tuner {parts.advisor.tuner_name!r} waits although no trial is running{text}")

    def _launch(self, live: Live, place: Place) -> None:
        parts = self._parts
        parts.admission.begin(live)
        parts.roster.begin_attempt(live, parts.clock.now(), place.devices)
        live.launched = parts.clock.monotonic()
        live.judged = parts.advisor.stops and not live.record.baseline
        launch, record = parts.roster.launch_of(live), live.record
        launch = replace(
            launch,
            environment={**launch.environment, **place.environment},
            document={**launch.document, "judged": live.judged},
        )

        def start() -> None:
            faults.pass_point("before-launch")
            parts.launcher.start(launch)
            faults.pass_point("after-launch")
            parts.observer.trial_started(record)

        # Before the tuner is told: if that raises, there is a process to end.
        parts.effects.append(start)
        if record.attempt > 0:
            self._teller.log("attempt", {"trial": record.id, "attempt": record.attempt})
        elif not record.baseline:
            self._teller.tell({"event": EventKind.STARTED.value, "trial": record.id})
