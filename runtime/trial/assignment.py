"""What the manager gave to this attempt of a trial: ``trial.json``."""

import os

from nnic.runtime.trial import json_text

VERSION = 1
MAIN = "NNIC_MAIN"


class Assignment:
    """One attempt of a trial; without arguments, a process that no manager started.

    Parameters
    ----------
    directory
        The attempt's directory, ``""`` without a manager.
    data
        The content of its ``trial.json``.
    """

    def __init__(self, directory: str = "", data: "dict[str, object] | None" = None) -> None:
        data = {} if data is None else data
        self.directory = directory
        self.trial: int | None = data.get("trial")  # type: ignore[assignment]
        self.attempt: int = data.get("attempt", 0)  # type: ignore[assignment]
        self.experiment: str = data.get("experiment", "STANDALONE")  # type: ignore[assignment]
        self.program: str | None = data.get("program")  # type: ignore[assignment]
        self.parameters: dict[str, object] = data.get("parameters", {})  # type: ignore[assignment]
        # What a script of NNI's gets: the options of its space may hold parameters of their own.
        self.handed: dict[str, object] = data.get("nested", self.parameters)  # type: ignore[assignment]
        self.seed: int | None = data.get("seed")  # type: ignore[assignment]
        # Whether its reports may lead to its being stopped.
        self.judged: bool = data.get("judged", False)  # type: ignore[assignment]
        self.options: dict[str, int] = data.get("options", {})  # type: ignore[assignment]
        # What a template does ahead; only its own file has it.
        self.plan: dict[str, object] = data.get("template", {})  # type: ignore[assignment]

    @property
    def baseline(self) -> bool:
        """Whether this is a trial that runs the script's own values."""
        return self.trial is not None and not self.parameters


def read(directory: str) -> Assignment:
    """Read ``directory/trial.json``.

    Raises
    ------
    OSError
        When it can't be read.
    ValueError
        When it is damaged or was written by a newer version.
    """
    path = os.path.join(directory, "trial.json")
    with open(path, encoding="utf-8") as file:
        data = json_text.parse(file.read())
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError(f"{path} is not of version {VERSION}, which this nnic reads")
    return Assignment(directory, data)


def in_main_process() -> bool:
    """Whether this process is the trial's first Python process, or what that became through exec."""
    return os.environ.get(MAIN) == _mark()


def claim_main_process() -> None:
    """Mark this process as the trial's main one unless it descends from that."""
    if not os.environ.get(MAIN, "").endswith(":" + os.environ["NNIC_TRIAL_DIR"]):
        os.environ[MAIN] = _mark()


def _mark() -> str:
    # With the directory, since the manager itself may run inside a trial of another experiment.
    return f"{os.getpid()}:{os.environ.get('NNIC_TRIAL_DIR', '')}"
