"""``nnic stop``: end a run from another terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from nnic.cli.app import ExperimentArgument, app
from nnic.cli.errors import CommandError
from nnic.cli.experiments import is_killed, open_project
from nnic.cli.requesting import ask


@app.command()
def stop(
    exp: ExperimentArgument = None,
    trial: Annotated[
        list[int] | None,
        typer.Option(metavar="TRIAL", min=0, help="End this trial only, and go on; may be repeated."),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Stop running trials too, instead of letting them end.")
    ] = False,
) -> None:
    """End a run; it can be resumed."""
    from nnic.runtime.manager.run import NotRunningError, stop_experiment
    from nnic.runtime.store.request_kinds import CancelTrials

    with open_project() as reader:
        record = reader.experiment(exp)
        home = reader.home
        if trial:
            ask(home, record.name, CancelTrials(tuple(trial)))
            return
        state = "killed" if is_killed(reader, record) else record.state.value
    try:
        manager = stop_experiment(home, record.name, now=now)
    except NotRunningError:
        raise CommandError(
            f"{record.name} is not running ({state}); go on with it: nnic resume {record.name}"
        ) from None
    what = "stops its trials" if now else "ends once its running trials have ended"
    print(f"{record.name} (process {manager.pid}) {what}; go on with it later: nnic resume {record.name}")
