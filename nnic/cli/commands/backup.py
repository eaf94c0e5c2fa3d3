"""``nnic backup``: a copy of the store, and putting one back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from nnic.cli.app import app
from nnic.cli.errors import CommandError, NoExperimentError
from nnic.cli.experiments import home_of_experiments
from nnic.screens.commands import command


@app.command()
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Where the copy goes. [default: .nnic/backups/TIME.db]"),
    ] = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Use FILE instead of the store. The store is kept beside it.")
    ] = False,
) -> None:
    """Copy the results of all experiments, or put a copy back.

    This is safe while experiments run. What trials printed and wrote is not in the copy: it stays in
    .nnic/experiments.
    """
    from nnic.runtime.store.backup import back_up, put_back
    from nnic.runtime.store.connection import StoreError, database_path

    home = home_of_experiments()
    stamp = time.strftime("%Y%m%d-%H%M%S")
    try:
        if restore:
            if file is None or not file.is_file():
                raise CommandError(f"which copy? Write nnic backup FILE --restore; copies: {_copies(home)}")
            kept = home / f"nnic.db.{stamp}.replaced"
            put_back(home, file, kept)
            print(f"{database_path(home)} is {file} now" + (f"; before: {kept}" if kept.exists() else ""))
            return
        if not database_path(home).exists():
            raise NoExperimentError(f"no experiments in {home}; start one: nnic run SCRIPT")
        target = file or home / "backups" / f"{stamp}.db"
        if file is None:
            target.parent.mkdir(mode=0o700, exist_ok=True)
        elif file.exists():
            raise CommandError(f"{file} exists; name another file")
        back_up(home, target)
        print(f"{target}; to put it back: {command('backup', target, '--restore')}")
    except StoreError as error:
        raise CommandError(str(error)) from None


def _copies(home: Path) -> str:
    found = sorted([*home.glob("backups/*.db"), *home.glob("nnic.db.*.backup")])
    return ", ".join(map(str, found)) or f"none in {home}"
