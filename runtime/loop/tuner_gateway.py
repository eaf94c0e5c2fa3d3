"""Calls the tuner and the assessor, whose code may be anybody's."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from nnic.tuners.history import History
from nnic.tuners.protocol import (
    Assessor,
    Batch,
    BatchStatus,
    Decision,
    EventKind,
    Promoter,
    Suggestion,
    TrialEvent,
    Tuner,
)
from nnic.tuners.space import SearchSpace

T = TypeVar("T")


class TunerError(Exception):
    """A tuner or an assessor raised, or broke the protocol."""


class TunerGateway:
    """A tuner, and an assessor beside it.

    Parameters
    ----------
    tuner_name, assessor_name
        As the user gave them, for messages.

    Raises
    ------
    ValueError
        When the tuner decides itself when trials stop, and there is an assessor.
    """

    def __init__(
        self,
        tuner: Tuner,
        assessor: Assessor | None,
        space: SearchSpace,
        history: History,
        tuner_name: str = "tuner",
        assessor_name: str | None = None,
    ) -> None:
        if assessor is not None and tuner.owns_stopping:
            raise ValueError(
                f"tuner {tuner_name!r} stops trials itself; run it without the assessor {assessor_name!r}"
            )
        self.tuner_name = tuner_name
        self._tuner = tuner
        self._assessor = assessor
        self._assessor_name = assessor_name
        self._space = space
        self._history = history

    def suggest(self, n: int) -> Batch:
        """At most ``n`` suggestions, values in the types that the space has.

        Raises
        ------
        TunerError
            When the tuner raises, or returns what it must not.
        """
        return self._batch(self._call(lambda: self._tuner.suggest(n), self._tuner_label), n, "suggest")

    @property
    def stops(self) -> bool:
        """Whether a report may lead to the end of its trial."""
        return self._assessor is not None or self._tuner.owns_stopping

    @property
    def promotes(self) -> bool:
        """Whether the tuner has more to propose when no new configuration may be tried."""
        return isinstance(self._tuner, Promoter)

    def promote(self, n: int) -> Batch:
        """At most ``n`` suggestions that go on from a trial; of a tuner that :attr:`promotes`.

        Raises
        ------
        TunerError
            As :meth:`suggest`.
        """
        tuner = self._tuner
        if not isinstance(tuner, Promoter):
            raise TunerError(f"{self._tuner_label} does not continue trials")
        batch = self._batch(self._call(lambda: tuner.promote(n), self._tuner_label), n, "promote")
        if any(suggestion.parent is None for suggestion in batch.suggestions):
            raise TunerError(f"{self._tuner_label} returned a new configuration from promote")
        return batch

    def _batch(self, batch: object, n: int, method: str) -> Batch:
        if not isinstance(batch, Batch) or not isinstance(batch.status, BatchStatus):
            raise TunerError(f"{self._tuner_label} returned {batch!r} from {method}, not a Batch")
        if len(batch.suggestions) > n:
            raise TunerError(f"{self._tuner_label} returned {len(batch.suggestions)} suggestions for {n}")
        return replace(batch, suggestions=tuple(self._checked(s) for s in batch.suggestions))

    def observe(self, event: TrialEvent) -> Decision:
        """Tell the tuner; its decision counts for a REPORT only.

        Raises
        ------
        TunerError
            As :meth:`suggest`.
        """
        decision = self._call(lambda: self._tuner.observe(event), self._tuner_label)
        return self._decision(decision, self._tuner_label, "observe")

    def assess(self, event: TrialEvent) -> Decision:
        """Ask the assessor about a REPORT.

        Raises
        ------
        TunerError
            As :meth:`suggest`.
        """
        assessor = self._assessor
        if assessor is None or event.kind is not EventKind.REPORT:
            return Decision.CONTINUE
        label = f"assessor {self._assessor_name!r}"
        decision = self._call(lambda: assessor.assess(event.trial, self._history), label)
        return self._decision(decision, label, "assess")

    def save(self) -> bytes:
        """Return the tuner's state."""
        state = self._call(self._tuner.save, self._tuner_label)
        if not isinstance(state, bytes):
            raise TunerError(f"{self._tuner_label} returned {type(state).__name__} from save, not bytes")
        return state

    def load(self, state: bytes) -> None:
        """Give the tuner a state that it saved."""
        self._call(lambda: self._tuner.load(state), self._tuner_label)

    @property
    def _tuner_label(self) -> str:
        return f"tuner {self.tuner_name!r}"

    def _checked(self, suggestion: Suggestion) -> Suggestion:
        try:
            config = self._space.normalize(suggestion.config)
        except (ValueError, TypeError, AttributeError) as error:
            raise TunerError(
                f"{self._tuner_label} suggested values outside of the search space: {error}"
            ) from error
        parent = suggestion.parent
        if parent is not None and parent not in self._history:
            raise TunerError(
                f"{self._tuner_label} suggested to continue trial {parent}, which does not exist"
            )
        return replace(suggestion, config=config)

    @staticmethod
    def _decision(value: object, label: str, method: str) -> Decision:
        if isinstance(value, Decision):
            return value
        raise TunerError(f"{label} returned {value!r} from {method}, not a Decision")

    @staticmethod
    def _call(function: Callable[[], T], label: str) -> T:
        try:
            return function()
        except (Exception, SystemExit) as error:
            raise TunerError(f"{label} raised {describe(error)}") from error


def describe(error: BaseException) -> str:
    """Return an exception as a sentence: its type, its message, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    text = str(error)
    if isinstance(error, SyntaxError) and error.filename:  # The import raised it, about another place.
        place, text = f" ({error.filename}:{error.lineno})", error.msg
    return f"{type(error).__name__}{': ' + text if text else ''}{place}"
