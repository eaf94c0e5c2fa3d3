"""Which annotated ranges become narrower after the results of an experiment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nnic.apply.narrow import FEWEST_TRIALS, GOES, Narrowed, narrow_space, stays
from nnic.apply.ranges import is_writable
from nnic.apply.refusals import ApplyError, same_parameter
from nnic.compile.compilation import Compilation
from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import Parameter, SearchSpace, Value


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
            f"too few trials: --narrow needs {FEWEST_TRIALS} that succeeded, {record.name} has "
            f"{len(results)}\n  To run more: nnic resume {record.name} --trials N; or leave out --narrow"
        )
    found = narrow_space(record.space, results, winner.parameters)
    return {key: _as_annotated(narrowed, record.space, compilation) for key, narrowed in found.items()}


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


def _as_annotated(narrowed: Narrowed, searched: SearchSpace, compilation: Compilation) -> Narrowed:
    """Return ``narrowed`` for the annotation as it is now, which may be another one than was searched, or one
    that can't be written."""
    assert compilation.program is not None
    key, before = narrowed.parameter.key, narrowed.parameter
    space = compilation.program.space
    if not same_parameter(key, searched, space):
        return narrowed if narrowed.reason == GOES else stays(before, "it is no longer annotated")
    own = space[key]
    if own.sampler is not before.sampler:
        return stays(before, f"it was searched as {before.sampler.value}, not as it is annotated")
    if not narrowed.changes:
        return stays(own, narrowed.reason or "")
    irs = [file.result.ir for file in compilation.files if file.result and file.result.ir]
    if not all(is_writable(t) for ir in irs for t in ir.tunables if t.key == key):
        return stays(before, "it is a call in code, or a string with escapes or of several parts")
    return replace(narrowed, parameter=own) if own.args == before.args else _again(narrowed, before, own)


def _again(narrowed: Narrowed, before: Parameter, own: Parameter) -> Narrowed:
    """Return what becomes of ``own``, which an earlier apply made of ``before``: never more than it is."""
    if own.options:
        kept = tuple(i for i, option in enumerate(own.options) if before.option_of(option) in narrowed.kept)
        if not kept or len(kept) == len(own.options):
            return stays(own, "it is already as narrow")
        return Narrowed(own, tuple(own.options[place] for place in kept), kept=kept)
    if not own.sampler.bounded:
        return stays(own, "an earlier apply narrowed it")
    low, high = max(own.numbers[0], _bound(narrowed, 0)), min(own.numbers[1], _bound(narrowed, 1))
    args = (low, high, *own.args[2:])
    return Narrowed(own, args) if low < high and args != own.args else stays(own, "it is already as narrow")


def _bound(narrowed: Narrowed, place: int) -> float:
    """Return a bound of a range."""
    value = narrowed.args[place]
    assert isinstance(value, (int, float))
    return value
