"""Which annotated ranges become narrower after the results of an experiment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nnic.apply.narrow import FEWEST_TRIALS, Narrowed, narrow_space, stays
from nnic.apply.ranges import is_writable
from nnic.apply.refusals import ApplyError
from nnic.compile.compilation import Compilation
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import Value


def find_narrowed(
    record: ExperimentRecord,
    winner: TrialRecord,
    trials: Sequence[TrialRecord],
    compilation: Compilation,
) -> dict[str, Narrowed]:
    """Return what becomes of each parameter after the results of ``trials``, by key.

    Raises
    ------
    ApplyError
        When there are too few results.
    """
    results = _ranked(trials, record.maximize)
    if len(results) < FEWEST_TRIALS:
        raise ApplyError(
            f"too few trials to say: --narrow needs {FEWEST_TRIALS} that succeeded, {record.name} has "
            f"{len(results)}\n  More of them: nnic resume {record.name} --trials N; or leave --narrow out"
        )
    found = narrow_space(record.space, results, winner.parameters)
    return {key: _as_annotated(narrowed, compilation) for key, narrowed in found.items()}


def _ranked(trials: Sequence[TrialRecord], maximize: bool) -> list[Mapping[str, Value]]:
    """Return the configurations that succeeded, each once, the best first.

    With budgets, what was trained longer comes first: it was chosen for that, and short trainings don't
    compare with long ones.
    """
    found: dict[tuple[tuple[str, Value], ...], tuple[float, float]] = {}
    for trial in trials:
        if trial.status is TrialState.SUCCEEDED and trial.metric is not None and math.isfinite(trial.metric):
            rank = (-(trial.budget or 0.0), -trial.metric if maximize else trial.metric)
            config = tuple(trial.parameters.items())
            found[config] = min(rank, found.get(config, rank))
    return [dict(config) for config in sorted(found, key=found.__getitem__)]


def _as_annotated(narrowed: Narrowed, compilation: Compilation) -> Narrowed:
    """Return ``narrowed``, which stays where its annotation can't be written or is not what was searched."""
    assert compilation.program is not None
    key, searched = narrowed.parameter.key, narrowed.parameter
    if key not in compilation.program.space:
        return stays(searched, "it is no longer annotated")
    own = compilation.program.space[key]
    if own.sampler is not searched.sampler:
        return stays(searched, f"it was searched as {searched.sampler.value}, not as it is annotated")
    irs = [file.result.ir for file in compilation.files if file.result and file.result.ir]
    if not all(is_writable(t) for ir in irs for t in ir.tunables if t.key == key):
        return stays(searched, "it is a call in code, or a string with escapes or of parts")
    return replace(narrowed, parameter=own)
