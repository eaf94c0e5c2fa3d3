"""Progress in a notebook: one picture under the cell, redrawn in place and kept with the notebook."""

from __future__ import annotations

import html
import io
from typing import Any

from rich.console import Console, RenderableType

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.observer import RunResult, StoppableRun
from nnic.runtime.store.records import TrialRecord
from nnic.screens.live import render_run
from nnic.screens.observer import ScreenObserver
from nnic.tuners.space import SearchSpace

SIZE = (120, 24)  # columns and lines of the picture
_FORMAT = '<pre style="line-height:1.2;font-family:Menlo,DejaVu Sans Mono,monospace">{code}</pre>'


class Picture:
    """What a notebook shows of ``renderable``: coloured where it can, and text where it cannot."""

    def __init__(self, renderable: RenderableType) -> None:
        width, height = SIZE
        self._console = Console(
            file=io.StringIO(),
            record=True,
            width=width,
            height=height,
            force_terminal=True,
            force_jupyter=False,
        )
        self._console.print(renderable)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        coloured = self._console.export_html(inline_styles=True, code_format=_FORMAT, clear=False)
        return {"text/html": coloured, "text/plain": self._console.export_text(clear=False)}


class NotebookScreen(ScreenObserver):
    """Draws the run under the cell that started it; warnings stand under the picture."""

    def __init__(self, earlier: tuple[TrialRecord, ...] = (), elapsed_s: float = 0.0) -> None:
        super().__init__(earlier, elapsed_s)
        self._display: Any = None

    def run_started(self, config: RunConfig, space: SearchSpace, run: StoppableRun, resumed: bool) -> None:
        """Put the picture under the cell."""
        super().run_started(config, space, run, resumed)
        from IPython.display import DisplayHandle

        self._display = DisplayHandle()
        self._display.display(self._picture())

    def warning(self, message: str) -> None:
        """Put the message under the picture, where it stays."""
        super().warning(message)
        from IPython.display import HTML, display

        display(HTML(f"<pre>warning: {html.escape(message)}</pre>"))

    def stopping(self, drain: bool) -> None:
        """Say what is waited for."""
        self.state.note = (
            "stopping when the running trials have ended; interrupt the kernel again to stop them now"
            if drain
            else "stopping the running trials"
        )
        self.tick()

    def tick(self) -> None:
        """Draw the run as it is now."""
        if self._display is not None:
            self._display.update(self._picture())

    def run_ended(self, result: RunResult) -> None:
        """Draw the last state, which stays."""
        self.state.note = ""
        self.tick()
        self._display = None

    def _picture(self) -> Picture:
        return Picture(render_run(self.state, *SIZE))
