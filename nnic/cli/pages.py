"""The classes of the command line's commands: what they print as help, and when something is mistyped."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from nnic.cli.help import (
    COMMAND_GROUPS,
    EXAMPLES,
    OPTION_GROUPS,
    OTHER_COMMANDS,
    OTHER_OPTIONS,
)

Rows = list[tuple[str, str]]
_METAVARS = {
    "text": "TEXT",
    "str": "TEXT",
    "path": "FILE",
    "int": "N",
    "integer range": "N",
    "int range": "N",
} | {
    "time": "TIME",
    "trial_time": "TIME",
    "linger": "TIME",
    "code_dir": "FOLDER",
    "tuner": "NAME",
    "assessor": "NAME",
}


class Command(TyperCommand):
    """A command whose help has groups of options and examples, and which knows the words of other tools."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        for parameter in self.params:
            if parameter.param_type_name == "option" and parameter.metavar is None:
                parameter.metavar = _METAVARS.get(parameter.name or "", _METAVARS.get(parameter.type.name))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the arguments as they are typed, without the braces of required ones."""
        return [piece.removeprefix("{").removesuffix("}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, the options in their groups, and the examples."""
        records = {p.name: p.get_help_record(ctx) for p in self.get_params(ctx)}
        arguments = [p.name for p in self.get_params(ctx) if p.param_type_name == "argument"]
        _write(formatter, "Arguments", _taken(records, arguments))
        groups = OPTION_GROUPS.get(self.name or "", ())
        for title, names in groups:
            _write(formatter, title, _taken(records, names))
        _write(formatter, OTHER_OPTIONS if groups else "Options", _taken(records, list(records)))
        _write_examples(formatter, self.name or "")

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Do what any command does, and say what was meant where there is no such option."""
        typed = list(args)
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter:
            raise
        except Exception as error:
            option = getattr(error, "option_name", None)
            if isinstance(option, str) and hasattr(error, "message"):
                self._explain(ctx, cast(Any, error), option, typed)
            raise

    def _explain(self, ctx: Any, error: Any, option: str, typed: list[str]) -> None:
        from nnic.cli.spellings import explain_option

        options = [p for p in self.get_params(ctx) if p.param_type_name == "option"]
        known = {name for p in options for name in (*p.opts, *p.secondary_opts)}
        takes_script = any("-- " in (p.metavar or "") for p in self.get_params(ctx))
        hint = explain_option(self.name or "", option, typed, known, takes_script)
        if hint:
            error.message += f"\n{hint}"
        if hint.startswith("Here"):
            error.possibilities = None


class Group(TyperGroup):
    """All commands, in groups."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the groups, and the examples."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        room = formatter.width - 6 - max(map(len, commands))
        rows: dict[str, tuple[str, str] | None] = {
            name: (name, command.get_short_help_str(room))
            for name, command in commands.items()
            if command is not None and not command.hidden
        }
        for title, names in COMMAND_GROUPS:
            _write(formatter, title, _taken(rows, names))
        _write(formatter, OTHER_COMMANDS, _taken(rows, list(rows)))
        _write_examples(formatter, "")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; a script in its place is one that somebody wants to run."""
        if args and args[0].endswith(".py") and args[0] not in self.list_commands(ctx):
            meant = shlex.join(["nnic", "run", *args])
            ctx.fail(f"{args[0]} is no command of nnic. Search it: {meant}")
        return super().resolve_command(ctx, args)


def _taken(records: dict[Any, Any], names: Iterable[Any]) -> Rows:
    """Take the help of these parameters or commands out of ``records``."""
    found = [records.pop(name, None) for name in names]
    return [record for record in found if record is not None]


def _write(formatter: Any, title: str, rows: Rows) -> None:
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows)


def _write_examples(formatter: Any, command: str) -> None:
    examples = EXAMPLES.get(command, ())
    if not examples:
        return
    with formatter.section("Examples"):
        for line in _example_lines(examples, formatter.width):
            formatter.write(f"{line}\n")


def _example_lines(examples: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Return the examples, each with its comment: beside it where all have room, else above it."""
    rows = list(examples)
    typed = max((len(line) for line, _ in rows), default=0)
    beside = all(4 + typed + len(what) <= width for _, what in rows)
    for line, what in rows:
        if beside:
            yield f"  {line:{typed}}  # {what}"
        else:
            yield f"  # {what}"
            yield f"  {line}"
