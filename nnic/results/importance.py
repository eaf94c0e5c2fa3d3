"""How much each parameter of an experiment matters for its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nnic.runtime.errors import ExplainedError
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.runtime.text import join_fitting
from nnic.tuners.importance.measure import ImportanceReport, measure_importance


class ImportanceError(ExplainedError, ValueError):
    """The trials can't tell how much the parameters matter; the message says why."""


@dataclass(frozen=True, slots=True, repr=False)
class ExperimentImportance:
    """What the trials of one budget tell; ``budget`` is ``None`` where trials have none.

    ``names`` has the names of the parameters by their keys.
    """

    report: ImportanceReport
    budget: float | None
    names: Mapping[str, str] = field(default_factory=dict)

    def by_name(self) -> dict[str, float]:
        """Return the importance of each parameter by its name, the largest first."""
        return {self.names.get(p.key, p.key): p.value for p in self.report.parameters}

    def __repr__(self) -> str:
        parts = [f"{name} {value:.2f}" for name, value in self.by_name().items()]
        return f"<importance from {self.report.trials} trials: {join_fitting(parts, 60, ', ')}>"


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
    return ExperimentImportance(report, budget, record.space.display_names())


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
