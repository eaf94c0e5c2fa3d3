"""Replays the committed log to a fresh tuner, which then is exactly what the log makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_entries import Ask, Attempt, Decided, LogEntry, Turned
from nnic.tuners.protocol import BatchStatus, Decision, EventKind, Suggestion, TrialEvent, TrialState


@dataclass(slots=True)
class Replay:
    """What a log gives beside its trials.

    Parameters
    ----------
    steps_told
        Number of steps that the tuner was told of each trial.
    decided
        What was decided about trials; those that have ended since are in it too.
    tuner_waits
        The tuner had nothing to propose before the next event.
    exhausted
        Why it has nothing to propose any more, ``None`` when it may have.
    mismatch
        The first call of ``suggest`` that gave something else than it did, as a sentence.
    """

    steps_told: dict[int, int] = field(default_factory=dict)
    decided: dict[int, Decision] = field(default_factory=dict)
    tuner_waits: bool = False
    exhausted: str | None = None
    mismatch: str = ""


def replay(log: Sequence[LogEntry], gateway: TunerGateway, event_log: EventLog) -> Replay:
    """Apply ``log`` to ``event_log``, and make the same calls of the tuner in the same order.

    The assessor is not asked again: its decisions are in the log. Where the run was turned to the other
    direction, the tuner is a fresh one from there on: it hears of the results before as imported ones.

    Raises
    ------
    TunerError
        When the tuner raises.
    """
    result = Replay()
    turned = max((i for i, entry in enumerate(log) if isinstance(entry, Turned)), default=-1)
    for position, entry in enumerate(log):
        speaks = position > turned
        if isinstance(entry, Ask) and speaks:
            _ask(entry, gateway, result)
        event = event_log.apply(entry)
        if position == turned:
            tell_results(gateway, event_log)
        if event is not None:
            result.tuner_waits = result.tuner_waits and event.kind is EventKind.STARTED
            if event.kind is EventKind.REPORT:
                result.steps_told[event.trial.id] = event.trial.reports[-1].step + 1
            if speaks:
                gateway.observe(event)
        if isinstance(entry, Attempt):
            result.decided.pop(entry.trial, None)
        if isinstance(entry, Decided):
            result.decided[entry.trial] = entry.decision
    return result


def tell_results(gateway: TunerGateway, event_log: EventLog) -> None:
    """Tell a fresh tuner what an earlier one found out, as results from elsewhere."""
    known = [trial for trial in event_log.history if trial.state is TrialState.SUCCEEDED]
    for order, trial in enumerate(known):
        suggestion = Suggestion(trial.suggestion.config, trial.suggestion.budget)  # its tag was another's
        gateway.observe(TrialEvent(order, EventKind.IMPORTED, replace(trial, suggestion=suggestion)))


def _ask(entry: Ask, gateway: TunerGateway, result: Replay) -> None:
    batch = gateway.promote(entry.n) if entry.promotions else gateway.suggest(entry.n)
    recorded = tuple(proposal.suggestion for proposal in entry.proposals)
    if not result.mismatch and (batch.suggestions != recorded or batch.status is not entry.status):
        trials = ", ".join(f"#{proposal.trial}" for proposal in entry.proposals) or "none"
        result.mismatch = f"the call that proposed trials {trials} proposes different ones now"
    nothing = entry.status is BatchStatus.READY and not recorded
    result.tuner_waits = nothing or entry.status is BatchStatus.WAIT
    if entry.status is BatchStatus.EXHAUSTED and not entry.promotions:
        result.exhausted = entry.reason
