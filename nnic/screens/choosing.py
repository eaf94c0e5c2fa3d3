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
    if "IPython" in sys.modules:
        from nnic.screens.notebook import NotebookScreen, in_notebook

        if in_notebook():
            return NotebookScreen(earlier, elapsed_s)
    if _draws():
        from rich.console import Console

        from nnic.screens.live import LiveScreen

        return LiveScreen(Console(stderr=True), earlier, elapsed_s)
    from nnic.screens.lines import LineScreen

    return LineScreen(sys.stderr, earlier, elapsed_s)


def _draws() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def close_screen(screen: Observer) -> None:
    """Give the terminal back when a run ended in an exception."""
    close = getattr(screen, "close", None)
    if close is not None:
        close()
