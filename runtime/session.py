"""One session of an experiment: what ``run`` and ``resume`` have in common."""

from __future__ import annotations

import platform
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

from nnic import __version__
from nnic.runtime.advisor import Advisor
from nnic.runtime.config import RunConfig
from nnic.runtime.experiment import Experiment
from nnic.runtime.launchers.spawn import SpawnLauncher
from nnic.runtime.observer import RunResult
from nnic.runtime.parts import Parts
from nnic.runtime.program import Program
from nnic.tuners.history import History
from nnic.tuners.protocol import Objective, Problem


class AdvisorChoiceError(ValueError):
    """The tuner or the assessor that a run asks for can't be had; the message says why."""


def absolute(config: RunConfig) -> RunConfig:
    """``config`` with paths that do not depend on where the manager runs."""
    return replace(config, home=config.home.absolute(), cwd=config.cwd.absolute())


def problem_of(config: RunConfig, program: Program, hints: Mapping[str, Any] | None = None) -> Problem:
    """What the tuner is built from; ``hints`` are those of the first session."""
    hints = hints or problem_hints(config)
    return Problem(
        space=program.space,
        objectives=(Objective("default", config.maximize),),
        fidelity=program.fidelity,
        seed=hints["seed"],
        jobs=hints["jobs"],
        trials=hints["trials"],
    )


def problem_hints(config: RunConfig) -> dict[str, Any]:
    """What a replay must hand to the tuner again, whatever the later sessions change.

    ``trials`` does not count the script's own values.
    """
    trials = None if config.trials is None else max(1, config.trials - 1)
    return {"seed": config.seed, "jobs": config.jobs, "trials": trials}


def make_advisor(config: RunConfig, problem: Problem, history: History) -> Advisor:
    """Build the tuner and the assessor.

    Raises
    ------
    AdvisorChoiceError
        When one is unknown, its options do not fit, or the two do not go together.
    """
    from nnic.tuners.registry import make_assessor, make_tuner

    try:
        tuner = make_tuner(config.tuner, problem, config.tuner_options)
        assessor = None
        if config.assessor is not None and config.assessor != "none":
            assessor = make_assessor(config.assessor, problem, config.assessor_options)
        return Advisor(tuner, assessor, problem.space, history, config.tuner, config.assessor)
    except ValueError as error:
        raise AdvisorChoiceError(str(error)) from error


def versions() -> dict[str, str]:
    """What the manager runs under, as far as it decides what tuners propose."""
    found = {"nnic": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in ("numpy", "scipy", "torch"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is not None:
            found[name] = str(version)
    return found


def run_session(make_parts: Callable[[SpawnLauncher], Parts], config: RunConfig, signals: bool) -> RunResult:
    """Run the loop over the spawn launcher."""
    launcher = SpawnLauncher(config.directory, config.max_output_bytes)
    try:
        experiment = Experiment(make_parts(launcher))
        if not signals or threading.current_thread() is not threading.main_thread():
            return experiment.run()
        with stop_on_signals(experiment, launcher.wake_descriptor):
            return experiment.run()
    finally:
        launcher.close()


@contextmanager
def stop_on_signals(experiment: Experiment, wake_descriptor: int) -> Iterator[None]:
    """Ctrl-C once lets running trials end, twice ends them; SIGTERM and SIGHUP end them at once."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        experiment.request_stop(drain=True)

    def terminate(number: int, frame: FrameType | None) -> None:
        experiment.request_stop(drain=False)

    handlers = {signal.SIGINT: interrupt, signal.SIGTERM: terminate, signal.SIGHUP: terminate}
    previous = {}
    for number, handler in handlers.items():
        # Ignored by whoever started us (nohup, a shell's background): stays so.
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            previous[number] = signal.signal(number, handler)
    wakeup = signal.set_wakeup_fd(wake_descriptor, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, old in previous.items():
            signal.signal(number, signal.SIG_DFL if old is None else old)
