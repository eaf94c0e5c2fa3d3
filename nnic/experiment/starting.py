"""What a trial is started with: Python and the script, or a launcher's command that leads to the script."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nnic.project.launcher_commands import check_command, find_launched, place_of
from nnic.runtime.config import RunConfig


@dataclass(frozen=True, slots=True)
class Start:
    """What a trial is started with.

    Parameters
    ----------
    script
        The path of the script, or the dotted name of a ``module``.
    arguments
        Its own arguments, as far as they are known.
    command
        The words of the command that starts it; empty where Python does.
    direct
        Whether words that are added at the end become arguments of the script.
    """

    script: str
    module: bool
    arguments: tuple[str, ...]
    command: tuple[str, ...] = ()
    direct: bool = True

    @property
    def target(self) -> tuple[str, ...]:
        """The script as Python's command line names it."""
        return ("-m", self.script) if self.module else (self.script,)

    def argv(self, python: str, more: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The whole command of a trial, with ``more`` arguments of the script; ``python`` runs one that no
        command starts."""
        if self.command:
            return (*self.command, *more)
        return (python, *self.target, *self.arguments, *more)


def find_start(
    script: str | Path | None,
    arguments: str | Iterable[str],
    module: bool,
    command: str | Iterable[str],
    cwd: Path,
) -> Start:
    """Say what a trial is started with; a ``command`` without ``script`` is searched for one.

    Raises
    ------
    NoScriptError, WrongInputError
        When no script is found in the command, or it can't be started.
    """
    words = tuple(shlex.split(command) if isinstance(command, str) else command)
    given = tuple(shlex.split(arguments) if isinstance(arguments, str) else arguments)
    if not words:
        if script is None:
            raise TypeError("a script, or a command that starts one, is needed")
        return Start(str(script), module, given)
    words = (*words, *given)
    check_command(words, cwd)
    found = find_launched(words, cwd) if script is None else place_of(str(script), module, words)
    return Start(found.script, found.module, found.arguments, words, found.direct)


def recorded_start(config: RunConfig) -> Start:
    """What the trials of an experiment are started with that is in the store."""
    target = config.script or config.argv[1:]
    module = target[:1] == ("-m",)
    script, *arguments = target[1:] if module else target
    if not config.script:
        return Start(script, module, tuple(arguments))
    found = place_of(script, module, config.argv)
    return Start(script, module, found.arguments, config.argv, found.direct)
