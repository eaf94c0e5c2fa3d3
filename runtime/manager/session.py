"""What ``run`` and ``resume`` have in common: one session of an experiment."""

from __future__ import annotations

import os
import platform
import signal
import sqlite3
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

import nnic.tuners
from nnic import __version__
from nnic.runtime.config import RunConfig
from nnic.runtime.errors import WrongInputError
from nnic.runtime.launchers.spawn import SpawnLauncher
from nnic.runtime.launchers.templates import make_templates
from nnic.runtime.loop.experiment import Experiment
from nnic.runtime.loop.observer import RunResult
from nnic.runtime.loop.tuner_gateway import TunerGateway, describe
from nnic.runtime.program import Program
from nnic.runtime.store.log_entries import Begin
from nnic.tuners.history import History
from nnic.tuners.protocol import Objective, Problem

DRAIN = signal.SIGUSR1
_early: list[int] = []
_OUR_TUNERS = os.path.join(os.path.dirname(nnic.tuners.__file__), "")


class TunerChoiceError(WrongInputError):
    """The tuner or the assessor that a run asks for can't be had; the message says why."""


def absolute(config: RunConfig) -> RunConfig:
    """Return ``config`` with paths that do not depend on where the manager runs."""
    return replace(config, home=config.home.absolute(), cwd=config.cwd.absolute())


def problem_of(config: RunConfig, program: Program, begin: Begin | None = None) -> Problem:
    """Return what the tuner is built from; ``begin`` is what the first session wrote of it."""
    begin = begin or begin_of(config)
    return Problem(
        space=program.space,
        objectives=(Objective("default", config.maximize),),
        constraints=program.constraints,
        fidelity=program.fidelity,
        seed=begin.seed,
        jobs=begin.jobs,
        trials=begin.trials,
        checkpoint=bool(program.checkpoint),
    )


def begin_of(config: RunConfig) -> Begin:
    """What a replay must hand to the tuner again, whatever the later sessions change.

    ``trials`` does not count the script's own values.
    """
    trials = None if config.trials is None else max(1, config.trials - 1)
    return Begin(config.seed, config.jobs, trials)


def choose_tuner(config: RunConfig, problem: Problem) -> RunConfig:
    """Return ``config`` with the plan of ``auto`` among its options, so that a resumed run keeps to it."""
    if config.tuner.lower() != "auto" or "plan" in config.tuner_options:
        return config
    from nnic.tuners.search.auto_rules import choose_plan

    plan = choose_plan(problem, budgets=config.assessor in (None, "none"))
    return replace(config, tuner_options={**config.tuner_options, "plan": str(plan)}, tuner_note=plan.why)


def make_gateway(config: RunConfig, problem: Problem, history: History) -> TunerGateway:
    """Build the tuner and the assessor.

    Raises
    ------
    TunerChoiceError
        When one is unknown or raises, its options do not fit, or the two do not go together.
    """
    from nnic.tuners.registry import make_assessor, make_tuner

    with _blaming(f"tuner {config.tuner!r}"):
        tuner = make_tuner(config.tuner, problem, config.tuner_options)
    assessor = None
    if config.assessor is not None and config.assessor != "none":
        with _blaming(f"assessor {config.assessor!r}"):
            assessor = make_assessor(config.assessor, problem, config.assessor_options)
    try:
        return TunerGateway(tuner, assessor, problem.space, history, config.tuner, config.assessor)
    except ValueError as error:
        raise TunerChoiceError(str(error)) from error


@contextmanager
def _blaming(label: str) -> Iterator[None]:
    """Turn what a tuner or an assessor raises while it is built into an error that names it, and where."""
    try:
        yield
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        if isinstance(error, ValueError) and frames[-1].filename.startswith(_OUR_TUNERS):
            raise TunerChoiceError(str(error)) from error
        raise TunerChoiceError(f"{label} cannot be created: it raised {describe(error)}") from error


def versions() -> dict[str, str]:
    """Return what the manager runs under, as far as that decides what tuners propose."""
    if "nnic.tuners.mapping.cube" in sys.modules:
        import scipy  # noqa: F401 -- known from the start, though tuners load the parts they need later
    found = {"nnic": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in ("numpy", "scipy", "torch"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is not None:
            found[name] = str(version)
    return found


def run_session(
    begin: Callable[[SpawnLauncher], Experiment], config: RunConfig, program: Program, signals: bool
) -> RunResult:
    """Run the loop over the spawn launcher."""
    templates = make_templates(config, program)
    launcher = SpawnLauncher(config.directory, config.max_output_bytes, templates)
    try:
        experiment = begin(launcher)
        if not signals or threading.current_thread() is not threading.main_thread():
            return experiment.run()
        with stop_on_signals(experiment, launcher.wake_descriptor):
            return experiment.run()
    finally:
        launcher.close()


def expect_stop() -> None:
    """Have a run that does not listen yet remember that ``nnic stop`` came: it ends with its first turn.

    An exception raised wherever the run happens to be could be lost there, in a callback for one.
    """
    if threading.current_thread() is threading.main_thread():
        _early.clear()
        signal.signal(DRAIN, lambda number, frame: _early.append(number))


@contextmanager
def stop_on_signals(experiment: Experiment, wake_descriptor: int) -> Iterator[None]:
    """Ctrl-C once lets running trials end, twice ends them; SIGTERM and SIGHUP end them at once.

    DRAIN is what ``nnic stop`` sends: like the first Ctrl-C, however often it comes.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        experiment.request_stop(drain=True)

    def terminate(number: int, frame: FrameType | None) -> None:
        experiment.request_stop(drain=False)

    def drain(number: int, frame: FrameType | None) -> None:
        experiment.request_drain()

    handlers = {
        signal.SIGINT: interrupt,
        DRAIN: drain,
        signal.SIGTERM: terminate,
        signal.SIGHUP: terminate,
    }
    previous = {}
    for number, handler in handlers.items():
        # Ignored by whoever started us (nohup, a shell's background): stays so.
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            previous[number] = signal.signal(number, handler)
    wakeup = signal.set_wakeup_fd(wake_descriptor, warn_on_full_buffer=False)
    if _early:
        experiment.request_drain()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, old in previous.items():
            # One more DRAIN that comes too late must not end the process before it has told its result.
            late = number == DRAIN
            signal.signal(number, signal.SIG_IGN if late else signal.SIG_DFL if old is None else old)
