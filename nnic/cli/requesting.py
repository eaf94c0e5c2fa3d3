"""What the commands share that ask something of an experiment: asking, and saying what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.cli.errors import CommandError

if TYPE_CHECKING:
    from nnic.runtime.store.request_kinds import Request, UnknownRequest


def ask(home: Path, name: str, request: Request) -> None:
    """Ask the experiment and print its answer.

    Raises
    ------
    CommandError
        When it refuses.
    """
    from nnic.runtime.manager.asking import ask_experiment

    answer = ask_experiment(home, name, request)
    if answer.refused:
        raise CommandError(f"{name}: {answer.text}")
    if not answer.pending:
        print(f"{name}: {answer.text}")
    elif answer.running:
        print(f"{name} is busy; it heeds this as soon as it can. See: nnic status {name}")
    else:
        print(f"{name} is not running; it heeds this when it goes on: nnic resume {name}")


def describe_request(request: Request | UnknownRequest, names: Mapping[str, str]) -> str:
    """Return a request as its command says it; ``names`` are those of the parameters by key."""
    from nnic.runtime.store.request_kinds import (
        CancelTrials,
        ChangeLimits,
        EnqueueTrial,
        ImportResults,
        UnknownRequest,
    )
    from nnic.screens.format import format_config

    if isinstance(request, EnqueueTrial):
        return f"enqueue {format_config(request.config, names)}"
    if isinstance(request, ImportResults):
        count = len(request.results)
        return f"import {count} result{'' if count == 1 else 's'}"
    if isinstance(request, ChangeLimits):
        return "update " + " ".join(_option(name, value) for name, value in request.changes().items())
    if isinstance(request, UnknownRequest):
        return f"{request.kind}, which will be refused: {request.problem}"
    numbers = " ".join(map(str, request.trials))
    return f"{'stop --trial' if isinstance(request, CancelTrials) else request.kind} {numbers}"


def _option(name: str, value: float | None) -> str:
    """A limit as it is typed."""
    text = "none" if value is None else f"{value:g}s" if name.endswith("_s") else str(value)
    return f"--{name.removesuffix('_s').replace('_', '-')} {text}"
