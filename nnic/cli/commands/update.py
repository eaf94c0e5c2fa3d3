"""``nnic update``: new limits for a run, from another terminal."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from nnic.cli.answers import print_answer
from nnic.cli.app import ExperimentArgument, app
from nnic.cli.arguments import parse_duration
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment


@app.command()
def update(
    exp: ExperimentArgument = None,
    trials: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="How many configurations to try, counted from the beginning, or none."
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="When to stop, counted from the beginning, such as 90s, 30m or 2h, or none."
        ),
    ] = None,
    trial_time: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="How long a trial may run, such as 90s or 10m, or none. Running trials too."
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, metavar="N", help="How many trials run at once.")] = None,
) -> None:
    """Change the limits of a run while it runs."""

    changes: dict[str, Any] = {}
    if trials is not None:
        changes["trials"] = None if trials == "none" else _count(trials)
    if time is not None:
        changes["time_s"] = None if time == "none" else parse_duration(time)
    if trial_time is not None:
        limit = None if trial_time == "none" else parse_duration(trial_time, "--trial-time")
        changes["trial_time_s"] = limit
    if jobs is not None:
        changes["jobs"] = jobs
    if not changes:
        raise UsageError("nothing to change: give --trials, --time, --trial-time or --jobs")
    experiment = open_experiment(exp)
    print_answer(experiment, experiment.update(**changes))


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--trials {text!r} is no number of trials; write one of at least 1, or none")
    return int(text)
