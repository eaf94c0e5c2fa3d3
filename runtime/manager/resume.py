"""Goes on with an experiment whose manager was stopped, or killed at any moment."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from nnic.runtime.clock import Clock, SystemClock
from nnic.runtime.config import RunConfig, experiment_directory
from nnic.runtime.devices.admission import Admission
from nnic.runtime.devices.opening import open_admission
from nnic.runtime.errors import ExplainedError
from nnic.runtime.launchers.base import Launcher
from nnic.runtime.launchers.metrics import Metric
from nnic.runtime.launchers.metrics_file import MetricsFile
from nnic.runtime.loop.assembly import make_experiment
from nnic.runtime.loop.earlier import Earlier
from nnic.runtime.loop.experiment import Experiment
from nnic.runtime.loop.observer import Observer, RunResult
from nnic.runtime.loop.replay import Replay, replay
from nnic.runtime.loop.transitions import Phase, is_running
from nnic.runtime.loop.trial_table import ActiveTrial, TrialTable
from nnic.runtime.loop.tuner_gateway import TunerError, TunerGateway
from nnic.runtime.manager.session import (
    absolute,
    expect_stop,
    make_gateway,
    problem_of,
    run_session,
    versions,
)
from nnic.runtime.processes import SUPERVISOR_MARK, TRIAL_MARK, find_marked, kill_marked, send
from nnic.runtime.program import Program
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.lock import ExperimentLock
from nnic.runtime.store.log_entries import Begin, LogEntry, Turned
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import AttemptState, ExperimentRecord, TrialRecord
from nnic.runtime.store.trust import check_experiment, remove_cache, seal_experiment
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import Decision

SUPERVISOR_PATIENCE_S = 10.0
_DECIDED = {Decision.STOP: Phase.STOPPING, Decision.PAUSE: Phase.PAUSING}


class ResumeError(ExplainedError):
    """The experiment cannot go on; the message says why."""


def resume_experiment(
    home: Path,
    name: str | None = None,
    observer: Observer | None = None,
    *,
    keep_going: bool | None = None,
    trials: int | None = None,
    time_s: float | None = None,
    trial_time_s: float | None = None,
    jobs: int | None = None,
    maximize: bool | None = None,
    argv: tuple[str, ...] | None = None,
    handle_signals: bool = True,
    program: Program | None = None,
) -> RunResult:
    """Go on with an experiment, in this thread.

    Parameters
    ----------
    home, name
        The project's ``NNIC_HOME``, and the experiment; ``None`` for the latest one.
    keep_going, trials, time_s, trial_time_s, jobs, argv
        Replace what the run was started with; ``trials`` and ``time_s`` count from its beginning.
    maximize
        Whether a larger metric is better, when the run was to find that out or went the wrong way.
    handle_signals
        See ``run_experiment``.
    program
        Its compiled program, where the caller has that already.

    Raises
    ------
    UnknownExperimentError
        When there is no such experiment.
    ExperimentBusyError
        When a process runs it; has its pid.
    DevicesError
        When the GPUs or CPUs that it asks for are not there.
    NotTrustedError
        When this user's nnic did not make the experiment.
    ResumeError
        When the tuner raises while the log is replayed to it, or the log contradicts itself.
    StoreError
        When the store cannot be used.
    """
    home = home.absolute()
    with StoreReader(home) as reader:
        record = reader.experiment(name)
    name = record.name
    check_experiment(record.config, record.created)
    options: dict[str, object] = {
        "keep_going": keep_going,
        "trials": trials,
        "time_s": time_s,
        "trial_time_s": trial_time_s,
        "jobs": jobs,
        "maximize": maximize,
        "direction_settled": None if maximize is None else True,
        "argv": argv,
    }
    if handle_signals:
        expect_stop()
    with ExperimentLock(home, name):
        sweep_leftovers(experiment_directory(home, name))
        remove_cache(record.config.program)
        store = Store(home)
        try:
            store.open(name)
            given = {k: v for k, v in options.items() if v is not None}
            session = ResumedSession(home, name, store, given, program)
            seal_experiment(session.config)
            watcher, clock = observer or Observer(), SystemClock()
            with closing(open_admission(session.config)) as admission:
                return run_session(
                    lambda launcher: session.experiment(launcher, watcher, admission, clock),
                    session.config,
                    session.program,
                    handle_signals,
                )
        finally:
            store.close()


def sweep_leftovers(directory: Path) -> list[int]:
    """Wait for the supervisor of a manager that was killed, then end what is left of its trials; their pids.

    Processes are found by what only descendants of this experiment's trials have in their
    environment; the experiment is locked, so none of them belongs to a living manager.
    """
    deadline = time.monotonic() + SUPERVISOR_PATIENCE_S
    while supervisors := find_marked(SUPERVISOR_MARK, str(directory).__eq__):
        if time.monotonic() > deadline:
            for process in supervisors:
                send(process, signal.SIGKILL)
        time.sleep(0.01)
    prefix = f"{directory}{os.sep}"
    found = [process.pid for process in find_marked(TRIAL_MARK, lambda value: value.startswith(prefix))]
    kill_marked(TRIAL_MARK, lambda value: value.startswith(prefix))
    return sorted(found)


class ResumedSession:
    """What a further session of an experiment starts from.

    Parameters
    ----------
    store
        Opened for the experiment.
    options
        Settings that replace those of the earlier sessions, by their names in ``RunConfig``.
    program
        The compiled program, where the caller has that already.
    """

    def __init__(
        self,
        home: Path,
        name: str,
        store: Store,
        options: Mapping[str, object],
        program: Program | None = None,
    ) -> None:
        with StoreReader(home) as reader:
            self._record = reader.experiment(name)
            self._log = reader.log(name)
            self._trials = reader.trials(name)
            self._saved = reader.tuner_state(name)
        turned = options.get("maximize", self._record.maximize)
        if bool(turned) is not self._record.maximize:
            self._log = (*self._log, Turned(bool(turned)))
            store.append(self._log[-1])
        self._store = store
        self.config = absolute(replace(self._record.config, **options))  # type: ignore[arg-type]
        self.program = program or Program.load(self.config.program)

    def experiment(
        self, launcher: Launcher, observer: Observer, admission: Admission, clock: Clock
    ) -> Experiment:
        """Replay the log; the loop that goes on from it.

        Raises
        ------
        ResumeError
            When the tuner raises while the log is replayed to it, or the log contradicts itself.
        """
        config, store, program = self.config, self._store, self.program
        problem = problem_of(config, program, _begin(self._log))
        event_log = EventLog()
        gateway = make_gateway(config, problem, event_log.history)
        try:
            replayed = replay(self._log, gateway, event_log)
        except TunerError as error:
            raise ResumeError(f"cannot replay the log of {config.name}: {error}") from error
        except ValueError as error:
            raise ResumeError(
                f"cannot replay the log of {config.name}: {error}; restore a copy: nnic backup --restore"
            ) from error
        warnings: tuple[str, ...] = ()
        if replayed.mismatch:
            saved = make_gateway(config, problem, event_log.history)
            restored = self._restore(saved)
            gateway = saved if restored else gateway
            warnings = _describe_mismatch(replayed, self._record, restored)
        trials = [_revive(trial, event_log, replayed) for trial in self._trials]
        admission.learn_earlier(self._trials)
        table = TrialTable(config, program, store, trials)
        if self._record.never_read and 0 in table:
            read = {parameter.key for parameter in self._record.space} - set(self._record.never_read)
            table.add_read(table[0], read)
        store.set_config(config)
        store.set_versions(versions())
        return make_experiment(
            config,
            problem,
            gateway,
            launcher,
            store,
            clock,
            observer,
            event_log,
            table,
            admission,
            Earlier(
                self._record.elapsed_s,
                warnings,
                replayed.tuner_waits,
                replayed.exhausted,
                _read_unread(config, trials),
            ),
        )

    def _restore(self, gateway: TunerGateway) -> bool:
        """Give a fresh tuner the state that was saved at the end of the log, if it was."""
        if self._saved is None or self._saved[0] != len(self._log):
            return False
        try:
            gateway.load(self._saved[1])
        except TunerError:
            return False
        return True


def _begin(log: tuple[LogEntry, ...]) -> Begin | None:
    return next((entry for entry in log if isinstance(entry, Begin)), None)


def _revive(trial: TrialRecord, event_log: EventLog, replayed: Replay) -> ActiveTrial:
    phase = Phase(trial.status.value)
    if phase is Phase.RUNNING:
        phase = _DECIDED.get(replayed.decided.get(trial.id, Decision.CONTINUE), Phase.RUNNING)
    losses = sum(attempt.state is AttemptState.LOST for attempt in trial.attempts)
    suggestion = event_log[trial.id].suggestion
    return ActiveTrial(suggestion, trial, phase, replayed.steps_told.get(trial.id, 0), losses)


def _read_unread(config: RunConfig, trials: list[ActiveTrial]) -> dict[int, list[Metric]]:
    """Return what the files of the attempts that were running hold, by trial."""
    found = {}
    for active in trials:
        if is_running(active.phase):
            path = config.attempt_directory(*active.key) / "metrics.jsonl"
            file = MetricsFile(path, *active.key)
            found[active.record.id] = file.read(ended=True)
            file.close()
    return found


def _describe_mismatch(replayed: Replay, record: ExperimentRecord, restored: bool) -> tuple[str, ...]:
    now = versions()
    changed = [
        f"{name} {record.versions.get(name, 'absent')} -> {now.get(name, 'absent')}"
        for name in sorted({*record.versions, *now})
        if record.versions.get(name) != now.get(name)
    ]
    if changed:
        cause = f"versions changed: {', '.join(changed)}"
    else:
        cause = "did its code change, is it not deterministic, or is this another kind of processor?"
    how = "its saved state" if restored else "the recorded results, so its proposals may differ from now on"
    text = f"tuner {record.config.tuner!r} no longer proposes the same ({replayed.mismatch}; {cause}); "
    return (f"{text}continuing from {how}",)
