"""What trials printed, as people read it, while it is written too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nnic.runtime.launchers.output import LeftOut, read_output
from nnic.runtime.store.records import TrialRecord
from nnic.runtime.text import format_bytes

_POLL_S = 0.2


class TrialOutput(str):
    """What a trial printed. A notebook and the prompt of Python show its lines, not one long string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def printed(file: Path) -> Iterator[bytes]:
    """Return an output in pieces; where some of it was not kept, a line says how much."""
    return (_shown(piece) for piece in read_output(file))


def follow_output(read_trial: Callable[[], TrialRecord], is_running: Callable[[], bool]) -> Iterator[bytes]:
    """Return the output of a trial as it grows, until the trial has ended.

    Parameters
    ----------
    read_trial
        Returns the trial as it is now; when it is tried again, the output of the new attempt follows.
    is_running
        Returns whether the experiment runs: when it does not, nothing more will come.
    """
    file, position = None, 0
    while True:
        running, trial = is_running(), read_trial()
        if trial.directory != file:
            file, position = trial.directory, 0
        try:
            for piece in read_output(file / "output.log", position):
                position += piece.count if isinstance(piece, LeftOut) else len(piece)
                yield _shown(piece)
        except FileNotFoundError:  # it has not begun
            pass
        if trial.status.ended or not running:
            return
        time.sleep(_POLL_S)


def _shown(piece: bytes | LeftOut) -> bytes:
    if isinstance(piece, LeftOut):
        return f"\n[nnic: {format_bytes(piece.count)} are not shown here]\n".encode()
    return piece
