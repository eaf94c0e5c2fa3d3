"""Reads what ``nnic run`` is given: a script with its arguments, or a launcher's command."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from typing import Any

import typer

from nnic.cli.errors import UsageError
from nnic.cli.pages import Command

_COMMAND = "launcher command"


class ScriptCommand(Command):
    """Tells a launcher's command from a script with its arguments."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Do what any command does; see the class."""
        typed = list(args)  # Parsing takes words away.
        try:
            ctx.meta[_COMMAND] = _is_command(self, ctx, args)
            return super().parse_args(ctx, args)
        except typer.BadParameter:
            raise
        except Exception as error:
            first = next((word for word in typed if not word.startswith("-")), "")
            if hasattr(error, "option_name") and first and not Path(first).exists() and which(first):
                problem: Any = error
                shown = problem.message.partition("\n")[0]
                problem.message = f"{shown}\nA command stands behind --: nnic run -- {shlex.join(typed)}"
            raise


def is_command(context: typer.Context) -> bool:
    """Whether the words are a launcher's command."""
    return bool(context.meta[_COMMAND])


def _is_command(command: Command, ctx: Any, args: list[str]) -> bool:
    """Whether no script stands before ``--``, and what is behind it is none."""
    if "--" not in args:
        return False
    end = args.index("--")
    values, _, _ = command.make_parser(ctx).parse_args(args[:end])
    return not values.get("words") and not "".join(args[end + 1 : end + 2]).endswith(".py")


def split_words(
    words: Sequence[str], from_launcher: bool, named: str | None, module: bool
) -> tuple[str | None, Sequence[str], Sequence[str]]:
    """Return the script, its arguments, and the launcher's command, which has both where there is one."""
    if from_launcher:
        if module and named is None:
            raise UsageError("-m is for a module that is named alone; leave it out before a command")
        return named, (), words
    script = words[0]
    if named is not None:
        raise UsageError(
            f"--script is for a command behind --; to run {script}, name it alone: nnic run {script}"
        )
    if not module and Path(script).is_dir():
        raise UsageError(f"{script} is a folder; name the script in it that is to be run")
    if not module and not Path(script).exists() and "/" not in script and which(script):
        typed = shlex.join(words)
        raise UsageError(f"{script} is a command, not a script; put it behind --: nnic run -- {typed}")
    return script, words[1:], ()
