"""Chooses how progress is shown: not at all, as a picture, under a notebook's cell, or as a line an event."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnic.runtime.loop.observer import Observer
    from nnic.runtime.store.records import TrialRecord


def make_screen(quiet: bool, earlier: tuple[TrialRecord, ...] = (), elapsed_s: float = 0.0) -> Observer:
    """Return what shows the run: nothing, a picture on a terminal or in a notebook, or a line an event."""
    from nnic.runtime.loop.observer import Observer

    if quiet or sys.stderr is None:  # None: it was closed by whoever started us
        return Observer()
    if in_notebook():
        from nnic.screens.notebook import NotebookScreen

        return NotebookScreen(earlier, elapsed_s)
    if _draws():
        from rich.console import Console

        from nnic.screens.live import LiveScreen

        return LiveScreen(Console(stderr=True), earlier, elapsed_s)
    from nnic.screens.lines import LineScreen

    return LineScreen(sys.stderr, earlier, elapsed_s)


def in_notebook() -> bool:
    """Return whether this process is the kernel of a notebook, which shows more than text."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _draws() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def close_screen(screen: Observer) -> None:
    """Give the terminal back when a run ended in an exception."""
    close = getattr(screen, "close", None)
    if close is not None:
        close()
