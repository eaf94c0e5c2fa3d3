"""Taking in what happens to trials."""

from __future__ import annotations

from functools import partial

from nnic.runtime import faults
from nnic.runtime.devices.memory import blame_kernel
from nnic.runtime.disk_space import DiskFullError, find_shortage
from nnic.runtime.launchers.base import Exit, Exited, Happening, Notice, Recorded, Started
from nnic.runtime.launchers.metrics import Crash, ForkPoint, Invalid, Metric, Reads, Result, Stopping
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.outcome import find_failure
from nnic.runtime.loop.parts import Parts
from nnic.runtime.loop.savings import Savings
from nnic.runtime.loop.transitions import Cause, Phase
from nnic.runtime.loop.trial_table import ActiveTrial
from nnic.runtime.store.event_log import report_entry
from nnic.tuners.protocol import Failure


class Collector:
    """Turns happenings into changes of trials, and has them told."""

    def __init__(self, parts: Parts, recorder: EventRecorder) -> None:
        self._parts = parts
        self._recorder = recorder
        self._savings = Savings(parts.config)

    def collect(self, happening: Happening) -> None:
        """Take in what a launcher says; what is about an attempt that is over changes nothing.

        Raises
        ------
        TunerError
            When the tuner or the assessor raises; the happening is taken in all the same.
        DiskFullError
            When a trial failed and nothing can be written; as above.
        """
        if isinstance(happening, Notice):
            self._savings.hinder()
            self._parts.effects.append(partial(self._parts.observer.warning, happening.text))
            return
        active = self._parts.trial_table.current(happening.key)
        if active is None:
            return
        if isinstance(happening, Recorded):
            self._take_metric(active, happening.metric)
        elif isinstance(happening, Started):
            self._parts.trial_table.set_process(active, happening.process)
            if happening.process is not None:
                faults.register("trial", happening.process.pid)
        elif isinstance(happening, Exited):
            self._take_exit(active, happening.exit)
        else:
            self._take_loss(active, happening.reason)

    def bury(self, active: ActiveTrial) -> None:
        """End an attempt whose manager was killed; what its file holds is kept, told to nobody.

        Raises
        ------
        TunerError
            See :meth:`collect`.
        """
        known = len(active.record.reports)
        reports = 0
        for metric in self._parts.unread.get(active.record.id, ()):
            if not isinstance(metric, Result):
                continue
            reports += not metric.final
            if metric.final or reports > known:
                report = self._parts.trial_table.add_result(active, metric)
                if report is not None:
                    self._recorder.log("note", report_entry(*active.key, report))
        self._take_loss(active, "its manager was killed")

    def _take_metric(self, active: ActiveTrial, metric: Metric) -> None:
        if isinstance(metric, Result):
            point = "final" if metric.final else "report"
            faults.pass_point(f"before-{point}")
            report = self._parts.trial_table.add_result(active, metric)
            if report is not None:
                self._recorder.tell_report(active, report)
                if active.judged and active.phase is Phase.RUNNING:
                    self._parts.launcher.answer(active.key, metric.sequence)
            faults.pass_point(f"after-{point}")
        elif isinstance(metric, Invalid):
            active.invalid = metric
        elif isinstance(metric, Crash):
            active.crash = metric
        elif isinstance(metric, ForkPoint):
            self._savings.take(active.record.id, metric)
        elif isinstance(metric, Stopping) and active.asked:
            self._parts.await_end(active)
        elif isinstance(metric, Reads) and active.record.baseline:
            active.read.update(metric.keys)
            never = tuple(p.key for p in self._parts.problem.space if p.key not in active.read)
            self._parts.store.set_never_read(never)
            self._recorder.tell_own_values(active, metric.observed)
            self._warn_uncompiled(metric.uncompiled)

    def _warn_uncompiled(self, paths: tuple[str, ...]) -> None:
        observer = self._parts.observer
        for path in paths:
            text = (
                f"{path} is annotated and was imported, but nnic did not find its import in the source, so "
                "its annotations have no effect; import it by name somewhere, such as below `if False:`"
            )
            self._parts.effects.append(partial(observer.warning, text))

    def _take_exit(self, active: ActiveTrial, exit: Exit) -> None:
        parts = self._parts
        failure = find_failure(exit, active.final, active.invalid, active.crash)
        if failure is None:
            parts.trial_table.end_attempt(active, Cause.SUCCEED, parts.clock.now(), None, exit)
            self._after_attempt(active, "")
            advice = self._savings.advise(active.record)
            if advice:
                parts.effects.append(partial(parts.observer.warning, advice))
            return
        if active.phase is Phase.RUNNING:
            shortage = find_shortage(parts.config.directory)
            if shortage is not None:
                self._give_back(active, failure, exit)
                raise DiskFullError(shortage)
        failure = blame_kernel(failure, exit, parts.admission.kills_since(active))
        if active.phase is Phase.EXPIRING:
            failure = _over_time(active, exit.code)
        if active.phase is Phase.RUNNING:
            lost = parts.admission.lost_device(active, parts.trial_table.running(), parts.clock.monotonic())
            if lost:
                self._take_loss(active, lost)
                return
            again = parts.admission.again(active, failure)
            if again:
                self._repeat(active, failure, exit, again)
                return
        parts.trial_table.end_attempt(active, Cause.FAIL, parts.clock.now(), failure, exit)
        self._after_attempt(active, "the run was stopped")

    def _give_back(self, active: ActiveTrial, failure: Failure, exit: Exit) -> None:
        """End an attempt that failed where none could succeed; a resume repeats it."""
        parts = self._parts
        parts.trial_table.move(active, Cause.INTERRUPT)
        parts.trial_table.end_attempt(active, Cause.FAIL, parts.clock.now(), failure, exit)
        self._after_attempt(active, "the disk is full")

    def _repeat(self, active: ActiveTrial, failure: Failure, exit: Exit, reason: str) -> None:
        parts = self._parts
        parts.trial_table.end_attempt(active, Cause.REPEAT, parts.clock.now(), failure, exit)
        parts.admission.learn(active)
        parts.effects.append(partial(parts.observer.trial_repeated, active.record, reason))

    def _take_loss(self, active: ActiveTrial, reason: str) -> None:
        trial_table = self._parts.trial_table
        failure = _over_time(active) if active.phase is Phase.EXPIRING else Failure("lost", reason)
        trial_table.end_attempt(active, Cause.LOSE, self._parts.clock.now(), failure)
        if active.phase is Phase.WAITING and active.losses > self._parts.config.retries:
            text = f"lost {active.losses} times, the last time because {reason}"
            trial_table.move(active, Cause.GIVE_UP, Failure("lost", text))
        self._after_attempt(active, reason)

    def _after_attempt(self, active: ActiveTrial, reason: str) -> None:
        record = active.record
        self._parts.admission.learn(active)
        if active.phase is Phase.WAITING:
            self._parts.effects.append(lambda: self._parts.observer.trial_lost(record, reason))
        else:
            self._recorder.tell_end(active)


def _over_time(active: ActiveTrial, code: int | None = None) -> Failure:
    return Failure("time limit", f"ran longer than the {active.limit_s:g} s that a trial may", exit_code=code)
