"""``nnic status``: the experiments of a project, or one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.experiments import list_experiments, open_experiment
from nnic.cli.output import print_json
from nnic.project.home import home_for

if TYPE_CHECKING:
    from nnic.results.status import ExperimentStatus


@app.command()
def status(exp: ExperimentArgument = None, format: FormatOption = Format.TEXT) -> None:
    """Show the experiments of this project, or one of them."""
    from nnic.screens.status import render_experiment, render_experiments

    if exp is not None:
        status = open_experiment(exp).status
        _print([_entry(status)], render_experiment(status), format)
        return
    home, found, problems = list_experiments()
    unread = [{"experiment": name, "state": "unknown", "problem": why} for name, why in problems.items()]
    _print([*map(_entry, found), *unread], render_experiments(found, problems), format)
    _tell_place(home)


def _print(entries: list[dict[str, Any]], text: str, format: Format) -> None:
    if format is Format.JSON:
        print_json(entries)
    else:
        print(text)


def _tell_place(home: Path) -> None:
    """Say where these experiments are, where that is not the project that this is called in."""
    here = home_for(Path.cwd())
    if os.path.realpath(home) != os.path.realpath(here):
        print(f"nnic: these are in {home}, where the last run from this folder wrote", file=sys.stderr)


def _entry(status: ExperimentStatus) -> dict[str, Any]:
    from nnic.results.jsonable import iso_time
    from nnic.results.secrets import mask_secrets
    from nnic.screens.requests import describe_request
    from nnic.screens.values import ShownSpace

    record, config, best = status.record, status.record.config, status.best
    space = ShownSpace(record.space)
    return {
        "experiment": record.name,
        "state": status.state,
        "reason": record.reason,
        "pid": status.process,
        "python": None if config.script else config.argv[0],
        "command": mask_secrets(config.command),
        "tuner": config.tuner,
        "plan": config.tuner_options.get("plan") if config.tuner == "auto" else None,
        "why": config.tuner_note or None,
        "search": config.search,
        "assessor": config.assessor,
        "maximize": record.maximize,
        "created": iso_time(record.created),
        "elapsed_s": record.elapsed_s,
        "limit": config.trials,
        "time_s": config.time_s,
        "trial_time_s": config.trial_time_s,
        "jobs": config.jobs,
        "trials": status.trials,
        "best": None if best is None else {"trial": best.id, "metric": best.metric},
        "waits": [] if status.process is None else [wait._asdict() for wait in record.waits],
        "asked": [
            {"kind": stored.request.kind, "what": describe_request(stored.request, space)}
            for stored in status.requests
        ],
    }
