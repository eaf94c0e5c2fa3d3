"""A trial whose user does not trust its result: what its record becomes, and what the log says of it.

It counts as failed from then on, so that no report has it; what it had is kept beside it, to be taken back.
The tuner is told that the trial has ended once more, as an event of the log like any other, so a resume
tells it the same at the same place.
"""

from __future__ import annotations

from dataclasses import replace

from nnic.runtime.store.log_entries import TrialEnded
from nnic.runtime.store.records import Discarded, Origin, TrialRecord
from nnic.tuners.protocol import Failure, FailureKind, TrialState
from nnic.tuners.space import SearchSpace

_WITH_RESULT = (TrialState.SUCCEEDED, TrialState.STOPPED, TrialState.PAUSED)


def why_not_discarded(trial: TrialRecord, undo: bool) -> str:
    """Return why the result of a trial cannot be discarded, or with ``undo`` count again."""
    if undo:
        return "" if trial.discarded is not None else f"trial {trial.id} is not discarded"
    if trial.discarded is not None:
        return f"trial {trial.id} is already discarded"
    if not trial.status.ended:
        return f"trial {trial.id} is {trial.status.value}; end it first: nnic stop --trial {trial.id}"
    if trial.status not in _WITH_RESULT:
        return f"trial {trial.id} is {trial.status.value}, so it has no result to discard"
    return ""


def discard_record(trial: TrialRecord) -> TrialRecord:
    """Return the record of a trial that :func:`why_not_discarded` says nothing against."""
    had = "" if trial.latest is None else f": {trial.latest!r}"
    failure = Failure(FailureKind.DISCARDED, f"the user discarded its result{had}")
    kept = Discarded(trial.status, trial.metric, trial.metrics)
    return replace(trial, status=TrialState.FAILED, metric=None, metrics={}, error=failure, discarded=kept)


def restore_record(trial: TrialRecord) -> TrialRecord:
    """Return the record of a discarded trial as it was before."""
    kept = trial.discarded
    assert kept is not None
    return replace(
        trial, status=kept.status, metric=kept.metric, metrics=kept.metrics, error=None, discarded=None
    )


def end_again(trial: TrialRecord) -> TrialEnded:
    """Return what the log says of a trial that was discarded or restored.

    The results of imported trials and of trial 0 were told as imported ones, and are again.
    """
    imported = trial.baseline or trial.origin is Origin.IMPORTED
    return TrialEnded(trial.id, trial.status, trial.metric, trial.error, imported)


def is_told(trial: TrialRecord, space: SearchSpace) -> bool:
    """Return whether the tuner hears of it: not of trial 0 where the script's own values are outside."""
    return not trial.baseline or space.contains(trial.parameters)
