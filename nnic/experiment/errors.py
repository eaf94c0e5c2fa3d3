"""Why a script is not searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnic.runtime.errors import ExplainedError, WrongInputError

if TYPE_CHECKING:
    from nnic.findings.diagnostics import Diagnostic


class NothingOpenError(ExplainedError, ValueError):
    """The script leaves nothing open: no annotated value was found in it or in what it imports."""


class AllFixedError(ExplainedError, ValueError):
    """The script's arguments fix every value that it leaves open."""


class KnownToFailError(ExplainedError, ValueError):
    """It is known before the run that trials would fail; ``findings`` say why."""

    def __init__(self, script: str, findings: tuple[Diagnostic, ...]) -> None:
        self.findings = findings
        why = "".join(f"\n  {f.path}:{f.line}: {f.message} ({f.code})" for f in findings)
        super().__init__(
            f"{script} is not started, because trials are known to fail:{why}\n"
            "  Mend that; or start it all the same: --keep-going (keep_going=True from Python)"
        )


class DirectionError(WrongInputError):
    """Nobody said which direction is better, and the metric's name speaks against maximizing it."""

    def __init__(self, doubt: Diagnostic) -> None:
        self.metric = doubt.message.split(" is reported")[0]
        self.place = f"{doubt.path}:{doubt.line}"
        super().__init__(
            f"{self.metric} is reported ({self.place}), and by its name a smaller one is better; a run "
            "maximizes unless told otherwise.\n  Add --minimize, or --maximize if a larger one is better "
            "(maximize=False or True from Python)"
        )
