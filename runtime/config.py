"""The configuration of a run, and where its files lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from nnic.runtime.demand import Demand, make_demand

SHARES = ("imports", "prefix", "off")


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What a run is: everything that ``run_experiment`` needs, and what a resume finds again.

    Parameters
    ----------
    home
        The project's ``NNIC_HOME``; holds ``nnic.db`` and ``experiments/``.
    name
        The experiment, from ``create_experiment``. Its compiled program lies in :attr:`program`
        before the run starts.
    argv
        Command of a trial: Python, then the script as its user spelt it (or ``-m`` and the
        module), then the script's arguments.
    script
        The script, or ``-m`` and the module, where ``argv`` is another command that leads to it, such as
        ``torchrun``; else empty.
    cwd
        Where trials run.
    tuner, assessor
        Specifications for the registry: a name, a class path or a file. ``assessor`` is ``None``
        for none.
    tuner_note
        Why ``auto`` chose the plan among its options; set when the run starts.
    direction_settled
        Whether it is known that ``maximize`` is right: its user said so, or the metric's name does. Else the
        run ends after trial 0 when its metric has fallen while it trained.
    trials
        Number of configurations, the script's own included; ``None`` for no limit. Promotions are
        not counted.
    time_s
        Seconds after which no trial is started and running ones are cancelled.
    trial_time_s
        Seconds that an attempt of a trial may run; one that runs longer is ended as failed.
    jobs
        Trials that run at once.
    keep_going
        Go on when trial 0, the script's own values, fails.
    retries
        How often a trial that was lost (not one that failed) is started again.
    grace_s
        Seconds between SIGTERM and SIGKILL.
    stop_grace_s
        Seconds that a script may take to its own end after ``nnic.report`` told it to stop, before SIGTERM.
    linger_s
        Seconds that a trial's threads and processes may go on after its script ended with a final result.
    max_output_bytes
        What is kept of what an attempt prints; of more, the middle goes (see ``output.py``).
    environment
        Added to the environment of trials.
    overrides
        Whether a trial's values are given to its script as arguments, as Hydra reads them: ``lr=0.1``.
    fixed
        The parameters that the script's arguments fix, which are not searched, by name: ``lr`` is
        ``--lr 0.5``.
    gpus_per_trial
        GPUs that each trial gets: a whole number, or a part of one such as 0.5. ``None`` when the
        run leaves GPUs alone, so that trials see what their user sees; 0 hides them.
    gpu_ids, max_trials_per_gpu, use_active_gpus
        See ``Demand``; any of them asks for one GPU a trial when ``gpus_per_trial`` is ``None``.
    cpus_per_trial
        CPUs that each trial has to itself: its number of threads, and with ``jobs`` a limit on what
        runs at once. ``None`` divides the CPUs by ``jobs``.
    share
        What trials have in common, one of :data:`SHARES`: ``imports`` that a template does ahead, the
        ``prefix`` of the script (all that it does before it asks for something of a trial's own), or
        nothing (``off``: each is a process of its own).
    """

    home: Path
    name: str
    argv: tuple[str, ...]
    cwd: Path
    script: tuple[str, ...] = ()
    tuner: str = "auto"
    tuner_options: Mapping[str, Any] = field(default_factory=dict)
    tuner_note: str = ""
    assessor: str | None = None
    assessor_options: Mapping[str, Any] = field(default_factory=dict)
    maximize: bool = True
    direction_settled: bool = True
    trials: int | None = 50
    time_s: float | None = None
    trial_time_s: float | None = None
    jobs: int = 1
    seed: int = 0
    keep_going: bool = False
    retries: int = 2
    grace_s: float = 5.0
    stop_grace_s: float = 300.0
    linger_s: float = 30.0
    max_output_bytes: int = 1 << 26
    environment: Mapping[str, str] = field(default_factory=dict)
    overrides: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)
    gpus_per_trial: float | None = None
    gpu_ids: tuple[str, ...] = ()
    max_trials_per_gpu: int | None = None
    use_active_gpus: bool = False
    cpus_per_trial: int | None = None
    share: str = "imports"

    def __post_init__(self) -> None:
        if not self.argv:
            raise ValueError("argv is empty: a run needs a command")
        if self.jobs < 1:
            raise ValueError(f"jobs must be at least 1, got {self.jobs}")
        if self.trials is not None and self.trials < 1:
            raise ValueError(f"trials must be at least 1, got {self.trials}")
        if self.time_s is not None and not self.time_s > 0:
            raise ValueError(f"time_s must be positive, got {self.time_s}")
        if self.trial_time_s is not None and not self.trial_time_s > 0:
            raise ValueError(f"trial_time_s must be positive, got {self.trial_time_s}")
        if self.retries < 0 or min(self.grace_s, self.stop_grace_s, self.linger_s) < 0:
            raise ValueError("retries, grace_s, stop_grace_s and linger_s must not be negative")
        if self.max_output_bytes < 1:
            raise ValueError(f"max_output_bytes must be positive, got {self.max_output_bytes}")
        if self.share not in SHARES:
            raise ValueError(f"share must be one of {', '.join(SHARES)}, got {self.share!r}")
        _ = self.demand

    @property
    def command(self) -> tuple[str, ...]:
        """The command as its user wrote it: without the Python that runs a script."""
        return self.argv if self.script else self.argv[1:]

    @property
    def search(self) -> str:
        """The tuner, what it chose, and the assessor, for screens: ``auto: gp + medianstop``."""
        plan = self.tuner_options.get("plan")
        chosen = f": {plan}" if self.tuner_note and plan else ""
        return self.tuner + chosen + (f" + {self.assessor}" if self.assessor else "")

    @property
    def demand(self) -> Demand:
        """What each trial asks for."""
        return make_demand(
            self.gpus_per_trial,
            self.gpu_ids,
            self.max_trials_per_gpu,
            self.use_active_gpus,
            self.cpus_per_trial,
        )

    @property
    def directory(self) -> Path:
        """The folder of the experiment, ``<home>/experiments/<name>``."""
        return experiment_directory(self.home, self.name)

    @property
    def program(self) -> Path:
        """The folder of the compiled program."""
        return self.directory / "program"

    def attempt_directory(self, trial: int, attempt: int) -> Path:
        """Return where an attempt of a trial keeps its files."""
        return self.directory / "trials" / str(trial) / str(attempt)

    def checkpoint_directory(self, trial: int) -> Path:
        """Return where a trial keeps what its attempts and promotions go on from."""
        return self.directory / "trials" / str(trial) / "checkpoint"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, without ``home`` and ``name``, which say where it was found."""
        data: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        del data["home"], data["name"]
        data["argv"], data["script"] = list(self.argv), list(self.script)
        data["gpu_ids"] = list(self.gpu_ids)
        data["cwd"] = str(self.cwd)
        for key in ("tuner_options", "assessor_options", "environment", "fixed"):
            data[key] = dict(data[key])
        return data

    @classmethod
    def from_json(cls, home: Path, name: str, data: Mapping[str, Any]) -> RunConfig:
        """Inverse of :meth:`to_json`; settings that came later have their defaults.

        Raises
        ------
        ValueError
            When there are settings that this nnic does not know, or a value makes no sense.
        """
        values = dict(data)
        known = {field.name for field in fields(cls)} - {"home", "name"}
        unknown = sorted(values.keys() - known)
        if unknown:
            raise ValueError(f"it has an unknown setting, {unknown[0]!r}")
        values["argv"] = tuple(values["argv"])
        values["script"] = tuple(values.get("script", ()))
        values["gpu_ids"] = tuple(values.get("gpu_ids", ()))
        values["cwd"] = Path(values["cwd"])
        return cls(home=home, name=name, **values)


def ensure_home(home: Path) -> None:
    """Create a project's ``home``, readable by its owner alone and ignored by git."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = home / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")


def experiment_directory(home: Path, name: str) -> Path:
    """Return the folder of an experiment."""
    return home / "experiments" / name
