"""``nnic resume``: go on with a run that was stopped or killed."""

from __future__ import annotations

from typing import Annotated

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.arguments import parse_duration
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project
from nnic.cli.session import close_screen, finish, make_screen


@app.command()
def resume(
    exp: ExperimentArgument = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on although your own values failed in trial 0.")
    ] = False,
    trials: Annotated[
        int | None, typer.Option(min=1, help="New limit on configurations, counted from the beginning.")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="New limit on time, counted from the beginning: 90s, 30m, 2h.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Trials that run at once.")] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress, only the result.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Go on with a run that was stopped or killed."""
    from nnic.runtime.lock import ExperimentBusyError
    from nnic.runtime.resume import ResumeError, resume_experiment
    from nnic.runtime.schema import StoreError

    time_s = None if time is None else parse_duration(time)
    with open_project() as reader:
        record = reader.experiment(exp)
        screen = make_screen(quiet, reader.trials(record), record.elapsed_s)
        try:
            result = resume_experiment(
                reader.home,
                record.name,
                screen,
                keep_going=keep_going or None,
                trials=trials,
                time_s=time_s,
                jobs=jobs,
            )
        except (ExperimentBusyError, ResumeError, StoreError) as error:
            raise CommandError(str(error)) from None
        finally:
            close_screen(screen)
        status = finish(reader, result, format)
    raise typer.Exit(status)
