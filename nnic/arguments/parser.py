"""A parser of arguments that notes which options were given, and does nothing else."""

from __future__ import annotations

import argparse
import ast
import shlex
from collections.abc import Sequence
from typing import Any, NoReturn

from nnic.arguments.given import Given

Log = list[tuple[ast.AST, str, Given]]
"""What makes each option that was given, the option's destination, and how it was given."""


class _UnreadableError(Exception):
    """The arguments are none that the parser takes."""


class _Note(argparse.Action):
    """Notes that its option was given."""

    def __init__(self, *args: Any, maker: ast.AST, log: Log, **more: Any) -> None:
        super().__init__(*args, **more)
        self._maker = maker
        self._log = log

    def __call__(
        self, parser: object, namespace: object, values: str | Sequence[Any] | None, option: str | None = None
    ) -> None:
        """Note what was given."""
        words = [values] if isinstance(values, str) else [str(value) for value in values or ()]
        text = " ".join([*([option] if option else []), *map(shlex.quote, words)])
        self._log.append((self._maker, self.dest, Given(text, tuple(words), option or "")))


class Parser(argparse.ArgumentParser):
    """Reads arguments without ending the process where they are wrong."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "add_help": False, "conflict_handler": "resolve"})

    def error(self, message: str) -> NoReturn:
        """Leave the parser."""
        raise _UnreadableError(message)

    def note(self, maker: ast.AST, names: Sequence[str], log: Log, **settings: Any) -> None:
        """Add an option that is noted in ``log``; nothing where argparse refuses it, as it does in the
        script.

        Parameters
        ----------
        maker
            The node of the script that makes the option.
        names
            As ``add_argument`` takes them.
        settings
            Its ``nargs`` and ``dest``.
        """
        try:
            added = self.add_argument(
                *names, action=_Note, maker=maker, log=log, default=argparse.SUPPRESS, **settings
            )
        except (ValueError, TypeError, argparse.ArgumentError):
            return
        added.required = False

    def read(self, arguments: Sequence[str], log: Log) -> None:
        """Note the options that ``arguments`` give; where they can't be parsed, those whose name is there."""
        kept = len(log)
        try:
            self.parse_known_args(list(arguments))
        except (_UnreadableError, argparse.ArgumentError, ValueError, TypeError, OSError):
            del log[kept:]
            for word in arguments:
                action = self._option_string_actions.get(word.partition("=")[0])
                if isinstance(action, _Note):
                    action(self, None, [], word)
