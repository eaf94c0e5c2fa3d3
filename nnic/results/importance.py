"""How much each parameter of an experiment matters for its result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnic.runtime.errors import ExplainedError
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.tuners.importance.measure import ImportanceReport, measure_importance


class ImportanceError(ExplainedError, ValueError):
    """The trials can't tell how much the parameters matter; the message says why."""


@dataclass(frozen=True, slots=True)
class ExperimentImportance:
    """What the trials of one budget tell; ``budget`` is ``None`` where trials have none."""

    report: ImportanceReport
    budget: float | None


def find_importance(
    record: ExperimentRecord, trials: Iterable[TrialRecord], method: str, best: float
) -> ExperimentImportance:
    """Return how much each parameter matters, from those trials that compare with each other.

    Parameters
    ----------
    method
        ``fanova`` (the part of the results' variance that a parameter explains) or ``ped-anova`` (how
        much it matters for being among the best).
    best
        For ``ped-anova``: the part of the trials that is the best, between 0 and 1.

    Raises
    ------
    ImportanceError
        When there are too few of them, or they are all alike.
    """
    compared, budget = _comparable(trials)
    sign = -1.0 if record.maximize else 1.0
    configs = [trial.parameters for trial in compared]
    losses = [sign * trial.metric for trial in compared if trial.metric is not None]
    try:
        report = measure_importance(record.space, configs, losses, method, best)
    except ValueError as error:
        raise ImportanceError(f"{record.name}: {error}") from None
    return ExperimentImportance(report, budget)


def _comparable(trials: Iterable[TrialRecord]) -> tuple[list[TrialRecord], float | None]:
    """Return the trials with a result, of that budget which the most of them had (the largest of those)."""
    found = [trial for trial in trials if trial.metric is not None]
    counts: dict[float | None, int] = {}
    for trial in found:
        counts[trial.budget] = counts.get(trial.budget, 0) + 1
    if not counts:
        return [], None
    budget = max(counts, key=lambda b: (counts[b], b or 0.0))
    return [trial for trial in found if trial.budget == budget], budget
