"""The results of earlier experiments, for a new one to begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from nnic.results.earlier_results import EarlierResults, take_result
from nnic.runtime.errors import WrongInputError
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.runtime.store.request_kinds import EarlierResult, ImportResults
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import Parameter, SearchSpace, Value


class OtherDirectionError(WrongInputError):
    """An earlier experiment searched in the other direction."""

    def __init__(self, record: ExperimentRecord) -> None:
        did, does = ("maximized", "minimize") if record.maximize else ("minimized", "maximize")
        super().__init__(
            f"{record.name} {did} its metric, and this run is to {does} its own.\n"
            f"  If that was a mistake and the metric is the same, change it: nnic resume {record.name} "
            f"--{does};\n"
            f"  or import its results: nnic export {record.name} --out earlier.csv, then --import "
            "earlier.csv in place of --warm-start.\n"
            f"  If the script reports another value now, such as the negated one, start without --warm-start"
        )


def direction_of(home: Path, experiments: Iterable[str]) -> bool:
    """Return whether experiments maximized their metric.

    Raises
    ------
    UnknownExperimentError
        When there is no such experiment.
    """
    with StoreReader(home) as reader:
        return all(reader.experiment(name).maximize for name in experiments)


def earlier_results(
    home: Path,
    experiments: Iterable[str],
    space: SearchSpace,
    maximize: bool,
    stated: Mapping[str, Value] | None = None,
) -> EarlierResults:
    """Return what the trials of ``experiments`` gave, as configurations of ``space``.

    A parameter is found by its full key, else by its key without the module, else by its name, as
    far as these are unambiguous. ``stated`` has the values that parameters had which were not searched
    then, by their keys. Of trials with budgets those with the largest one are taken.

    Raises
    ------
    UnknownExperimentError
        When there is no such experiment.
    OtherDirectionError
        When an experiment's metric is better in the other direction.
    """
    found = EarlierResults()
    with StoreReader(home) as reader:
        for name in experiments:
            record = reader.experiment(name)
            if record.maximize is not maximize:
                raise OtherDirectionError(record)
            _take_trials(found, space, record, reader.trials(record), stated)
    return found


def _take_trials(
    found: EarlierResults,
    space: SearchSpace,
    record: ExperimentRecord,
    trials: Iterable[TrialRecord],
    stated: Mapping[str, Value] | None,
) -> None:
    keys = _same_keys(record.space, space)
    lost = [name for key, name in record.space.display_names().items() if key not in keys]
    if lost:
        found.problems.append(f"{record.name}: this search space has no parameter {', '.join(lost)}")
        return
    ended = [trial for trial in trials if trial.status is TrialState.SUCCEEDED]
    whole = max((trial.budget for trial in ended if trial.budget is not None), default=None)
    for trial in ended:
        if trial.budget == whole:
            config = {keys[key]: value for key, value in trial.parameters.items()}
            take_result(found, space, f"{record.name} #{trial.id}", config, trial.metric, stated)


def _same_keys(old: SearchSpace, new: SearchSpace) -> dict[str, str]:
    """Return the key in ``new`` of each parameter of ``old`` that is there."""
    found = {}
    ways: tuple[Callable[[Parameter], str], ...] = (
        lambda parameter: parameter.key,
        lambda parameter: parameter.key.split("/", 1)[-1],
        lambda parameter: parameter.name,
    )
    for way in ways:
        theirs, ours = Counter(map(way, old)), Counter(map(way, new))
        places = {way(parameter): parameter.key for parameter in new}
        for parameter in old:
            word = way(parameter)
            if parameter.key not in found and theirs[word] == ours[word] == 1:
                found[parameter.key] = places[word]
    return found


def import_request(found: EarlierResults) -> ImportResults:
    """Return the request that tells a tuner these results."""
    return ImportResults(tuple(EarlierResult(config, value) for config, value in found.results))
