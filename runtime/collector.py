"""Taking in what happens to trials."""

from __future__ import annotations

from functools import partial

from nnic.runtime import faults
from nnic.runtime.devices.memory import blame_kernel
from nnic.runtime.launchers.base import Exit, Exited, Happening, Notice, Recorded, Started
from nnic.runtime.ledger import report_entry
from nnic.runtime.metrics import Crash, Invalid, Metric, Parted, Reads, Result, Stopping
from nnic.runtime.parts import Parts
from nnic.runtime.room import DiskFullError, find_shortage
from nnic.runtime.roster import Live
from nnic.runtime.savings import Savings
from nnic.runtime.teller import Teller
from nnic.runtime.transitions import Cause, Phase
from nnic.runtime.verdict import judge
from nnic.tuners.protocol import Failure


class Collector:
    """Turns happenings into changes of trials, and has them told."""

    def __init__(self, parts: Parts, teller: Teller) -> None:
        self._parts = parts
        self._teller = teller
        self._savings = Savings(parts.config)

    def collect(self, happening: Happening) -> None:
        """Take in what a launcher says; what is about an attempt that is over changes nothing.

        Raises
        ------
        AdvisorError
            When the tuner or the assessor raises; the happening is taken in all the same.
        DiskFullError
            When a trial failed and nothing can be written; as above.
        """
        if isinstance(happening, Notice):
            self._savings.hinder()
            self._parts.effects.append(partial(self._parts.observer.warning, happening.text))
            return
        live = self._parts.roster.current(happening.key)
        if live is None:
            return
        if isinstance(happening, Recorded):
            self._take_metric(live, happening.metric)
        elif isinstance(happening, Started):
            self._parts.roster.set_process(live, happening.process)
            if happening.process is not None:
                faults.register("trial", happening.process.pid)
        elif isinstance(happening, Exited):
            self._take_exit(live, happening.exit)
        else:
            self._take_loss(live, happening.reason)

    def bury(self, live: Live) -> None:
        """End an attempt whose manager was killed; what its file holds is kept, told to nobody.

        Raises
        ------
        AdvisorError
            See :meth:`collect`.
        """
        known = len(live.record.reports)
        reports = 0
        for metric in self._parts.unread.get(live.record.id, ()):
            if not isinstance(metric, Result):
                continue
            reports += not metric.final
            if metric.final or reports > known:
                report = self._parts.roster.add_result(live, metric)
                if report is not None:
                    self._teller.log("note", report_entry(*live.key, report))
        self._take_loss(live, "its manager was killed")

    def _take_metric(self, live: Live, metric: Metric) -> None:
        if isinstance(metric, Result):
            point = "final" if metric.final else "report"
            faults.pass_point(f"before-{point}")
            report = self._parts.roster.add_result(live, metric)
            if report is not None:
                self._teller.tell_report(live, report)
                if live.judged and live.phase is Phase.RUNNING:
                    self._parts.launcher.answer(live.key, metric.sequence)
            faults.pass_point(f"after-{point}")
        elif isinstance(metric, Invalid):
            live.invalid = metric
        elif isinstance(metric, Crash):
            live.crash = metric
        elif isinstance(metric, Parted):
            self._savings.take(live.record.id, metric)
        elif isinstance(metric, Stopping) and live.asked:
            self._parts.await_end(live)
        elif isinstance(metric, Reads) and live.record.baseline:
            live.read.update(metric.keys)
            never = tuple(p.key for p in self._parts.problem.space if p.key not in live.read)
            self._parts.store.set_never_read(never)
            self._teller.tell_own_values(live, metric.observed)
            self._warn_uncompiled(metric.uncompiled)

    def _warn_uncompiled(self, paths: tuple[str, ...]) -> None:
        observer = self._parts.observer
        for path in paths:
            text = (
                f"{path} is annotated and was imported, but nnic did not find its import in the source, so "
                "its annotations have no effect; import it by name somewhere, such as below `if False:`"
            )
            self._parts.effects.append(partial(observer.warning, text))

    def _take_exit(self, live: Live, exit: Exit) -> None:
        parts = self._parts
        failure = judge(exit, live.final, live.invalid, live.crash)
        if failure is None:
            parts.roster.end_attempt(live, Cause.SUCCEED, parts.clock.now(), None, exit)
            self._after_attempt(live, "")
            advice = self._savings.advise(live.record)
            if advice:
                parts.effects.append(partial(parts.observer.warning, advice))
            return
        if live.phase is Phase.RUNNING:
            shortage = find_shortage(parts.config.directory)
            if shortage is not None:
                self._give_back(live, failure, exit)
                raise DiskFullError(shortage)
        failure = blame_kernel(failure, exit, parts.admission.kills_since(live))
        if live.phase is Phase.EXPIRING:
            failure = _over_time(live, exit.code)
        if live.phase is Phase.RUNNING:
            lost = parts.admission.lost_device(live, parts.roster.running(), parts.clock.monotonic())
            if lost:
                self._take_loss(live, lost)
                return
            again = parts.admission.again(live, failure)
            if again:
                self._repeat(live, failure, exit, again)
                return
        parts.roster.end_attempt(live, Cause.FAIL, parts.clock.now(), failure, exit)
        self._after_attempt(live, "the run was stopped")

    def _give_back(self, live: Live, failure: Failure, exit: Exit) -> None:
        """End an attempt that failed where none could succeed; a resume repeats it."""
        parts = self._parts
        parts.roster.move(live, Cause.INTERRUPT)
        parts.roster.end_attempt(live, Cause.FAIL, parts.clock.now(), failure, exit)
        self._after_attempt(live, "the disk is full")

    def _repeat(self, live: Live, failure: Failure, exit: Exit, reason: str) -> None:
        parts = self._parts
        parts.roster.end_attempt(live, Cause.REPEAT, parts.clock.now(), failure, exit)
        parts.admission.learn(live)
        parts.effects.append(partial(parts.observer.trial_repeated, live.record, reason))

    def _take_loss(self, live: Live, reason: str) -> None:
        roster = self._parts.roster
        failure = _over_time(live) if live.phase is Phase.EXPIRING else Failure("lost", reason)
        roster.end_attempt(live, Cause.LOSE, self._parts.clock.now(), failure)
        if live.phase is Phase.WAITING and live.losses > self._parts.config.retries:
            text = f"lost {live.losses} times, the last time because {reason}"
            roster.move(live, Cause.GIVE_UP, Failure("lost", text))
        self._after_attempt(live, reason)

    def _after_attempt(self, live: Live, reason: str) -> None:
        record = live.record
        self._parts.admission.learn(live)
        if live.phase is Phase.WAITING:
            self._parts.effects.append(lambda: self._parts.observer.trial_lost(record, reason))
        else:
            self._teller.tell_end(live)


def _over_time(live: Live, code: int | None = None) -> Failure:
    return Failure("time limit", f"ran longer than the {live.limit_s:g} s that a trial may", exit_code=code)
