"""``nnic apply --undo``: put back what was there before."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.app import Format
from nnic.cli.diffs import unified_diff
from nnic.cli.edited import describe_lines
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project

if TYPE_CHECKING:
    from nnic.apply.undo import Undo


def undo_last(exp: str | None, dry_run: bool, format: Format) -> None:
    """Take the last apply of the project back, or that of the experiment ``exp``.

    Raises
    ------
    CommandError
        When there is none, or a file was edited since.
    """
    from nnic.apply.undo import plan_undo, undo
    from nnic.project.writing import EditedMeanwhileError

    with open_project() as reader:
        home = reader.home
        name = None if exp is None else reader.experiment(exp).name
    plan = plan_undo(home / "experiments", name)
    if plan is None:
        raise CommandError(f"there is nothing to undo: no apply of {name or 'this project'} is left")
    _refuse_edited(plan)
    texts = {_shown(c.path): (_text(c.before), _text(c.after)) for c in plan.changes}
    diff = "".join(unified_diff(path, before, after) for path, (before, after) in texts.items())
    if not dry_run:
        try:
            undo(plan)
        except EditedMeanwhileError as error:
            raise CommandError(f"{error}; nothing was undone") from None
        except OSError as error:
            raise CommandError(
                f"can't write {error.filename}: {error.strerror}; nothing was undone"
            ) from None
    if format is Format.JSON:
        from nnic.cli.output import print_json

        written = {"experiment": plan.apply.experiment, "trial": plan.apply.trial, "written": not dry_run}
        print_json({**written, "files": {path: after for path, (_, after) in texts.items()}, "diff": diff})
        return
    sys.stdout.write(diff)
    sys.stdout.flush()
    print(_outcome(plan, list(texts), dry_run), file=sys.stderr)


def _refuse_edited(plan: Undo) -> None:
    if not plan.edited:
        return
    places = "\n  ".join(
        f"{_shown(path)} {describe_lines(lines) if lines else 'is gone'}"
        for path, lines in plan.edited.items()
    )
    raise CommandError(
        f"the source was edited since {plan.apply.experiment}'s trial #{plan.apply.trial} was applied, so "
        f"nothing is undone:\n  {places}\n  What was there before is in {plan.apply.folder}"
    )


def _outcome(plan: Undo, paths: list[str], dry_run: bool) -> str:
    whose = f"trial #{plan.apply.trial} of {plan.apply.experiment}"
    if dry_run:
        return f"nothing was undone; undo it: nnic apply --undo {plan.apply.experiment}"
    return f"put back what was there before the values of {whose}: {', '.join(paths)}"


def _shown(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _text(data: bytes) -> str:
    from nnic.source import SourceFile, UndecodableError

    try:
        return SourceFile.decode(data, "").text
    except UndecodableError:
        return data.decode("latin-1")
