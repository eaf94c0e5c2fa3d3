"""The assessor that stops no trial."""

from __future__ import annotations

from nnic.tuners.history import History
from nnic.tuners.protocol import Decision, Problem, Trial


class NoAssessor:
    """Lets every trial run to its end."""

    def __init__(self, problem: Problem) -> None:
        del problem

    def assess(self, trial: Trial, history: History) -> Decision:
        """Continue in any case."""
        del trial, history
        return Decision.CONTINUE
