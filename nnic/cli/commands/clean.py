"""``nnic clean``: remove what no result and no resume needs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnic.cli.app import Format, FormatOption, app
from nnic.cli.errors import CommandError
from nnic.cli.experiments import open_project
from nnic.cli.output import print_json
from nnic.screens.commands import command

if TYPE_CHECKING:
    from nnic.runtime.cleaning import Candidate


@app.command()
def clean(
    exps: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EXP]...", help="Experiments to remove completely, with their results."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what can be removed.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Remove files that are no longer needed.

    These are outputs of trials that are not the best, old builds, and leftovers of killed runs. What can be
    removed is shown first, and you are asked. Running experiments are never touched.
    """
    from nnic.runtime.cleaning.candidates import find_candidates
    from nnic.runtime.text import format_bytes

    with open_project(exps[0] if exps else None) as home:
        found = find_candidates(home, exps or ())
    sizes = [candidate.size_bytes for candidate in found]
    if format is Format.TEXT:
        _show(home, found, sizes)
    chosen = bool(found) and not dry_run and (yes or (format is Format.TEXT and _confirm()))
    freed = sum(_remove(home, candidate) for candidate in found) if chosen else 0
    if format is Format.JSON:
        print_json([_entry(candidate, size, chosen) for candidate, size in zip(found, sizes)])
    elif chosen:
        print(f"removed; {format_bytes(freed)} freed")
    elif found:
        print(f"nothing was removed; to remove all of it: {command('clean', *(exps or ()), '--yes')}")


def _show(home: Path, found: list[Candidate], sizes: list[int]) -> None:
    if not found:
        print(f"nothing in {home} can be removed; to remove a whole experiment: nnic clean EXP")
        return
    from nnic.runtime.text import format_bytes
    from nnic.screens.format import table

    rows = [(format_bytes(size), candidate.what) for candidate, size in zip(found, sizes)]
    print("\n".join(table(("size", "what can be removed"), rows, right=(0,))))


def _confirm() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and typer.confirm("Remove all of it?")


def _remove(home: Path, candidate: Candidate) -> int:
    from nnic.runtime.cleaning import remove
    from nnic.runtime.store.connection import StoreError
    from nnic.runtime.store.lock import ExperimentBusyError

    try:
        return remove(home, candidate)
    except ExperimentBusyError as error:
        print(f"nnic: left alone: {error}", file=sys.stderr)
        return 0
    except StoreError as error:
        raise CommandError(str(error)) from None


def _entry(candidate: Candidate, size_bytes: int, removed: bool) -> dict[str, Any]:
    return {
        "what": candidate.what,
        "experiment": candidate.experiment or None,
        "bytes": size_bytes,
        "paths": [str(path) for path in candidate.paths],
        "removed": removed,
    }
