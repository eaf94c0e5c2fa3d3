"""The error for a program that findings keep from being compiled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nnic.runtime.errors import ExplainedError

if TYPE_CHECKING:
    from nnic.findings.diagnostics import Diagnostic


class CompileError(ExplainedError, ValueError):
    """The script was not compiled; ``diagnostics`` say why, and the message shows them."""

    def __init__(self, script: str, diagnostics: Iterable[Diagnostic]) -> None:
        from nnic.findings.render import render_text

        self.script = script
        self.diagnostics = tuple(diagnostics)
        shown = "\n\n".join(render_text(d) for d in self.diagnostics if d.is_error)
        super().__init__(f"{script} was not compiled\n\n{shown}")
