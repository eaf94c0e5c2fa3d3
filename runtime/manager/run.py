"""Starts and stops experiments; ``resume.py`` goes on with one."""

from __future__ import annotations

import contextlib
import re
import secrets
import signal
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from nnic.runtime.clock import SystemClock
from nnic.runtime.config import RunConfig, ensure_home, experiment_directory
from nnic.runtime.devices.opening import open_admission
from nnic.runtime.errors import ExplainedError, WrongInputError
from nnic.runtime.launchers.spawn import SpawnLauncher
from nnic.runtime.loop.assembly import make_experiment
from nnic.runtime.loop.experiment import Experiment
from nnic.runtime.loop.observer import Observer, RunResult
from nnic.runtime.loop.trial_table import TrialTable
from nnic.runtime.manager.resume import sweep_leftovers
from nnic.runtime.manager.session import (
    DRAIN,
    absolute,
    begin_of,
    choose_tuner,
    expect_stop,
    make_gateway,
    problem_of,
    run_session,
    versions,
)
from nnic.runtime.processes import ProcessId, send
from nnic.runtime.program import Program
from nnic.runtime.store.connection import check_filesystem
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.lock import ExperimentBusyError, ExperimentLock, find_manager
from nnic.runtime.store.owners import check_home
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.request_kinds import Request
from nnic.runtime.store.requests import read_prepared
from nnic.runtime.store.seals import find_key
from nnic.runtime.store.trust import seal_experiment
from nnic.runtime.store.writer import Store


class NotRunningError(ExplainedError):
    """No process runs the experiment; ``ended`` are processes that a killed run of it had left."""

    def __init__(self, message: str, ended: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.ended = tuple(ended)


class NameTakenError(WrongInputError):
    """There is an experiment of that name already."""


def create_experiment(home: Path, stem: str, name: str | None = None) -> str:
    """Make the folder of a new experiment, and the project's ``home`` if need be.

    Parameters
    ----------
    home
        The project's ``NNIC_HOME``.
    stem
        What the name begins with: the script's, without ``.py``.
    name
        The whole name, where its user wants one.

    Returns
    -------
    str
        ``name``, or ``<stem>-<4 hex digits>``. The compiled program belongs in
        ``experiment_directory(home, name) / "program"``.

    Raises
    ------
    StoreError
        When ``home`` lies on a file system on which no store can be, or another user could change it.
    NameTakenError
        When there is an experiment of this ``name``.
    WrongInputError
        When ``name`` can't be one.
    """
    if name is not None:
        _check_name(name)
    check_filesystem(home)
    check_home(home)
    ensure_home(home)
    check_home(home)  # Another user may have been quicker.
    find_key(make=True)  # before the program is written, which tells it from those that were there before
    if name is not None:
        try:
            experiment_directory(home, name).mkdir(mode=0o700, parents=True)
        except FileExistsError:
            raise NameTakenError(
                f"there is already an experiment {name}; choose another name. Look at it: nnic status {name}"
            ) from None
        return name
    stem = re.sub(r"[^\w.]+", "-", stem).strip("-.") or "experiment"
    while True:
        name = f"{stem}-{secrets.token_hex(2)}"
        try:
            experiment_directory(home, name).mkdir(mode=0o700, parents=True)
        except FileExistsError:
            continue
        return name


def _check_name(name: str) -> None:
    """Refuse what would be mistaken for a trial's number, an option or a path."""
    if not re.fullmatch(r"(?!\d+$)[\w][\w.-]{0,99}", name):
        raise WrongInputError(
            f"an experiment can't be called {name!r}: use letters, digits, -, _ and ., and not only digits"
        )


def run_experiment(
    config: RunConfig,
    observer: Observer | None = None,
    *,
    handle_signals: bool = True,
    asked: Iterable[Request] = (),
    program: Program | None = None,
) -> RunResult:
    """Run a new experiment to its end, in this thread.

    Parameters
    ----------
    config
        Its name comes from :func:`create_experiment`; its program folder is filled.
    observer
        Told of what happens.
    handle_signals
        SIGINT, SIGTERM and SIGHUP stop the run while it runs; in the main thread only.
    asked
        Requests that it begins with: results to import, configurations to try first.
    program
        Its compiled program, where the caller has that already.

    Raises
    ------
    TunerChoiceError
        When a tuner or an assessor is unknown, its options do not fit, or the two do not go
        together. Nothing was started.
    DevicesError
        When the GPUs or CPUs that it asks for are not there. Nothing was started.
    ExperimentBusyError
        When another process runs it.
    StoreError
        When the store cannot be used.
    """
    config = absolute(config)
    if handle_signals:
        expect_stop()
    with ExperimentLock(config.home, config.name):
        program = program or Program.load(config.program)
        problem = problem_of(config, program)
        config = choose_tuner(config, problem)
        event_log = EventLog()
        gateway = make_gateway(config, problem, event_log.history)
        clock, admission = SystemClock(), open_admission(config)
        with closing(admission), closing(Store(config.home)) as store:
            requests = (*read_prepared(config.directory), *asked)
            seal_experiment(config)
            store.create(config, program, clock.now(), begin_of(config), requests)
            store.set_versions(versions())

            def begin(launcher: SpawnLauncher) -> Experiment:
                return make_experiment(
                    config,
                    problem,
                    gateway,
                    launcher,
                    store,
                    clock,
                    observer or Observer(),
                    event_log,
                    TrialTable(config, program, store),
                    admission,
                )

            return run_session(begin, config, program, handle_signals)


def stop_experiment(home: Path, name: str | None = None, *, now: bool = False) -> ProcessId:
    """Have the manager of an experiment stop it; end what a killed manager has left.

    Parameters
    ----------
    name
        ``None`` for the latest one.
    now
        End running trials too; else they may end first.

    Returns
    -------
    ProcessId
        The manager, which may take some time to end (see ``ProcessId.alive``).

    Raises
    ------
    UnknownExperimentError
        When there is no such experiment.
    NotRunningError
        When no process runs it.
    """
    with StoreReader(home) as reader:
        name = reader.experiment(name).name
    manager = find_manager(home, name)
    if manager is None or not send(manager, signal.SIGTERM if now else DRAIN):
        ended: list[int] = []
        with contextlib.suppress(ExperimentBusyError, FileNotFoundError), ExperimentLock(home, name):
            ended = sweep_leftovers(experiment_directory(home, name))
        raise NotRunningError(f"experiment {name} is not running", ended)
    send(manager, signal.SIGCONT)  # A manager that Ctrl-Z has suspended would not hear of it.
    return manager
