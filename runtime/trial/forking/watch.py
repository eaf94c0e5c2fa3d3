"""Watches what the script does before its fork point, and refuses what would be shared wrongly.

What must never be broken here:

- Whatever leaves a trace outside of the process (a file, a folder, another process) is refused before it
  happens, with the line that does it. A run directory that is made before the fork would be one for all
  trials, and nobody would notice.
- An audit hook can't be taken away again, so it stays in the trials: there it must do nothing, at once.
- The watch's own work causes events too; while it works it takes no notice of them.
"""

import _thread
import os
import sys

from nnic.runtime.trial.forking import obstacles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
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
# Events whose place is kept, for the obstacle that they may leave.
_KEPT = {
    "_thread.start_new_thread": obstacles.THREAD,
    "_thread.start_joinable_thread": obstacles.THREAD,
    "socket.__new__": obstacles.SOCKET,
    "sqlite3.connect": obstacles.SQLITE,
    "mmap.__new__": obstacles.MEMORY,
}


class Place:
    """A line of one of the program's files; ``""`` where it is in none of them."""

    def __init__(self, file: str = "", line: int = 0) -> None:
        self.file = file
        self.line = line

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else "the script"


class Watch:
    """Watches what the script does before its fork point.

    Parameters
    ----------
    refuse
        Called with what is refused, before it happens; does not return.
    """

    def __init__(self, program: "Snapshot", refuse: "Callable[[str], None]") -> None:
        self._program = program
        self._refuse = refuse
        self._places: dict[str, Place] = {}  # The keys are kinds of obstacles, and paths of files.
        self._watching = True
        self._start = _thread.start_new_thread
        self._note_threads(self._started)
        sys.addaudithook(self._on_event)

    def end(self) -> None:
        """Watch no more: the hook stays in the process, and in its trials."""
        self._watching = False
        self._note_threads(self._start)

    def _note_threads(self, start: "Callable[..., int]") -> None:
        if sys.version_info < (3, 12):  # There is no audit event for it.
            _thread.start_new_thread = start
            if "threading" in sys.modules:
                sys.modules["threading"]._start_new_thread = start  # type: ignore[attr-defined]

    def _started(self, *arguments: "Any") -> int:
        if self._watching:
            self._places[obstacles.THREAD] = self._locate()
        return self._start(*arguments)

    def place(self) -> Place:
        """Where the script is."""
        return self._locate()

    def place_of(self, obstacle: obstacles.Obstacle) -> Place:
        """Where the script did what left an obstacle."""
        return self._places.get(obstacle.path or obstacle.kind, Place())

    def _on_event(self, event: str, arguments: "tuple[Any, ...]") -> None:
        if not self._watching or (event != "open" and event not in _REFUSED and event not in _KEPT):
            return
        self._watching = False
        try:
            self._check(event, arguments)
        finally:
            self._watching = True

    def _check(self, event: str, arguments: "tuple[Any, ...]") -> None:
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
            return os.path.isdir(name)  # Making it fails, and leaves everything as it is.
        if event in ("open", "os.remove"):
            # tempfile tries whether it may write where temporary files go.
            return _is_called_by("_get_default_tempdir")
        return False

    def _locate(self) -> Place:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            file = self._program.find(frame.f_code.co_filename)
            if file:
                return Place(file, frame.f_lineno)
            frame = frame.f_back
        return Place()


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
