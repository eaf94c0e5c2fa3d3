"""What a person reads when a run has ended: what became of its trials, what was odd, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from nnic.results.edges import Edge, find_edges
from nnic.runtime.loop.observer import RunResult
from nnic.runtime.store.records import ExperimentRecord, ExperimentState, TrialRecord
from nnic.runtime.text import counted
from nnic.screens.commands import command
from nnic.screens.failure import count_failures, unread_texts
from nnic.screens.format import format_value
from nnic.screens.values import ShownSpace
from nnic.tuners.protocol import TrialState

_MOST_WARNINGS = 5
_ENOUGH_FOR_IMPORTANCE = 10  # succeeded trials, below which nothing can be said


def render_counts(record: ExperimentRecord, trials: Sequence[TrialRecord]) -> str:
    """Return ``18 succeeded, 2 failed (AssertionError x2): nnic logs NAME 2``, ``""`` without a trial."""
    counts = record.counts
    parts = []
    for state in (s for s in TrialState if s is not TrialState.FAILED and counts.get(s)):
        parts.append(f"{counts[state]} {state.value}")
    discarded = sum(trial.discarded is not None for trial in trials)
    if discarded:
        parts.append(f"{discarded} discarded")
    failed = [trial for trial in trials if trial.status is TrialState.FAILED and trial.discarded is None]
    if failed:
        logs = command("logs", record.name, failed[0].id)
        parts.append(f"{len(failed)} failed ({count_failures(failed)}): {logs}")
    return ", ".join(parts)


def render_edges(record: ExperimentRecord, trials: Iterable[TrialRecord]) -> list[str]:
    """Return a sentence for each parameter whose best value is at an edge of its range."""
    space = ShownSpace(record.space)
    return [_edge(space, edge) for edge in find_edges(record, trials)]


def _edge(space: ShownSpace, edge: Edge) -> str:
    what = f"{space.names[edge.key]} = {format_value(edge.value)}"
    side = "upper" if edge.upper else "lower"
    where = f"beyond the {side} edge" if edge.beyond else f"at the {side} edge"
    return f"{what} is {where} of its range, {format_value(edge.limit)}: a wider one may be better"


def render_warnings(warnings: Mapping[str, int]) -> list[str]:
    """Return the warnings of a run once more, each once, with how often it came."""
    lines = [f"warning: {text}{f' ({count} times)' if count > 1 else ''}" for text, count in warnings.items()]
    if len(lines) > _MOST_WARNINGS:
        lines[_MOST_WARNINGS:] = [f"warning: {counted(len(lines) - _MOST_WARNINGS, 'more warning')} above"]
    return lines


def render_end(
    record: ExperimentRecord,
    result: RunResult,
    trials: Sequence[TrialRecord],
    warnings: Sequence[str],
    say: Callable[[str], str] = str,
) -> Iterator[str]:
    """Return what a person should know before the result is used, and what to do next.

    ``say`` turns a command into what its reader types, as :func:`nnic.screens.speech.said` does.
    """
    yield from (f"  {text}" for text in unread_texts(record) if not any(text in said for said in warnings))
    yield from (f"  {line}" for line in (*render_edges(record, trials), *warnings))
    if result.state is ExperimentState.DONE and result.best is not None:
        yield render_next(record, result.best, say)


def render_next(record: ExperimentRecord, best: TrialRecord, say: Callable[[str], str] = str) -> str:
    """Return the commands that make sense after a run that is done, each with what it does."""
    rows = [(say(typed), what) for typed, what in _next(record, best)]
    width = max(len(typed) for typed, _ in rows)
    return "\n".join(
        f"{'next:' if number == 0 else '':5} {typed:{width}}  {what}"
        for number, (typed, what) in enumerate(rows)
    )


def _next(record: ExperimentRecord, best: TrialRecord) -> Iterator[tuple[str, str]]:
    if not best.baseline:
        yield command("apply", record.name, "--dry-run"), "the best values as a diff of your source"
    yield command("trials", record.name, "--top", 5), "the best trials"
    if record.counts.get(TrialState.SUCCEEDED, 0) >= _ENOUGH_FOR_IMPORTANCE:
        yield command("importance", record.name), "how much each parameter matters"
    if best.baseline and record.config.trials is not None:
        more = 2 * record.config.trials
        yield command("resume", record.name, "--trials", more), "search on"
