"""Write the list of tuners and assessors into docs/tuners.md, from their docstrings.

.venv/bin/python docs/tuner_list.py
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nnic.tuners.entries import Entry
from nnic.tuners.options import describe_options
from nnic.tuners.registry import find_assessor, find_tuner, list_assessors, list_tuners

PAGE = Path(__file__).with_name("tuners.md")
BEGIN = "<!-- what follows is written by docs/tuner_list.py -->"


def main() -> None:
    """Replace the end of the page."""
    kept = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    PAGE.write_text(kept + BEGIN + "\n" + "\n".join(listed()) + "\n", encoding="utf-8")


def listed() -> Iterator[str]:
    """The lines of the list."""
    for title, entries, find in (
        ("The tuners", list_tuners(), find_tuner),
        ("The assessors", list_assessors(), find_assessor),
    ):
        yield f"\n## {title}"
        for entry in entries:
            yield from _described(entry, find(entry.name))


def _described(entry: Entry, cls: type[Any]) -> Iterator[str]:
    whole = inspect.getdoc(cls) or ""
    text = re.split(r"^\w+\n-+\n", whole, maxsplit=1, flags=re.M)[0]
    sections = whole.partition("\nParameters\n----------\n")[2]
    yield f"\n### `{entry.name}`\n"
    if entry.aliases:
        yield f"NNI: {', '.join(f'`{alias}`' for alias in entry.aliases)}\n"
    yield _markdown(text.strip())
    if entry in list_tuners():
        yield f"\n{entry.abilities.sentence()}"
    meanings = _meanings(sections)
    options = describe_options(cls)
    if options:
        yield "\n| option | takes | default | |\n| --- | --- | --- | --- |"
    for name, kind, default in options:
        shown = f"`{default}`" if default else "must be given"
        yield f"| `{name}` | {kind} | {shown} | {_markdown(meanings.get(name, ''))} |"


def _meanings(sections: str) -> dict[str, str]:
    """What a docstring's section on parameters says of each, in one line."""
    section = re.split(r"^\w+\n-+\n", sections, maxsplit=1, flags=re.M)[0]
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.partition(":")[0].split(",")]
        for name in names if line.startswith(" ") else ():
            found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found


def _markdown(text: str) -> str:
    """reStructuredText's double backticks and roles as Markdown's code."""
    text = re.sub(r":\w+:`~?(?:nnic\.tuners\.)?(?:\w+\.)*(\w+)`", r"`\1`", text)
    return re.sub(r"``(.+?)``", r"`\1`", text, flags=re.S).replace("|", "\\|")


if __name__ == "__main__":
    main()
