"""What the commands share that ask something of an experiment: asking, and saying what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnic.cli.errors import CommandError

if TYPE_CHECKING:
    from nnic.runtime.store.requests import Request


def ask(home: Path, name: str, kind: str, data: Mapping[str, Any]) -> None:
    """Ask the experiment and print its answer.

    Raises
    ------
    CommandError
        When it refuses.
    """
    from nnic.runtime.manager.asking import ask_experiment

    answer = ask_experiment(home, name, kind, data)
    if answer.refused:
        raise CommandError(f"{name}: {answer.text}")
    if not answer.waits:
        print(f"{name}: {answer.text}")
    elif answer.running:
        print(f"{name} is busy; it heeds this as soon as it can. See: nnic status {name}")
    else:
        print(f"{name} is not running; it heeds this when it goes on: nnic resume {name}")


def describe_request(request: Request, names: Mapping[str, str]) -> str:
    """Return a request as its command says it; ``names`` are those of the parameters by key."""
    from nnic.screens.format import format_config

    kind, data = request.kind, request.data
    if kind == "enqueue":
        return f"enqueue {format_config(data['config'], names)}"
    if kind == "import":
        count = len(data["results"])
        return f"import {count} result{'' if count == 1 else 's'}"
    if kind == "limits":
        return "update " + " ".join(_option(name, value) for name, value in data.items())
    numbers = " ".join(map(str, data.get("trials", ())))
    return f"{'stop --trial' if kind == 'cancel' else kind} {numbers}"


def _option(name: str, value: float | None) -> str:
    """A limit as it is typed."""
    text = "none" if value is None else f"{value:g}s" if name.endswith("_s") else str(value)
    return f"--{name.removesuffix('_s').replace('_', '-')} {text}"
