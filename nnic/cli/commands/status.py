"""``nnic status``: the experiments of a project, or one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.experiments import is_killed, open_project
from nnic.cli.output import print_json
from nnic.cli.requesting import describe_request
from nnic.results.jsonable import iso_time

if TYPE_CHECKING:
    from nnic.runtime.store.reader import StoreReader
    from nnic.runtime.store.records import ExperimentRecord


@app.command()
def status(exp: ExperimentArgument = None, format: FormatOption = Format.TEXT) -> None:
    """Show the experiments of this project, or one of them."""
    with open_project() as reader:
        records = reader.experiments() if exp is None else (reader.experiment(exp),)
        entries = [_entry(reader, record) for record in records]
    if format is Format.JSON:
        print_json(entries)
    elif exp is None:
        _print_table(entries)
    else:
        _print_one(entries[0])


def _entry(reader: StoreReader, record: ExperimentRecord) -> dict[str, Any]:
    from nnic.runtime.store.lock import find_manager
    from nnic.runtime.store.requests import pending_requests

    killed = is_killed(reader, record)
    manager = find_manager(reader.home, record.name)
    counts = {state.value: count for state, count in record.counts.items()}
    if manager is None and "running" in counts:
        counts["lost"] = counts.pop("running")
    best = reader.best(record)
    return {
        "experiment": record.name,
        "state": "killed" if killed else record.state.value,
        "reason": record.reason,
        "pid": None if manager is None else manager.pid,
        "command": list(record.config.argv[1:]),
        "tuner": record.config.tuner,
        "plan": record.config.tuner_options.get("plan") if record.config.tuner == "auto" else None,
        "why": record.config.tuner_note or None,
        "search": record.config.search,
        "assessor": record.config.assessor,
        "maximize": record.maximize,
        "created": iso_time(record.created),
        "elapsed_s": record.elapsed_s,
        "limit": record.config.trials,
        "time_s": record.config.time_s,
        "trial_time_s": record.config.trial_time_s,
        "jobs": record.config.jobs,
        "trials": counts,
        "best": None if best is None else {"trial": best.id, "metric": best.metric},
        "waits": [] if manager is None else [wait._asdict() for wait in record.waits],
        "asked": [
            {
                "kind": stored.request.kind,
                "what": describe_request(stored.request, record.space.display_names()),
            }
            for stored in pending_requests(reader.home, record.name)
        ],
    }


def _print_table(entries: list[dict[str, Any]]) -> None:
    from nnic.screens.format import format_metric, table

    rows = []
    for entry in entries:
        total = sum(entry["trials"].values())
        best = entry["best"]
        rows.append(
            (
                entry["experiment"],
                entry["state"],
                f"{total}/{entry['limit']}" if entry["limit"] else str(total),
                entry["tuner"],
                "-" if best is None else f"{format_metric(best['metric'])} (#{best['trial']})",
                entry["created"][:16].replace("T", " "),
            )
        )
    print("\n".join(table(("experiment", "state", "trials", "tuner", "best", "started (UTC)"), rows)))


def _print_one(entry: dict[str, Any]) -> None:
    from nnic.screens.format import format_metric, format_seconds

    counts = ", ".join(f"{count} {state}" for state, count in entry["trials"].items()) or "none yet"
    direction = "maximize" if entry["maximize"] else "minimize"
    state = entry["state"] + (f" (process {entry['pid']})" if entry["pid"] else "")
    lines = [
        f"{entry['experiment']}   {state}   {format_seconds(entry['elapsed_s'])}",
        f"  command  {' '.join(entry['command'])}",
        f"  search   {entry['search']}, {direction}{'  (' + entry['why'] + ')' if entry['why'] else ''}",
        f"  trials   {counts}{' of ' + str(entry['limit']) if entry['limit'] else ''}",
    ]
    if entry["best"]:
        lines.append(
            f"  best     #{entry['best']['trial']}  {format_metric(entry['best']['metric'])}   nnic best"
        )
    for wait in entry["waits"]:
        name = "the next trial" if wait["trial"] is None else f"#{wait['trial']}"
        lines.append(f"  waiting  {name} {wait['reason']}")
    limits = [
        f"{format_seconds(entry[key])} {what}"
        for key, what in (("time_s", "in all"), ("trial_time_s", "a trial"))
        if entry[key] is not None
    ]
    if limits:
        lines.append(f"  limits   {', '.join(limits)}")
    for asked in entry["asked"]:
        when = "as soon as it can" if entry["pid"] else f"by nnic resume {entry['experiment']}"
        lines.append(f"  asked    {asked['what']}, heeded {when}")
    if entry["reason"]:
        lines.append(f"  reason   {entry['reason']}")
    if entry["state"] in ("killed", "interrupted"):
        lines.append(f"  next     nnic resume {entry['experiment']}")
    print("\n".join(lines))
