"""``nnic tuners``: the tuners and assessors that there are, and the options of one."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nnic.cli.app import Format, FormatOption, app
from nnic.cli.errors import UsageError

if TYPE_CHECKING:
    from nnic.tuners.abilities import Abilities

_WIDEST = 100


@app.command()
def tuners(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A tuner or an assessor, to explain it and its options.",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """List the tuners and assessors, or explain one of them.

    Those of installed plug-ins are listed too.
    """
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
    print("To read about one: nnic tuners NAME. Your own: package.module:Class, or my_file.py:MyClass.")


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
    found = _find(name)
    if format is Format.JSON:
        shown = [
            {"kind": kind, "name": name, "options": _rows(cls)}
            | ({"abilities": asdict(_abilities(name))} if kind == "tuner" else {})
            for kind, cls in found
        ]
        print(json.dumps(shown, indent=2))
        return
    from nnic.screens.tuners import render_tuner

    summaries = {(entry["kind"], entry["name"]): entry["summary"] for entry in _listed()}
    width = min(shutil.get_terminal_size((90, 24)).columns, _WIDEST)
    for number, (kind, cls) in enumerate(found):
        abilities = _abilities(name).sentence() if kind == "tuner" else ""
        text = render_tuner(kind, name, cls, summaries.get((kind, name), ""), abilities, width)
        print("\n" * (number > 0) + text)


def _abilities(name: str) -> Abilities:
    from nnic.tuners.registry import tuner_abilities

    try:
        return tuner_abilities(name)
    except ValueError as error:
        raise UsageError(str(error)) from None


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
