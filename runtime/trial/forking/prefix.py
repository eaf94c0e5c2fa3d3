"""What a script does before its trials part: run once, in the template, and watched.

The script itself runs, compiled, up to the first thing that a trial has of its own: a value, a report,
its identity, a variable of its environment. What it does on the way must be right for all trials, so
whatever leaves a trace outside the process (a file, a folder, a process) is refused before it happens.
"""

import _thread
import os
import sys

from nnic.runtime import trial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Events of sys.addaudithook that are refused, and what they are called.
_REFUSED = {
    "os.mkdir": "makes the folder",
    "os.rename": "renames",
    "os.remove": "removes",
    "os.rmdir": "removes the folder",
    "os.link": "links",
    "os.symlink": "links",
    "os.truncate": "cuts",
    "tempfile.mkstemp": "makes the temporary file",
    "tempfile.mkdtemp": "makes the temporary folder",
    "subprocess.Popen": "starts",
    "os.system": "starts",
    "os.posix_spawn": "starts",
    "os.exec": "starts",
    "os.fork": "forks a process",
    "os.forkpty": "forks a process",
}
# Events whose place is kept, for what they leave behind, by the words of state.find_obstacle.
_KEPT = {
    "_thread.start_new_thread": "thread",
    "_thread.start_joinable_thread": "thread",
    "socket.__new__": "socket",
    "sqlite3.connect": "sqlite",
    "mmap.__new__": "memory",
}


class Unknown:
    """Stands for the trial's assignment until this process is a trial's; asked for anything, it forks."""

    def __init__(self, fork: "Callable[[], None]") -> None:
        self._fork = fork

    def __getattr__(self, name: str) -> "Any":
        given: object = trial._given
        if given is self:
            # NNI's annotated scripts begin with this statement, and do nothing with its value.
            if name == "handed" and _is_discarded(sys._getframe(1)):
                return {}
            self._fork()
        return getattr(trial._given, name)


def _is_discarded(frame: "FrameType") -> bool:
    """Whether the caller of this frame, of ``get_next_parameter``, drops what it returns."""
    caller = frame.f_back
    if frame.f_code.co_name != "get_next_parameter" or caller is None:
        return False
    import opcode

    code = caller.f_code.co_code
    position = caller.f_lasti + 2
    while position < len(code) and opcode.opname[code[position]] == "CACHE":
        position += 2
    return position < len(code) and opcode.opname[code[position]] == "POP_TOP"


class Variables(dict):  # type: ignore[type-arg]
    """The content of ``os.environ`` until this process is a trial's; asked for a trial's own, it forks.

    Parameters
    ----------
    own
        The variables that a trial has of its own, whether or not this process has them.
    hidden
        Variables that only the template has: those who ask for them get them, a list does not have them.
    """

    def __init__(
        self,
        values: "dict[bytes, bytes]",
        own: "frozenset[bytes]",
        hidden: "frozenset[bytes]",
        program: "Snapshot",
        fork: "Callable[[], None]",
    ) -> None:
        super().__init__(values)
        self._own = own
        self._hidden = hidden
        self._program = program
        self._fork = fork

    def __iter__(self) -> "Iterator[bytes]":
        # A library that looks through all variables while it is imported looks for its own settings.
        own = [] if _is_importing(self._program) else sorted(self._own)
        names = dict.fromkeys([*(name for name in dict.keys(self) if name not in self._own), *own])
        return iter([name for name in names if name not in self._hidden])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, key: bytes) -> bytes:
        data: Any = os.environ._data  # type: ignore[attr-defined]
        if data is self and key in self._own:
            self._fork()
            data = os.environ._data  # type: ignore[attr-defined]
        return dict.__getitem__(data, key)  # type: ignore[no-any-return]


def _is_importing(program: "Snapshot") -> bool:
    """Whether this is called by the code of a module on its first run, which is not the program's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return not program.find(frame.f_code.co_filename)
        frame = frame.f_back
    return False


class Watch:
    """Hears what the prefix does; a hook that stays in the trials, where it is deaf.

    Parameters
    ----------
    refuse
        Called with what is refused, before it happens; does not return.
    """

    def __init__(self, program: "Snapshot", refuse: "Callable[[str], None]") -> None:
        self._program = program
        self._refuse = refuse
        self._places: dict[str, str] = {}
        self._listens = True
        self._start = _thread.start_new_thread
        self._note_threads(self._started)
        sys.addaudithook(self._hear)

    def end(self) -> None:
        """Hear no more."""
        self._listens = False
        self._note_threads(self._start)

    def _note_threads(self, start: "Callable[..., int]") -> None:
        if sys.version_info < (3, 12):  # which has no event for it
            _thread.start_new_thread = start
            if "threading" in sys.modules:
                sys.modules["threading"]._start_new_thread = start  # type: ignore[attr-defined]

    def _started(self, *arguments: "Any") -> int:
        if self._listens:
            self._places["thread"] = self._locate()
        return self._start(*arguments)

    def place(self, what: str = "") -> str:
        """Where the script is, or where it did ``what``, as ``train.py:31``."""
        return self._places.get(what, "the script") if what else self._locate()

    def _hear(self, event: str, arguments: "tuple[Any, ...]") -> None:
        if not self._listens or (event != "open" and event not in _REFUSED and event not in _KEPT):
            return
        self._listens = False
        try:
            self._judge(event, arguments)
        finally:
            self._listens = True

    def _judge(self, event: str, arguments: "tuple[Any, ...]") -> None:
        name = _as_text(arguments[0]) if arguments else ""
        if event in _KEPT:
            self._places[_KEPT[event]] = self._locate()
        elif event == "open" and not (len(arguments) > 2 and (arguments[2] or 0) & _WRITING):
            self._places[os.path.realpath(name)] = self._locate()
        elif not self._is_harmless(event, name):
            what = _REFUSED.get(event, "opens for writing")
            self._refuse(f"{self._locate()} {what} {name}".rstrip())

    def _is_harmless(self, event: str, name: str) -> bool:
        if name.startswith("/dev/") or "/__pycache__" in name or self._program.holds(name):
            return True
        if event == "os.mkdir":
            return os.path.isdir(name)  # it fails, and leaves everything as it is
        if event in ("open", "os.remove"):
            # The module tries whether it may write where temporary files go.
            return _is_called_by("_get_default_tempdir")
        return False

    def _locate(self) -> str:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            file = self._program.find(frame.f_code.co_filename)
            if file:
                return f"{file}:{frame.f_lineno}"
            frame = frame.f_back
        return "the script"


def _as_text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(_as_text(part) for part in value)
    return os.fsdecode(value) if isinstance(value, (str, bytes, os.PathLike)) else str(value)


def _is_called_by(function: str) -> bool:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == function and frame.f_globals.get("__name__") == "tempfile":
            return True
        frame = frame.f_back
    return False


def end_tqdm() -> None:
    """End the monitor of tqdm's progress bars, which the next bar starts again, and let go of the lock
    that its processes share."""
    bars = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if bars is None:
        return
    if bars.monitor is not None:
        bars.monitor.exit()
        bars.monitor = None
    lock = sys.modules["tqdm.std"].TqdmDefaultWriteLock
    if hasattr(bars, "_lock"):
        bars._lock = lock.th_lock
    if hasattr(lock, "mp_lock"):
        del lock.mp_lock


def renew_tqdm() -> None:
    """Give the bars of a trial a lock that its own processes share."""
    bars = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if bars is not None and hasattr(bars, "_lock"):
        bars._lock = sys.modules["tqdm.std"].TqdmDefaultWriteLock()
