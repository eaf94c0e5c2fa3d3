"""What was asked of an experiment, as the command that asks it."""

from __future__ import annotations

from collections.abc import Mapping

from nnic.runtime.store.requests import Request
from nnic.runtime.text import counted
from nnic.screens.format import format_config


def describe_request(request: Request, names: Mapping[str, str]) -> str:
    """Return a request as its command says it; ``names`` are those of the parameters by key."""
    kind, data = request.kind, request.data
    if kind == "enqueue":
        return f"enqueue {format_config(data['config'], names)}"
    if kind == "import":
        return f"import {counted(len(data['results']), 'result')}"
    if kind == "limits":
        return "update " + " ".join(_option(name, value) for name, value in data.items())
    numbers = " ".join(map(str, data.get("trials", ())))
    return f"{'stop --trial' if kind == 'cancel' else kind} {numbers}"


def _option(name: str, value: float | None) -> str:
    """Return a limit as it is typed."""
    text = "none" if value is None else f"{value:g}s" if name.endswith("_s") else str(value)
    return f"--{name.removesuffix('_s').replace('_', '-')} {text}"
