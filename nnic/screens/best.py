"""The best configuration beside the script's own values."""

from __future__ import annotations

from nnic.runtime.store.records import ExperimentRecord, TrialRecord
from nnic.screens.format import format_metric, table
from nnic.screens.values import ShownSpace


def describe_gain(gain: float) -> str:
    """Return how much better a result is than that of the script's own values."""
    return f"{format_metric(abs(gain))} {'better' if gain >= 0 else 'worse'} than your values"


def render_best(record: ExperimentRecord, winner: TrialRecord, baseline: TrialRecord | None) -> str:
    """Return how the best trial differs from trial 0, which has the script's own values."""
    own = None if baseline is None else baseline.metric
    line = f"{record.name}   best #{winner.id}   {format_metric(winner.metric)}"
    if winner.baseline:
        line += "   (your own values: no other configuration did better)"
    elif own is not None and winner.metric is not None:
        gain = winner.metric - own if record.maximize else own - winner.metric
        line += f"   ({describe_gain(gain)}, {format_metric(own)})"
    space = ShownSpace(record.space)
    rows = []
    for parameter in record.space:
        key = parameter.key
        before = baseline.parameters if baseline is not None else {}
        rows.append(
            (
                f"  {space.names[key]}",
                space.value(key, winner.parameters[key], 200) if key in winner.parameters else "-",
                space.value(key, before[key], 200) if key in before else "-",
            )
        )
    # An option that neither of the two chose has nothing to tell.
    rows = [row for row in rows if row[1:] != ("-", "-")]
    fixed = [f"  {name} is not searched: it is fixed by {text}" for name, text in record.config.fixed.items()]
    return "\n".join([line, *table(("  parameter", "best", "yours"), rows), *fixed])
