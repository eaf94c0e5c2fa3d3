"""The typer application; importing a command's file registers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer

import nnic
from nnic.cli.pages import Command, Group

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _App(typer.Typer):
    """Makes every command one of ours, whose help has groups and examples."""

    def command(
        self, name: str | None = None, *, cls: Any = Command, **settings: Any
    ) -> Callable[[_Function], _Function]:
        return super().command(name, cls=cls, **settings)


app = _App(
    name="nnic",
    cls=Group,
    help="Tune a training script by annotations in its comments.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


_TYPED: list[str] = []


def remember(arguments: Sequence[str]) -> None:
    """Keep what was typed, to propose it again."""
    _TYPED[:] = arguments


def typed() -> list[str]:
    """Return what was typed behind ``nnic``."""
    return list(_TYPED)


class Format(StrEnum):
    """How a command prints its result."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print the result.")]
ExperimentArgument = Annotated[
    str | None,
    typer.Argument(metavar="[EXP]", help="The experiment. [default: the latest]", show_default=False),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"nnic {nnic.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    del version
