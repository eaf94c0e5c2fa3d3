"""What the manager gave to this attempt of a trial: ``trial.json``."""

import os

from nnic.runtime.trial import json_text

FILE = "trial.json"
VERSION = 2
MAIN = "NNIC_MAIN"

# The fields of the file by its kind; the writer is ``launchers/trial_document.py``.
FIELDS = {
    "trial": (
        "experiment",
        "trial",
        "attempt",
        "seed",
        "program",
        "parameters",
        "options",
        "budget",
        "parent",
        "checkpoint",
        "checkpoint_source",
        "output_dir",
        "judged",
        "nested",
    ),
    "template": ("program", "plan"),
}


class Assignment:
    """What this process is to do; as it is made, nothing: a process that no manager started.

    See ``launchers/trial_document.py`` for what the attributes mean.
    """

    kind = ""
    # The attempt's directory, "" without a manager.
    directory = ""
    experiment = "STANDALONE"
    trial: "int | None" = None
    attempt = 0
    seed: "int | None" = None
    program: "str | None" = None
    budget: "float | None" = None
    parent: "int | None" = None
    checkpoint = ""
    checkpoint_source = ""
    output_dir = ""
    judged = False
    nested: "dict[str, object] | None" = None
    # Of a template alone, which reads it (``forking/plan.py``).
    plan: "dict[str, object] | None" = None

    def __init__(self) -> None:
        self.parameters: dict[str, object] = {}
        self.options: dict[str, int] = {}

    @property
    def handed(self) -> "dict[str, object]":
        """What ``get_next_parameter`` returns."""
        return self.parameters if self.nested is None else self.nested

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
        When it is damaged or was written by another version.
    """
    path = os.path.join(directory, FILE)
    with open(path, encoding="utf-8") as file:
        data = json_text.parse(file.read())
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError(f"{path} is not of version {VERSION}, which this nnic reads")
    kind = data.get("kind")
    if kind not in FIELDS:
        raise ValueError(f"{path} is of the unknown kind {kind!r}")
    given = Assignment()
    given.directory, given.kind = directory, kind
    for name in FIELDS[kind]:
        if name not in data:
            raise ValueError(f"{path} has no {name!r}")
        setattr(given, name, data[name])
    return given


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
