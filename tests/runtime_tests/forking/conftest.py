"""Runs of scripts in one folder, whose trials share something or nothing."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from nnic.experiment import Experiment
from nnic.runtime.loop.observer import Observer
from nnic.runtime.store.records import TrialRecord


class Warnings(Observer):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def warning(self, message: str) -> None:
        self.texts.append(message)


class Run:
    """A run that has ended."""

    def __init__(self, folder: Path, experiment: Experiment, warnings: list[str]) -> None:
        self.folder = folder
        self.experiment = experiment
        self.trials = experiment.trials
        self.warnings = warnings
        self.directory = experiment.home / "experiments" / experiment.name

    @property
    def outcomes(self) -> list[tuple[Any, ...]]:
        """How the trials ended."""
        return [outcome(trial) for trial in self.trials]

    @property
    def templates(self) -> int:
        """How many were started."""
        return len(list(self.directory.glob("templates/*")))

    def log(self, trial: int = 0) -> str:
        """What a trial printed, without what differs from one process to the next."""
        text = (self.directory / f"trials/{trial}/0/output.log").read_text()
        text = text.replace(self.directory.name, "EXPERIMENT")
        return re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)


def write(folder: Path, text: str, name: str = "train.py") -> None:
    (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")


class Runner:
    """Runs scripts in a folder."""

    write = staticmethod(write)

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        self.folder = folder

    def __call__(self, text: str, share: str = "imports", *arguments: str, **settings: Any) -> Run:
        write(self.folder, text)
        experiment = self.make("train.py", share, *arguments, **settings)
        warnings = Warnings()
        experiment.run(warnings)
        return Run(self.folder, experiment, warnings.texts)

    def make(self, name: str, share: str, *arguments: str, **settings: Any) -> Experiment:
        given: dict[str, Any] = {"tuner": "random", "trials": 1, "keep_going": True, **settings}
        return Experiment(self.folder / name, arguments, cwd=self.folder, share=share, **given)


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    return Runner(tmp_path / "a project é")


@pytest.fixture(scope="session")
def make_runner() -> type[Runner]:
    """For what several tests share."""
    return Runner


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that are not the program's."""
    folder = tmp_path / "library"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def outcome(trial: TrialRecord) -> tuple[Any, ...]:
    attempt = trial.attempts[-1]
    error = trial.error and (trial.error.kind, trial.error.message, trial.error.line)
    return (trial.status, attempt.exit_code, attempt.signal, trial.metric, trial.intermediate, error)
