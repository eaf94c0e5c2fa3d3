"""What was asked of an experiment, as the command that asks it."""

from __future__ import annotations

from nnic.runtime.store.request_kinds import (
    CancelTrials,
    ChangeLimits,
    DiscardTrials,
    EnqueueTrial,
    ImportResults,
    KeepTrials,
    Request,
    UnknownRequest,
)
from nnic.runtime.text import counted
from nnic.screens.values import ShownSpace


def describe_request(request: Request | UnknownRequest, space: ShownSpace) -> str:
    """Return a request as its command says it."""
    if isinstance(request, EnqueueTrial):
        return f"enqueue {space.config(request.config)}"
    if isinstance(request, ImportResults):
        return f"import {counted(len(request.results), 'result')}"
    if isinstance(request, ChangeLimits):
        return "update " + " ".join(_option(name, value) for name, value in request.changes().items())
    if isinstance(request, UnknownRequest):
        return f"{request.kind}, which will be refused: {request.problem}"
    numbers = " ".join(map(str, request.trials))
    if isinstance(request, DiscardTrials):
        return f"discard {numbers}{' --undo' if request.undo else ''}"
    if isinstance(request, KeepTrials):
        return f"stop --trial {numbers} --keep"
    return f"{'stop --trial' if isinstance(request, CancelTrials) else request.kind} {numbers}"


def _option(name: str, value: float | None) -> str:
    """Return a limit as it is typed."""
    text = "none" if value is None else f"{value:g}s" if name.endswith("_s") else str(value)
    return f"--{name.removesuffix('_s').replace('_', '-')} {text}"
