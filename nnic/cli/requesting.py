"""What the commands share that ask something of an experiment: asking, and saying what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnic.cli.errors import CommandError


def ask(home: Path, name: str, kind: str, data: Mapping[str, Any]) -> None:
    """Ask the experiment and print its answer.

    Raises
    ------
    CommandError
        When it refuses.
    """
    from nnic.runtime.asking import ask_experiment

    answer = ask_experiment(home, name, kind, data)
    if answer.refused:
        raise CommandError(f"{name}: {answer.text}")
    if not answer.waits:
        print(f"{name}: {answer.text}")
    elif answer.running:
        print(f"{name} is busy; it heeds this as soon as it can. See: nnic status {name}")
    else:
        print(f"{name} is not running; it heeds this when it goes on: nnic resume {name}")
