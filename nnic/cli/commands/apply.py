"""``nnic apply``: write a trial's values back into the source."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnic.cli.app import ExperimentArgument, Format, FormatOption, app
from nnic.cli.errors import UsageError
from nnic.cli.experiments import open_experiment, open_project, tell_home
from nnic.cli.output import print_json

if TYPE_CHECKING:
    from nnic.apply.apply_trial import AppliedTrial


@app.command()
def apply(
    exp: ExperimentArgument = None,
    trial: Annotated[int | None, typer.Option(min=0, help="The trial. [default: the best]")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the diff; write nothing.")] = False,
    digits: Annotated[
        int | None,
        typer.Option(min=1, max=17, help="Round numbers to this many significant digits. [default: all]"),
    ] = None,
    strip: Annotated[
        bool, typer.Option("--strip", help="Remove all annotations, so that an ordinary script remains.")
    ] = False,
    narrow: Annotated[
        bool, typer.Option("--narrow", help="Narrow the annotated ranges around the best trials' values.")
    ] = False,
    undo: Annotated[
        bool,
        typer.Option("--undo", help="Take the last apply back. Another --undo takes back the one before it."),
    ] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the best values into the source.

    Numbers are written in your notation, with all digits, so that the script alone gives the result of the
    trial. Options are written as they stand in the annotation. Annotations and comments stay, and the next
    search starts from the new values. Where you edited a value since the search, or where an annotation
    would no longer mean the same, nothing is written, and you are told the lines.
    """
    if undo:
        if trial is not None or strip or narrow or digits is not None:
            raise UsageError("--undo takes the last apply back as a whole; give it without other options")
        _undo(exp, dry_run, format)
        return
    if strip and narrow:
        raise UsageError("--strip takes out the annotations that --narrow would change; choose one of them")
    from nnic.screens.apply import render_notes, render_outcome

    experiment = open_experiment(exp)
    tell_home(experiment.home)
    applied = experiment.apply(trial, dry_run=dry_run, digits=digits, strip=strip, narrow=narrow)
    if format is Format.JSON:
        print_json(_entry(applied))
    else:
        sys.stdout.write(applied.diff)
        sys.stdout.flush()
    for line in (*render_notes(applied), render_outcome(applied)):
        print(line, file=sys.stderr)


def _entry(applied: AppliedTrial) -> dict[str, Any]:
    return {
        "experiment": applied.record.name,
        "trial": applied.trial.id,
        "written": applied.written,
        "files": dict(applied.changed),
        "diff": applied.diff,
        "narrowed": [
            {
                "parameter": key,
                "type": narrowed.parameter.sampler.value,
                "before": list(narrowed.parameter.args),
                "after": list(narrowed.args),
                "why": narrowed.reason or None,
            }
            for key, narrowed in applied.narrowed.items()
        ],
    }


def _undo(exp: str | None, dry_run: bool, format: Format) -> None:
    from nnic.api import undo_last
    from nnic.screens.apply import render_undone

    if exp is not None:
        experiment = open_experiment(exp)
        tell_home(experiment.home)
        undone = experiment.undo(dry_run=dry_run)
    else:  # the last apply is meant, whichever experiment it was of
        with open_project() as home:
            tell_home(home)
            undone = undo_last(home / "experiments", dry_run=dry_run)
    if format is Format.JSON:
        apply = undone.apply
        print_json(
            {
                "experiment": apply.experiment,
                "trial": apply.trial,
                "written": undone.written,
                "files": undone.files,
                "diff": undone.diff,
            }
        )
        return
    sys.stdout.write(undone.diff)
    sys.stdout.flush()
    print(render_undone(undone), file=sys.stderr)
