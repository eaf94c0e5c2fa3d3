"""How much each parameter matters, as bars."""

from __future__ import annotations

from nnic.results.importance import ExperimentImportance
from nnic.runtime.store.records import ExperimentRecord
from nnic.runtime.text import counted
from nnic.screens.format import table

_BAR = 24  # characters of a bar that says everything
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_POOR = 0.3  # quality below which the figures are called uncertain


def render_importance(record: ExperimentRecord, found: ExperimentImportance) -> str:
    """Return a line a parameter, the most important first, with a bar as long as its part."""
    report, budget = found.report, found.budget
    names = record.space.display_names()
    some = any(p.present < 1 for p in report.parameters)
    rows = []
    for p in report.parameters:
        row = [f"  {names[p.key]}", f"{p.value:.2f}", f"{p.low:.2f} to {p.high:.2f}"]
        row += [f"{100 * p.present:.0f} %"] if some else []
        rows.append((*row, _bar(p.value)))
    if report.joint is not None:
        rows.append(("  (together)", f"{report.joint:.2f}", *([""] * (1 + some)), _bar(report.joint)))
    header = ("  parameter", "part", "95 %", *(("exists",) if some else ()), "")
    what = "the results' variance" if report.method == "fanova" else "what makes the best trials"
    with_budget = "" if budget is None else f" with budget {budget:g}"
    lines = [f"{record.name}   parts of {what}, from {counted(report.trials, 'trial')}{with_budget}"]
    lines += table(header, rows, right=(1,))
    if report.quality is not None and report.quality < _POOR:
        seen = max(report.quality, 0.0)
        lines.append(
            f"  uncertain: the model explains {100 * seen:.0f} % of the variance of trials that it has not "
            "seen; more trials help"
        )
    return "\n".join(lines)


def _bar(part: float) -> str:
    eighths = round(part * _BAR * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
