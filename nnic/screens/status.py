"""The experiments of a project, or one of them, as a person looks at them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence

from nnic.results.secrets import mask_secrets
from nnic.results.status import ExperimentStatus
from nnic.screens.commands import command
from nnic.screens.failure import unread_texts
from nnic.screens.format import format_metric, format_seconds, local_time, table
from nnic.screens.requests import describe_request
from nnic.screens.values import ShownSpace


def render_experiments(found: Sequence[ExperimentStatus], problems: Mapping[str, str] | None = None) -> str:
    """Return a line an experiment; of those that can't be read, why, from ``problems`` by their names."""
    rows = []
    for status in found:
        record, best = status.record, status.best
        total, limit = sum(status.trials.values()), record.config.trials
        rows.append(
            (
                record.name,
                status.state,
                f"{total}/{limit}" if limit else str(total),
                record.config.tuner,
                "-" if best is None else f"{format_metric(best.metric)} (#{best.id})",
                local_time(record.created),
            )
        )
    rows += [(name, "unknown", "-", "-", "-", "-") for name in problems or {}]
    lines = table(("experiment", "state", "trials", "tuner", "best", "started"), rows)
    return "\n".join([*lines, *(problems or {}).values()])


def render_experiment(status: ExperimentStatus) -> str:
    """Return how one experiment stands, and what comes next."""
    record, config = status.record, status.record.config
    counts = ", ".join(f"{count} {state}" for state, count in status.trials.items()) or "none yet"
    direction = "maximize" if record.maximize else "minimize"
    state = status.state + (f" (process {status.process})" if status.process else "")
    why = f"  ({config.tuner_note})" if config.tuner_note else ""
    lines = [
        f"{record.name}   {state}   {format_seconds(record.elapsed_s)}",
        *([] if config.script or config.argv[0] == sys.executable else [f"  python   {config.argv[0]}"]),
        f"  command  {shlex.join(mask_secrets(config.command))}",
        f"  search   {config.search}, {direction}{why}",
        *(f"  fixed    {name} by {text}" for name, text in config.fixed.items()),
        f"  trials   {counts}{' of ' + str(config.trials) if config.trials else ''}",
    ]
    lines += [f"  unread   {text}" for text in unread_texts(record)]
    if status.best is not None:
        lines.append(
            f"  best     #{status.best.id}  {format_metric(status.best.metric)}   "
            f"{command('best', record.name)}"
        )
    for wait in () if status.process is None else record.waits:
        name = "the next trial" if wait.trial is None else f"#{wait.trial}"
        lines.append(f"  waiting  {name} {wait.reason}")
    limits = [
        f"{format_seconds(limit)} {what}"
        for limit, what in ((config.time_s, "in all"), (config.trial_time_s, "a trial"))
        if limit is not None
    ]
    if limits:
        lines.append(f"  limits   {', '.join(limits)}")
    space = ShownSpace(record.space)
    for stored in status.requests:
        when = "as soon as possible" if status.process else f"by {command('resume', record.name)}"
        lines.append(f"  asked    {describe_request(stored.request, space)}, to be done {when}")
    if record.reason:
        lines.append(f"  reason   {record.reason}")
    if status.state in ("killed", "interrupted"):
        lines.append(f"  next     {command('resume', record.name)}")
    return "\n".join(lines)
