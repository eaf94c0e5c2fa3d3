"""Asks a running experiment for something, and waits for what it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from nnic.runtime.store.lock import find_manager
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.request_kinds import Request
from nnic.runtime.store.requests import post_request, read_request

PATIENCE_S = 5.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request.

    Parameters
    ----------
    name
        The experiment.
    refused, text
        Whether it was refused, and what a person should read about it; ``""`` when it is pending.
    pending
        Nothing has heeded it yet: the experiment does not run, or is busy. It is kept until it does.
    running
        Whether some process runs the experiment.
    """

    name: str
    refused: bool
    text: str
    pending: bool
    running: bool


def ask_experiment(home: Path, name: str | None, request: Request, patience_s: float = PATIENCE_S) -> Answer:
    """Write a request and wait for the answer.

    Where no process runs the experiment there is nothing to wait for: the request is heeded by the
    next resume.

    Raises
    ------
    UnknownExperimentError
        When there is no such experiment.
    StoreError
        When the store cannot be used; then nothing was asked.
    """
    with StoreReader(home) as reader:
        name = reader.experiment(name).name
    number = post_request(home, name, request)
    deadline = time.monotonic() + patience_s
    while True:
        running = find_manager(home, name) is not None
        answered = read_request(home, number)
        if answered is not None and answered.answered is not None:
            return Answer(name, answered.refused, answered.answer, False, running)
        if not running or time.monotonic() > deadline:
            return Answer(name, False, "", True, running)
        time.sleep(_LOOK_S)
