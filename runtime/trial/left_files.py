"""Notices the files by which one trial reaches another: what an earlier one wrote, and this one reads.

A script that resumes by itself from ``last.pt`` trains in trial 0 alone. What Python opens is seen by an
audit hook. When a file was written is told by its time of change, also where a library in C or Rust wrote
it, so nothing has to be remembered from trial to trial.
"""

import os
import sys

from nnic.runtime.trial import assignment, messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot

# What holds a model or the state of a training, as a rule.
MODELS = (
    *(".pt", ".pth", ".ckpt", ".safetensors", ".h5", ".hdf5", ".keras", ".weights", ".msgpack"),
    *(".pkl", ".pickle", ".joblib", ".dill", ".model", ".cbm", ".ubj"),
)
STATES = ("checkpoint", "ckpt", "resume", "last", "latest", "state", "snapshot", "progress")
# What trials add lines to, or what people edit: to be read and written is its ordinary life.
RECORDS = (".csv", ".tsv", ".log", ".txt", ".jsonl", ".md", ".html", ".db", ".sqlite", ".sqlite3", ".lock")
NOTES = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg")
CODE = (".py", ".pyc", ".so", ".pyi", ".pth.tmp")
FOLDERS = frozenset({"data", "dataset", "datasets", "download", "downloads", "raw", "processed"})
# What libraries keep for themselves.
CACHES = frozenset(
    {".cache", ".config", ".git", ".nnic", "__pycache__", "site-packages", "dist-packages", "mlruns", "wandb"}
)
SYSTEM = ("/proc/", "/sys/", "/dev/")
# A script that reads more files than this reads a data set.
MOST_FILES = 2000
MOST_TOLD = 5
FIRST_VALUE = "first_value"


class Watch:
    """What the script of this process has read that was there before it.

    Parameters
    ----------
    program
        Its program, whose lines are named.
    """

    def __init__(self, program: "Snapshot | None") -> None:
        self._program = program
        self._cwd = os.getcwd()
        self._seen: set[str] = set()
        self._read: dict[str, tuple[os.stat_result, str]] = {}

    def take(self, path: object, mode: "str | None", flags: int) -> None:
        """Take in that the script opens a file; it does so with every module too, so this is quick."""
        if type(path) is not str or path in self._seen or path.endswith(CODE):
            return
        reads = flags & os.O_ACCMODE != os.O_WRONLY if mode is None else "r" in mode
        # While trials share the beginning of a script, something else stands there, which may not be asked.
        given: object = assignment.process.given
        if (
            reads
            and len(self._seen) < MOST_FILES
            and type(given) is assignment.Assignment
            and given.trial is not None
        ):
            self._seen.add(path)
            self._keep(path)

    def _keep(self, path: str) -> None:
        given = assignment.process.given
        full = os.path.abspath(path)
        if full.startswith(SYSTEM) or full.startswith((given.directory, sys.prefix + os.sep)):
            return
        try:
            status = os.stat(full)
        except OSError:
            return
        if status.st_mtime_ns < _began(given) and status.st_mode & 0o170000 == 0o100000:
            self._read[full] = (status, self._place())

    def _place(self) -> str:
        """The innermost line of the program that leads here, as ``train.py:7``; ``""`` without one."""
        frame: Any = sys._getframe(1)
        while frame is not None and self._program is not None:
            file = self._program.find(frame.f_code.co_filename)
            if file:
                return f"{file}:{frame.f_lineno}"
            frame = frame.f_back
        return ""

    def told(self) -> "list[dict[str, object]]":
        """The messages about what was read and may come from another trial."""
        given = assignment.process.given
        if not given.program or given.trial is None:
            return []
        run_began = os.stat(os.path.join(given.program, "program.json")).st_mtime_ns
        first_value = _first_value(given)
        found = []
        for path, (before, place) in self._read.items():
            written = _was_written(path, before, _began(given))
            # What trial 0 wrote before it asked for any value can't depend on one.
            left = given.trial > 0 and max(run_began, first_value) <= before.st_mtime_ns
            left = left or (before.st_mtime_ns < run_began and _is_of_earlier_run(given, before.st_mtime_ns))
            inside = path.startswith(self._cwd + os.sep)
            if matters(os.path.relpath(path, self._cwd) if inside else path, left, written):
                found.append(messages.left_file(path, place, left, written))
        return found[:MOST_TOLD]


def matters(path: str, left: bool, written: bool) -> bool:
    """Whether the file's content may decide a trial's result.

    Parameters
    ----------
    left
        Whether a trial of this run wrote it before this one read it.
    written
        Whether this trial wrote it after reading it.
    """
    folder, name = os.path.split(path.lower())
    # Of a path from the root the last folders tell what it is for; a whole project may lie below /data.
    parts = folder.split(os.sep) if not os.path.isabs(path) else folder.split(os.sep)[-2:]
    if not CACHES.isdisjoint(folder.split(os.sep)) or not FOLDERS.isdisjoint(parts) or name.endswith(RECORDS):
        return False
    stem, suffix = os.path.splitext(name)
    is_state = any(word in stem for word in STATES)
    if suffix in NOTES:
        return is_state and written
    return written or (left and (suffix in MODELS or is_state or any("checkpoint" in part for part in parts)))


def _was_written(path: str, before: os.stat_result, began: int) -> bool:
    try:
        after = os.stat(path)
    except OSError:
        return False
    return after.st_mtime_ns >= began and (after.st_mtime_ns, after.st_ino) != (
        before.st_mtime_ns,
        before.st_ino,
    )


def _began(given: assignment.Assignment) -> int:
    """When the attempt began, as the file system's clock says."""
    return os.stat(os.path.join(given.directory, assignment.FILE)).st_mtime_ns


def _is_of_earlier_run(given: assignment.Assignment, written: int) -> bool:
    """Whether what was written then was written while a trial of another run of the project ran.

    A script that is searched once more would find what the last trial left, in trial 0 already.
    """
    experiments = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(given.directory))))
    own = os.path.dirname(os.path.dirname(os.path.dirname(given.directory)))
    looked = 0
    for run in _folders(experiments):
        for trial in _folders(os.path.join(run, "trials")) if run != own else ():
            for attempt in _folders(trial):
                looked += 1
                if looked > MOST_FILES:
                    return False
                times = [_changed(os.path.join(attempt, name)) for name in (assignment.FILE, messages.FILE)]
                if 0 < times[0] <= written <= times[1]:
                    return True
    return False


def _folders(path: str) -> "list[str]":
    try:
        return [entry.path for entry in os.scandir(path) if entry.is_dir()]
    except OSError:
        return []


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def note_first_value(given: assignment.Assignment) -> None:
    """Note that trial 0 asks for its first value; what it writes from now on may depend on values."""
    try:
        os.close(os.open(os.path.join(given.directory, FIRST_VALUE), os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError:
        return


def _first_value(given: assignment.Assignment) -> int:
    """When trial 0 asked for its first value; 0 where that is not known."""
    trials = os.path.dirname(os.path.dirname(given.directory))
    try:
        return os.stat(os.path.join(trials, "0", "0", FIRST_VALUE)).st_mtime_ns
    except OSError:
        return 0


def watch(program: "Snapshot | None") -> Watch:
    """Watch this process from now on; it can't be undone."""
    made = Watch(program)
    take = made.take

    # The hook is called at each event of the interpreter's, and at a function it looks the least.
    def notice(event: str, arguments: "Any") -> None:
        if event == "open":
            try:
                take(*arguments)
            except Exception:
                return  # Raised here it would be the script's.

    sys.addaudithook(notice)
    return made
