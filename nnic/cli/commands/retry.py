"""``nnic retry``: failed trials again."""

from __future__ import annotations

from typing import Annotated

import typer

from nnic.cli.app import app
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project
from nnic.cli.requesting import ask
from nnic.cli.trial_numbers import split_words


@app.command()
def retry(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXP] [TRIAL...]",
            help="The experiment (the latest when left out), and its trials (all that failed when left out).",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Try failed or cancelled trials again, with the same values and the same random seed."""
    from nnic.runtime.store.request_kinds import RetryTrials
    from nnic.tuners.protocol import TrialState

    exp, numbers = split_words(words or ())
    with open_project() as reader:
        record = reader.experiment(exp)
        found = {trial.id: trial for trial in reader.trials(record)}
        if not numbers:
            numbers = [trial.id for trial in found.values() if trial.status is TrialState.FAILED]
        if not numbers:
            raise CommandError(f"no trial of {record.name} failed")
        for number in numbers:
            if number not in found:
                raise CommandError(
                    f"{record.name} has no trial {number}; see them: nnic trials {record.name}"
                )
            status = found[number].status
            if status not in (TrialState.FAILED, TrialState.CANCELLED):
                raise CommandError(
                    f"trial {number} of {record.name} is {status.value}; only failed and cancelled ones are "
                    f"tried again. Its values once more: nnic enqueue {record.name} --like {number}"
                )
        ask(reader.home, record.name, RetryTrials(tuple(numbers)))
