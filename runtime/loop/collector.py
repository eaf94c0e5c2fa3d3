"""Takes in what launchers tell of trials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from nnic.runtime import faults
from nnic.runtime.clock import Clock
from nnic.runtime.devices.admission import Admission
from nnic.runtime.devices.memory import blame_kernel
from nnic.runtime.disk_space import DiskFullError, find_shortage
from nnic.runtime.launchers.base import Exit, Exited, Happening, Launcher, Notice, Recorded, Started
from nnic.runtime.launchers.metrics import (
    Crash,
    ForkPoint,
    Invalid,
    LeftFile,
    Metric,
    Reads,
    Result,
    ScriptEnded,
    Seen,
    Stopping,
)
from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.ending import TrialEnder
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.left_files import LeftFiles
from nnic.runtime.loop.limits import Limits
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.outcome import describe_note, find_failure, find_note, not_reached
from nnic.runtime.loop.savings import Savings
from nnic.runtime.loop.transitions import Cause, Phase
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable
from nnic.runtime.noticing.replaced import ReplacedValues
from nnic.runtime.noticing.without_effect import describe_uncompiled, describe_unread, reads_nothing
from nnic.runtime.store.protocol import ExperimentStore
from nnic.runtime.text import format_number
from nnic.tuners.protocol import Failure, FailureKind
from nnic.tuners.space import SearchSpace


class Collector:
    """Turns what launchers tell into changes of trials, and has the tuner and the screens told."""

    def __init__(
        self,
        limits: Limits,
        space: SearchSpace,
        trial_table: TrialTable,
        recorder: EventRecorder,
        ender: TrialEnder,
        admission: Admission,
        launcher: Launcher,
        store: ExperimentStore,
        clock: Clock,
        observer: Observer,
        effects: Effects,
    ) -> None:
        self._limits = limits
        self._space = space
        self._trial_table = trial_table
        self._recorder = recorder
        self._ender = ender
        self._admission = admission
        self._launcher = launcher
        self._store = store
        self._clock = clock
        self._observer = observer
        self._effects = effects
        self._told_of_finals = False
        self._savings = Savings(limits.config)
        self._noted: set[str] = set()
        self._reads: Reads | None = None
        self._replaced = ReplacedValues(space)
        self._heard: set[int] = set()  # The trials that have told anything.
        self._left_files = LeftFiles(limits.config.cwd)

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
            self._warn(happening.text)
            return
        active = self._trial_table.current(happening.key)
        if active is None:
            return
        if isinstance(happening, Recorded):
            self._heard.add(happening.key.trial)
            self._take_metric(active, happening.metric)
        elif isinstance(happening, Started):
            self._trial_table.set_process(active, happening.process)
            if happening.process is not None:
                faults.register("trial", happening.process.pid)
        elif isinstance(happening, Exited):
            self._take_exit(active, happening.exit)
        else:
            self._take_loss(active, happening.reason)

    def end_abandoned(self, active: ActiveTrial, unread: Iterable[Metric]) -> None:
        """End an attempt whose manager was killed; ``unread`` is what its file holds, which is kept and
        told to nobody.

        Raises
        ------
        TunerError
            See :meth:`collect`.
        """
        known = len(active.record.reports) - active.record.attempts[-1].steps
        reports = 0
        for metric in unread:
            if not isinstance(metric, Result):
                continue
            reports += not metric.final
            if metric.final or reports > known:
                report = self._trial_table.add_result(active, metric)
                if report is not None:
                    self._recorder.note_report(active, report)
        self._take_loss(active, "its manager was killed")

    def _take_metric(self, active: ActiveTrial, metric: Metric) -> None:
        if isinstance(metric, Result):
            if metric.final and active.progress.ends_by_itself:
                # It is of a training that was cut short: one more report, and no result.
                metric = replace(metric, final=False)
            point = "final" if metric.final else "report"
            faults.pass_point(f"before-{point}")
            report = self._trial_table.add_result(active, metric)
            if report is not None:
                self._recorder.tell_report(active, report)
                if active.progress.judged and active.phase is Phase.RUNNING:
                    self._launcher.answer(active.key, metric.sequence)
            faults.pass_point(f"after-{point}")
            if metric.final and active.progress.holders:
                self._let_linger(active, ())
        elif isinstance(metric, ScriptEnded):
            self._let_linger(active, metric.holders)
        elif isinstance(metric, (Invalid, Crash)):
            self._trial_table.add_problem(active, metric)
        elif isinstance(metric, Seen):
            record = active.record
            values = {key: value for key, value in metric.values.items() if key in self._space}
            for text in self._replaced.compare(record.id, record.parameters, values):
                self._warn(text)
        elif isinstance(metric, ForkPoint):
            self._savings.take(active.record.id, metric)
        elif isinstance(metric, LeftFile):
            text = self._left_files.describe(active.record.id, metric)
            if text:
                self._warn(text)
        elif isinstance(metric, Stopping) and active.progress.told_to_stop:
            self._ender.await_end(active, metric.by_itself)
        elif isinstance(metric, Reads) and active.record.baseline:
            self._trial_table.add_read(active, metric.keys)
            read = active.read or frozenset()
            self._store.set_never_read(tuple(p.key for p in self._space if p.key not in read))
            self._recorder.tell_own_values(active, metric.observed)
            for path in metric.uncompiled:
                self._warn(describe_uncompiled(path))
            self._reads = metric if metric.ended else None

    def _let_linger(self, active: ActiveTrial, holders: tuple[str, ...]) -> None:
        until = self._clock.monotonic() + self._limits.config.linger_s
        self._trial_table.add_holders(active, holders, until)

    def _warn(self, text: str) -> None:
        self._effects.add(partial(self._observer.warning, text))

    def _take_exit(self, active: ActiveTrial, exit: Exit) -> None:
        progress = active.progress
        failure = find_failure(exit, progress.final, progress.invalid, progress.crash)
        script = self._limits.config.script
        if failure is not None and script and active.record.baseline and active.record.id not in self._heard:
            failure = not_reached(failure, script)
        if failure is None or progress.has_result:
            self._warn_of_finals(active)
            note = find_note(failure, progress, active.phase is Phase.RUNNING, self._limits.config.linger_s)
            self._end_attempt(active, Cause.SUCCEED, note, exit)
            self._after_attempt(active, "")
            self._warn_of(note, active.record.id)
            if active.record.baseline and self._reads is not None:
                self._tell_unread(active.read or frozenset(), self._reads)
            advice = self._savings.advise(active.record)
            if advice:
                self._warn(advice)
            return
        if active.phase is Phase.RUNNING:
            shortage = find_shortage(self._limits.config.directory)
            if shortage is not None:
                self._give_back(active, failure, exit)
                raise DiskFullError(shortage)
        failure = blame_kernel(failure, exit, self._admission.kills_since(active.record))
        if active.phase is Phase.EXPIRING:
            failure = _over_time(active, exit.code)
        if active.phase is Phase.RUNNING:
            running = [other.record for other in self._trial_table.running()]
            lost = self._admission.lost_device(active.record, running, self._clock.monotonic())
            if lost:
                self._take_loss(active, lost)
                return
            again = self._admission.again(active.record, failure)
            if again:
                self._repeat(active, failure, exit, again)
                return
        self._end_attempt(active, Cause.FAIL, failure, exit)
        self._after_attempt(active, "the run was stopped")

    def _warn_of_finals(self, active: ActiveTrial) -> None:
        """Say once that a trial has several final results, as one a fold."""
        count, final = active.progress.finals, active.progress.final
        if count < 2 or final is None or self._told_of_finals:
            return
        self._told_of_finals = True
        self._warn(
            f"trial #{active.record.id} reported {count} final results, and only the last one counts, "
            f"{format_number(final.value)}; report once, such as their mean: "
            "# @nni.report_final_result(sum(scores) / len(scores))"
        )

    def _tell_unread(self, read: frozenset[str], reads: Reads) -> None:
        # A run of which trial 0 read nothing ends with that reason.
        others = self._limits.config.keep_going or not reads_nothing(self._space, read)
        for text in describe_unread(self._space, read, reads.reread, others=others):
            self._warn(text)

    def _give_back(self, active: ActiveTrial, failure: Failure, exit: Exit) -> None:
        """End an attempt that failed where none could succeed; a resume repeats it."""
        self._trial_table.move(active, Cause.INTERRUPT)
        self._end_attempt(active, Cause.FAIL, failure, exit)
        self._after_attempt(active, "the disk is full")

    def _repeat(self, active: ActiveTrial, failure: Failure, exit: Exit, reason: str) -> None:
        self._end_attempt(active, Cause.REPEAT, failure, exit)
        self._effects.add(partial(self._observer.trial_repeated, active.record, reason))

    def _take_loss(self, active: ActiveTrial, reason: str) -> None:
        expiring = active.phase is Phase.EXPIRING
        failure = _over_time(active) if expiring else Failure(FailureKind.LOST, reason)
        self._end_attempt(active, Cause.LOSE, failure)
        if active.phase is Phase.WAITING and active.losses > self._limits.config.retries:
            text = f"lost {active.losses} times, the last time because {reason}"
            self._trial_table.move(active, Cause.GIVE_UP, Failure(FailureKind.LOST, text))
        self._after_attempt(active, reason)

    def _warn_of(self, note: Failure | None, trial: int) -> None:
        """Tell of what goes wrong after results, once for each kind of it."""
        if note is not None and note.kind not in self._noted:
            self._noted.add(note.kind)
            self._warn(describe_note(note, trial))

    def _end_attempt(
        self, active: ActiveTrial, cause: Cause, failure: Failure | None, exit: Exit | None = None
    ) -> None:
        memory_bytes = self._admission.memory_of(active.record)
        self._trial_table.end_attempt(active, cause, self._clock.now(), failure, exit, memory_bytes)
        self._admission.learn(active.record)

    def _after_attempt(self, active: ActiveTrial, reason: str) -> None:
        if active.phase is Phase.WAITING:
            self._effects.add(partial(self._observer.trial_lost, active.record, reason))
        else:
            self._recorder.tell_end(active)


def _over_time(active: ActiveTrial, code: int | None = None) -> Failure:
    text = f"ran longer than its limit of {active.progress.limit_s:g} s"
    return Failure(FailureKind.TIME_LIMIT, text, exit_code=code)
