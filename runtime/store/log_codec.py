"""The entries of the log as the store keeps them: a kind and a JSON text.

The log is what a resume trusts: an entry of a kind or of a version that is not known here is an
error, never passed over. An entry without a version is of the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnic.runtime import encoding
from nnic.runtime.failures import failure_from_text, failure_to_text
from nnic.runtime.fields import Fields
from nnic.runtime.store.log_entries import (
    Ask,
    Attempt,
    Baseline,
    Begin,
    Change,
    Decided,
    Enqueued,
    Event,
    Imported,
    LogEntry,
    Note,
    Proposal,
    TrialEnded,
    TrialReported,
    TrialStarted,
    Turned,
)
from nnic.tuners.protocol import BatchStatus, Decision, EventKind, Report, Suggestion, TrialState

VERSION = 1


class UnknownEntryError(ValueError):
    """The entry is of a kind or a version that this nnic does not know."""


def encode_entry(entry: LogEntry) -> tuple[str, str]:
    """The kind of an entry, and its text in the store."""
    kind, data = _encode(entry)
    return kind, encoding.dumps(data)


def decode_entry(kind: str, text: str) -> LogEntry:
    """Inverse of :func:`encode_entry`.

    Raises
    ------
    UnknownEntryError
        When the kind or the version is not known.
    ValueError
        When the text is no entry of this kind.
    """
    decode = _DECODERS.get(kind)
    if decode is None:
        raise UnknownEntryError(f"its kind is {kind!r}")
    fields = Fields.of_text(text)
    if fields.version() != VERSION:
        raise UnknownEntryError(f"its version is {fields.version()}, but this nnic knows {VERSION}")
    return decode(fields)


def _encode(entry: LogEntry) -> tuple[str, Mapping[str, object]]:
    if isinstance(entry, Event):
        return "event", {"order": entry.order, **_encode_change(entry.change)}
    if isinstance(entry, Note):
        return "note", _encode_change(entry.change)
    if isinstance(entry, Ask):
        proposals = [{"trial": p.trial, **_encode_suggestion(p.suggestion)} for p in entry.proposals]
        ask: dict[str, object] = {"n": entry.n, "status": entry.status.value, "reason": entry.reason}
        return "ask", {**ask, "suggestions": proposals, **({"promotions": True} if entry.promotions else {})}
    if isinstance(entry, Decided):
        answers = {"tuner": int(entry.tuner), "assessor": int(entry.assessor)}
        return "decision", {"order": entry.order, "trial": entry.trial, **answers}
    if isinstance(entry, Attempt):
        steps = {"steps": entry.steps} if entry.steps else {}
        return "attempt", {"trial": entry.trial, "attempt": entry.attempt, **steps}
    if isinstance(entry, Turned):
        return "direction", {"maximize": entry.maximize}
    if isinstance(entry, Baseline):
        return "baseline", {"trial": entry.trial, "config": dict(entry.config)}
    if isinstance(entry, Enqueued):
        return "enqueue", {"trial": entry.trial, **_encode_suggestion(entry.suggestion)}
    if isinstance(entry, Imported):
        return "import", {"trial": entry.trial, **_encode_suggestion(entry.suggestion)}
    return "begin", {"seed": entry.seed, "jobs": entry.jobs, "trials": entry.trials}


def _encode_suggestion(suggestion: Suggestion) -> dict[str, object]:
    return {
        "config": dict(suggestion.config),
        "budget": suggestion.budget,
        "parent": suggestion.parent,
        "parent_step": suggestion.parent_step,
        "tag": suggestion.tag,
    }


def _encode_change(change: Change) -> dict[str, object]:
    if isinstance(change, TrialStarted):
        return {"event": change.kind.value, "trial": change.trial}
    if isinstance(change, TrialReported):
        return {
            "event": change.kind.value,
            "trial": change.trial,
            "attempt": change.attempt,
            "step": change.report.step,
            "value": change.report.values[0],
            "metrics": dict(change.report.metrics),
        }
    return {
        "event": change.kind.value,
        "trial": change.trial,
        "state": change.state.value,
        "value": change.value,
        "failure": failure_to_text(change.failure),
    }


def _decode_suggestion(fields: Fields) -> Suggestion:
    return Suggestion(
        fields.config("config"),
        fields.optional_number("budget"),
        fields.optional_integer("parent"),
        fields.optional_integer("parent_step"),
        fields.text("tag"),
    )


def _decode_change(fields: Fields) -> Change:
    try:
        kind = EventKind(fields.text("event"))
    except ValueError:
        raise UnknownEntryError(f"it contains the unknown event {fields.text('event')!r}") from None
    trial = fields.integer("trial")
    if kind is EventKind.STARTED:
        return TrialStarted(trial)
    if kind is EventKind.REPORT:
        report = Report(fields.integer("step"), (fields.number("value"),), fields.numbers("metrics"))
        return TrialReported(trial, fields.integer("attempt"), report)
    failure = failure_from_text(fields.optional_text("failure"))
    state, value = TrialState(fields.text("state")), fields.optional_number("value")
    return TrialEnded(trial, state, value, failure, kind is EventKind.IMPORTED)


def _decode_ask(fields: Fields) -> Ask:
    return Ask(
        fields.integer("n"),
        BatchStatus(fields.text("status")),
        fields.text("reason"),
        tuple(Proposal(f.integer("trial"), _decode_suggestion(f)) for f in fields.objects("suggestions")),
        fields.flag("promotions"),
    )


def _decode_decided(fields: Fields) -> Decided:
    answers = Decision(fields.integer("tuner")), Decision(fields.integer("assessor"))
    return Decided(fields.integer("order"), fields.integer("trial"), *answers)


_DECODERS: Mapping[str, Callable[[Fields], LogEntry]] = {
    "begin": lambda f: Begin(f.integer("seed"), f.integer("jobs"), f.optional_integer("trials")),
    "baseline": lambda f: Baseline(f.integer("trial"), f.config("config")),
    "ask": _decode_ask,
    "enqueue": lambda f: Enqueued(f.integer("trial"), _decode_suggestion(f)),
    "import": lambda f: Imported(f.integer("trial"), _decode_suggestion(f)),
    "attempt": lambda f: Attempt(
        f.integer("trial"), f.integer("attempt"), f.integer("steps") if "steps" in f else 0
    ),
    "note": lambda f: Note(_decode_change(f)),
    "event": lambda f: Event(f.integer("order"), _decode_change(f)),
    "decision": _decode_decided,
    "direction": lambda f: Turned(f.flag("maximize")),
}
