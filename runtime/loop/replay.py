"""Replaying the committed log to a fresh tuner, which makes it exactly what the log says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.store.event_log import Entry, EventLog, suggestion_to_json
from nnic.tuners.protocol import BatchStatus, Decision, EventKind


@dataclass(slots=True)
class Replay:
    """What a log gives beside its event_log.

    Parameters
    ----------
    told
        Number of steps that the tuner was told of each trial.
    decided
        What was decided about trials; those that have ended since are in it too.
    waits
        The tuner had nothing to propose before the next event.
    exhausted
        Why it has nothing to propose any more, ``None`` when it may have.
    mismatch
        The first call of ``suggest`` that gave something else than it did, as a sentence.
    """

    told: dict[int, int] = field(default_factory=dict)
    decided: dict[int, Decision] = field(default_factory=dict)
    waits: bool = False
    exhausted: str | None = None
    mismatch: str = ""


def replay(log: Sequence[Entry], gateway: TunerGateway, event_log: EventLog) -> Replay:
    """Apply ``log`` to ``event_log``, and make the same calls of the tuner in the same order.

    The assessor is not asked again: its decisions are in the log.

    Raises
    ------
    TunerError
        When the tuner raises.
    """
    result = Replay()
    for kind, data in log:
        if kind == "ask":
            _ask(data, gateway, result)
        event = event_log.apply(kind, data)
        if event is not None:
            result.waits = result.waits and event.kind is EventKind.STARTED
            if event.kind is EventKind.REPORT:
                result.told[event.trial.id] = data["step"] + 1
            gateway.observe(event)
        if kind == "attempt":
            result.decided.pop(data["trial"], None)
        if kind == "decision":
            result.decided[data["trial"]] = Decision(max(data["tuner"], data["assessor"]))
    return result


def _ask(data: dict[str, Any], gateway: TunerGateway, result: Replay) -> None:
    ask = gateway.promote if data.get("promotions") else gateway.suggest
    batch = ask(data["n"])
    proposed = [suggestion_to_json(suggestion) for suggestion in batch.suggestions]
    recorded = [{k: v for k, v in entry.items() if k != "trial"} for entry in data["suggestions"]]
    status = BatchStatus(data["status"])
    if not result.mismatch and (proposed != recorded or batch.status is not status):
        trials = ", ".join(f"#{entry['trial']}" for entry in data["suggestions"]) or "none"
        result.mismatch = f"the call that gave trials {trials} gives other ones now"
    result.waits = status is BatchStatus.WAIT or (status is BatchStatus.READY and not recorded)
    if status is BatchStatus.EXHAUSTED and not data.get("promotions"):
        result.exhausted = data["reason"]
