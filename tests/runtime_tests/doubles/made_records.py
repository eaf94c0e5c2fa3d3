"""Records of experiments and trials, as the store returns them, for what only reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnic.runtime.config import RunConfig
from nnic.runtime.store.records import ExperimentRecord, ExperimentState, TrialRecord
from nnic.tuners.protocol import Failure, Report, TrialState
from nnic.tuners.space import Origin, Parameter, Sampler, SearchSpace, Value


def number(name: str, sampler: str, *args: float) -> Parameter:
    return Parameter(f"train/{name}/{sampler}", Sampler(sampler), args)


def choice(name: str, *options: Value, written: Sequence[str] = ()) -> Parameter:
    origin = Origin("train.py", 1, 1, option_sources=tuple(written or map(repr, options)))
    return Parameter(f"train/{name}/choice", Sampler.CHOICE, options, origin=origin)


def record(
    parameters: Sequence[Parameter], trials: Sequence[TrialRecord] = (), **settings: Any
) -> ExperimentRecord:
    config = RunConfig(Path("/home"), "train-1a2b", ("python", "train.py"), Path("/work"), **settings)
    counts = Counter(trial.status for trial in trials)
    space = SearchSpace(tuple(parameters))
    state = ExperimentState.DONE
    return ExperimentRecord("train-1a2b", state, "", 0.0, 2.0, 2.0, config, space, {}, {}, counts)


def trial(
    number: int,
    metric: float | None,
    values: Mapping[str, Value],
    parameters: Sequence[Parameter],
    *,
    curve: Sequence[float] = (),
    error: Failure | None = None,
    **more: Any,
) -> TrialRecord:
    keys = {parameter.name: parameter.key for parameter in parameters}
    return TrialRecord(
        number,
        TrialState.SUCCEEDED if error is None else TrialState.FAILED,
        0,
        {keys[name]: value for name, value in values.items()},
        Path("/nowhere"),
        metric,
        reports=tuple(Report(step, (value,)) for step, value in enumerate(curve)),
        started=1.0,
        ended=2.0,
        error=error,
        **more,
    )
