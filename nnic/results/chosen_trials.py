"""Some trials of an experiment, in an order: what ``nnic trials`` is asked to show."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nnic.results.entries import status_of
from nnic.runtime.errors import WrongInputError
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.tuners.names import ParameterNames
from nnic.tuners.protocol import TrialState

STATUSES = (*(state.value for state in TrialState), "lost", "imported", "discarded")
_Key = Callable[[TrialRecord], Any]
_KEYS: dict[str, _Key] = {
    "number": lambda trial: trial.id,
    "status": lambda trial: trial.status.value,
    "steps": lambda trial: len(trial.reports),
    "budget": lambda trial: trial.budget,
    "started": lambda trial: trial.started,
    "seconds": lambda trial: trial.seconds,
}


def choose_trials(
    record: ExperimentRecord,
    trials: Iterable[TrialRecord],
    *,
    statuses: Sequence[str] = (),
    sort: str | None = None,
    reverse: bool = False,
    top: int | None = None,
    killed: bool = False,
) -> list[TrialRecord]:
    """Return the trials that are wanted, in the order that is wanted.

    Parameters
    ----------
    statuses
        Only trials of these statuses; all when empty.
    sort
        ``number`` (the default), ``metric`` (the best first), ``status``, ``steps``, ``budget``,
        ``started``, ``seconds``, or a parameter. Trials that have no such value come last.
    reverse
        In the opposite order, and still last those that have no value.
    top
        Only the best of them, the best first unless ``sort`` says another order.
    killed
        Whether the process that ran the experiment is gone.

    Raises
    ------
    WrongInputError
        When there is no such status, or nothing of this name to sort by.
    """
    for status in statuses:
        if status not in STATUSES:
            raise WrongInputError(f"--status {status!r} is unknown; there are {', '.join(STATUSES)}")
    found = [trial for trial in trials if not statuses or status_of(trial, killed) in statuses]
    if top is not None:
        found = _sorted(found, _loss(record), reverse=False)
        found = [trial for trial in found if _loss(record)(trial) is not None][:top]
    if sort is None and (top is not None or not reverse):
        return found[::-1] if reverse else found
    return _sorted(found, _key(record, sort or "number"), reverse)


def _sorted(trials: list[TrialRecord], key: _Key, reverse: bool) -> list[TrialRecord]:
    valued = [trial for trial in trials if key(trial) is not None]
    without = [trial for trial in trials if key(trial) is None]
    return sorted(valued, key=key, reverse=reverse) + without


def _key(record: ExperimentRecord, name: str) -> _Key:
    if name == "metric":
        return _loss(record)
    if name in _KEYS:
        return _KEYS[name]
    keys = ParameterNames(record.space).keys_of(name)
    if len(keys) != 1:
        shown = ", ".join((*_KEYS, "metric", *record.space.display_names().values()))
        problem = f"may be {' or '.join(keys)}" if keys else "is unknown"
        raise WrongInputError(f"--sort {name!r} {problem}; trials can be sorted by {shown}")
    key = keys[0]
    return lambda trial: _comparable(trial.parameters[key]) if key in trial.parameters else None


def _loss(record: ExperimentRecord) -> _Key:
    """Return what is smallest for the best trial."""
    sign = -1.0 if record.maximize else 1.0

    def loss(trial: TrialRecord) -> float | None:
        metric = trial.metric
        return None if metric is None or not math.isfinite(metric) else sign * metric

    return loss


def _comparable(value: object) -> tuple[bool, float, str]:
    """Return what sorts numbers by size before everything else by its text."""
    number = isinstance(value, (int, float))
    return (not number, float(value) if isinstance(value, (int, float)) else 0.0, str(value))
