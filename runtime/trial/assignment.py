"""What the manager gave to this attempt of a trial (``trial.json``), and what its script asked of it."""

import os
import time

from nnic.runtime.trial import json_text

FILE = "trial.json"
VERSION = 2
MAIN = "NNIC_MAIN"
# The script as a path of the program, where a launcher's command leads to it.
LAUNCHED = "NNIC_LAUNCHED"

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
    # Only a template has it, and reads it (``forking/plan.py``).
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
    set_fields(given, data, FIELDS[kind], path)
    return given


def set_fields(target: object, data: "dict[str, object]", names: "tuple[str, ...]", what: str) -> None:
    """Take each of the named fields of ``data`` as an attribute.

    Raises
    ------
    ValueError
        When ``what``, which has this data, lacks one.
    """
    for name in names:
        if name not in data:
            raise ValueError(f"{what} has no {name!r}")
        setattr(target, name, data[name])


class ForkPoint:
    """Where the script first asked for what is the trial's own, and how many seconds after its start."""

    def __init__(self, seconds: float, path: str, line: int) -> None:
        self.seconds = seconds
        self.path = path
        self.line = line


class Process:
    """What this process serves, and what its script has asked of it so far."""

    def __init__(self) -> None:
        self.given = Assignment()
        # The keys of the parameters that the script asked for.
        self.asked: set[str] = set()
        # The files that trial 0 loaded as they are.
        self.loaded: list[str] = []
        # Whether the process has reported.
        self.has_reported = False
        self.fork_point: ForkPoint | None = None
        self._begun = 0.0
        self._own: dict[str, object] = {}
        self._varying: set[str] = set()

    def take(self, directory: str) -> None:
        """Make the trial of this attempt's directory the one that this process serves.

        Raises
        ------
        OSError, ValueError
            As :func:`read`.
        """
        self.given = read(directory)
        self._begun, self.fork_point = time.monotonic(), None

    def note_fork_point(self, path: str, line: int) -> None:
        """The script asks for what is the trial's own; called for the first time that it does."""
        self.fork_point = ForkPoint(time.monotonic() - self._begun, path, line)

    def note_own(self, key: str, value: object) -> None:
        """The script itself has this value where the trial supplies none."""
        if self._own.setdefault(key, value) != value:
            self._varying.add(key)

    def own_values(self) -> "dict[str, object]":
        """The script's own values by key, without those that differed from one time to the next."""
        return {key: value for key, value in self._own.items() if key not in self._varying}


process = Process()


def in_main_process() -> bool:
    """Whether this process is the trial's first Python process, or what that became through exec."""
    return os.environ.get(MAIN) == _mark()


def claim_main_process() -> None:
    """Mark this process as the trial's main one unless it descends from that."""
    if not has_main_process():
        os.environ[MAIN] = _mark()


def has_main_process() -> bool:
    """Whether this process is the trial's main one, or descends from that."""
    return os.environ.get(MAIN, "").endswith(":" + os.environ["NNIC_TRIAL_DIR"])


def _mark() -> str:
    # The directory is part of it, since the manager itself may run inside a trial of another experiment.
    return f"{os.getpid()}:{os.environ.get('NNIC_TRIAL_DIR', '')}"
