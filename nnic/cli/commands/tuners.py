"""``nnic tuners``: the tuners and assessors that there are, and the options of one."""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnic.cli.app import Format, FormatOption, app
from nnic.cli.errors import UsageError

if TYPE_CHECKING:
    from nnic.tuners.abilities import Abilities


@app.command()
def tuners(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="A tuner or an assessor, whose options are shown.", show_default=False
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """List the tuners and assessors, those of installed plug-ins too, or show the options of one."""
    if name is not None:
        _show_one(name, format)
        return
    found = _listed()
    if format is Format.JSON:
        print(json.dumps(found, indent=2))
        return
    width = max(len(entry["name"]) for entry in found)
    for kind in ("tuner", "assessor"):
        print(f"{kind}s")
        for entry in found:
            if entry["kind"] == kind:
                print(f"  {entry['name']:{width}}  {entry['summary']}")
    print("The options of one: nnic tuners NAME. Your own: package.module:Class, or my_file.py:MyClass.")


def _listed() -> list[dict[str, str]]:
    from nnic.tuners.plugins import list_plugins
    from nnic.tuners.registry import list_assessors, list_tuners

    rows = []
    for kind, entries, group in (
        ("tuner", list_tuners(), "nnic.tuners"),
        ("assessor", list_assessors(), "nnic.assessors"),
    ):
        taken = {entry.name for entry in entries}
        rows += [{"kind": kind, "name": e.name, "summary": e.summary, "from": "nnic"} for e in entries]
        for plugin in list_plugins(group):
            hidden = f", hidden by nnic's own {plugin.name}" if plugin.name in taken else ""
            summary = f"{plugin.point.value}, from {plugin.origin}{hidden}"
            rows.append({"kind": kind, "name": plugin.name, "summary": summary, "from": plugin.origin})
    return rows


def _show_one(name: str, format: Format) -> None:
    from nnic.tuners.options import describe_options

    found = _find(name)
    if format is Format.JSON:
        shown = [
            {"kind": kind, "name": name, "options": _rows(cls)}
            | ({"abilities": asdict(_abilities(name))} if kind == "tuner" else {})
            for kind, cls in found
        ]
        print(json.dumps(shown, indent=2))
        return
    for number, (kind, cls) in enumerate(found):
        print("\n" * (number > 0) + f"{name}, {_article(kind)}")
        print(inspect.getdoc(cls) or f"{cls.__module__}:{cls.__qualname__} has no description.")
        if kind == "tuner":
            print(f"\n{_abilities(name).sentence()}")
        options = describe_options(cls)
        print(f"\nOptions, as --{kind}-arg NAME=VALUE:" if options else "\nIt takes no options.")
        for option, accepted, default in options:
            print(f"  {option}: {accepted}" + (f" = {default}" if default else "  (must be given)"))


def _abilities(name: str) -> Abilities:
    from nnic.tuners.registry import tuner_abilities

    try:
        return tuner_abilities(name)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "assessor" else f"a {kind}"


def _rows(cls: type[Any]) -> list[dict[str, str]]:
    from nnic.tuners.options import describe_options

    return [dict(zip(("name", "type", "default"), option)) for option in describe_options(cls)]


def _find(name: str) -> list[tuple[str, type[Any]]]:
    """Return the tuner and the assessor of that name, or the one of both that there is."""
    from nnic.tuners.registry import find_assessor, find_tuner

    found: list[tuple[str, type[Any]]] = []
    problems = []
    for kind, find in (("tuner", find_tuner), ("assessor", find_assessor)):
        try:
            found.append((kind, find(name)))
        except ValueError as error:
            problems.append(str(error))
    if not found:
        raise UsageError("\n".join(dict.fromkeys(problems)))
    return found
