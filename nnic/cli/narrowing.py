"""``nnic apply --narrow``: which ranges become narrower, and telling of it."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nnic.cli.errors import CommandError

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.apply.narrow import Narrowed
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord
    from nnic.tuners.space import Parameter, Value


def find_narrowed(
    record: ExperimentRecord,
    winner: TrialRecord,
    trials: Sequence[TrialRecord],
    compilation: Compilation,
) -> dict[str, Narrowed]:
    """What becomes of each parameter after the results of ``trials``.

    Raises
    ------
    CommandError
        When there are too few results.
    """
    from nnic.apply.narrow import FEWEST_TRIALS, narrow_space

    results = _ranked(trials, record.maximize)
    if len(results) < FEWEST_TRIALS:
        raise CommandError(
            f"too few trials to say: --narrow needs {FEWEST_TRIALS} that succeeded, {record.name} has "
            f"{len(results)}\n  More of them: nnic resume {record.name} --trials N; or leave --narrow out"
        )
    found = narrow_space(record.space, results, winner.parameters)
    return {key: _as_annotated(narrowed, compilation) for key, narrowed in found.items()}


def _ranked(trials: Sequence[TrialRecord], maximize: bool) -> list[Mapping[str, Value]]:
    """The configurations that succeeded, each once, the best first.

    With budgets, what was trained longer comes first: it was chosen for that, and short trainings don't
    compare with long ones.
    """
    from nnic.tuners.protocol import TrialState

    found: dict[tuple[tuple[str, Value], ...], tuple[float, float]] = {}
    for trial in trials:
        if trial.status is TrialState.SUCCEEDED and trial.metric is not None and math.isfinite(trial.metric):
            rank = (-(trial.budget or 0.0), -trial.metric if maximize else trial.metric)
            config = tuple(trial.parameters.items())
            found[config] = min(rank, found.get(config, rank))
    return [dict(config) for config in sorted(found, key=found.__getitem__)]


def _as_annotated(narrowed: Narrowed, compilation: Compilation) -> Narrowed:
    """``narrowed``, which stays where its annotation can't be written or is not what was searched."""
    from nnic.apply.narrow import stays
    from nnic.apply.ranges import is_writable

    assert compilation.program is not None
    key, searched = narrowed.parameter.key, narrowed.parameter
    if key not in compilation.program.space:
        return stays(searched, "it is no longer annotated")
    own = compilation.program.space[key]
    if own.sampler is not searched.sampler:
        return stays(
            narrowed.parameter, f"it was searched as {searched.sampler.value}, not as it is annotated"
        )
    irs = [file.result.ir for file in compilation.files if file.result and file.result.ir]
    if not all(is_writable(t) for ir in irs for t in ir.tunables if t.key == key):
        return stays(searched, "it is a call in code, or a string with escapes or of parts")
    return replace(narrowed, parameter=own)


def print_narrowed(record: ExperimentRecord, found: Mapping[str, Narrowed]) -> None:
    """Tell of every parameter what it was narrowed to, or why it was not."""
    from nnic.screens.format import table

    names = record.space.display_names()
    rows = []
    for key, narrowed in found.items():
        was, now = (_described(narrowed.parameter, a) for a in (narrowed.parameter.args, narrowed.args))
        outcome = now if narrowed.changes else f"stays: {narrowed.reason}"
        rows.append((f"  {names.get(key, key)}", was, outcome))
    print("\n".join(table(("  parameter", "was", "narrowed to"), rows)), file=sys.stderr)


def _described(parameter: Parameter, args: Sequence[Value]) -> str:
    from nnic.runtime.text import format_number
    from nnic.screens.format import format_value

    if parameter.options:
        return f"choice({', '.join(map(format_value, args))})"
    shown = ", ".join(format_number(arg, 6) for arg in args if isinstance(arg, (int, float)))
    return f"{parameter.sampler.value}({shown})"


def narrowing_entries(found: Mapping[str, Narrowed]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {
            "parameter": key,
            "type": narrowed.parameter.sampler.value,
            "before": list(narrowed.parameter.args),
            "after": list(narrowed.args),
            "why": narrowed.reason or None,
        }
        for key, narrowed in found.items()
    ]
