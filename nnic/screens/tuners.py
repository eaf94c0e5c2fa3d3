"""A tuner or an assessor as a person reads about it: its docstring as plain text, and its options."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from textwrap import indent, wrap
from typing import Any

from nnic.tuners.options import describe_options

_ROLE = re.compile(r":\w+:`~?(?:[^`<]*[.<])?([^`.<>]+)>?`")
_LITERAL = re.compile(r"``([^`]+)``|`([^`]+)`")
_HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def render_tuner(kind: str, name: str, cls: type[Any], summary: str, abilities: str, width: int) -> str:
    """Return what ``nnic tuners NAME`` prints.

    Parameters
    ----------
    kind
        ``tuner`` or ``assessor``.
    summary, abilities
        What is known of it beside its docstring; either may be ``""``.
    """
    article = "an" if kind == "assessor" else "a"
    sections = _sections(inspect.getdoc(cls) or "")
    text = sections[""] or f"{cls.__module__}:{cls.__qualname__} has no description."
    head = f"{name}, {article} {kind}" + (f": {summary}" if summary else "")
    parts = [*wrap(head, width), "", _paragraphs(text, width)]
    if abilities:
        parts += ["", _paragraphs(abilities, width)]
    return "\n".join([*parts, "", *_options(kind, cls, sections.get("Parameters", ""), width)])


def plain(text: str) -> str:
    """Return a docstring's text without its marks: ``:class:`~a.b.C``` becomes ``C``."""
    return _LITERAL.sub(lambda found: found[1] or found[2], _ROLE.sub(r"\1", text))


def _sections(text: str) -> dict[str, str]:
    """Return the sections of a docstring by their headings; what stands before all is ``""``."""
    parts = _HEADING.split(text)
    return {"": parts[0].strip(), **{name: body.rstrip() for name, body in zip(parts[1::2], parts[2::2])}}


def _paragraphs(text: str, width: int) -> str:
    """Return paragraphs filled to ``width``; lists and code keep their lines."""
    made = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        kept = any(line.startswith((" ", "- ", "* ")) for line in paragraph.splitlines())
        made.append(plain(paragraph) if kept else "\n".join(wrap(plain(paragraph), width)))
    return "\n\n".join(made)


def _options(kind: str, cls: type[Any], documented: str, width: int) -> Iterator[str]:
    known = _documented(documented)
    options = describe_options(cls)
    if not options:
        yield "It takes no options."
        return
    yield f"Options, each as --{kind}-arg NAME=VALUE:"
    for option, accepted, default in options:
        yield (
            f"  {option} = {default}  ({accepted})" if default else f"  {option}  ({accepted}; must be given)"
        )
        if option in known:
            yield indent("\n".join(wrap(plain(known[option]), max(20, width - 6))), "      ")


def _documented(section: str) -> dict[str, str]:
    """Return what a section of parameters says of each; several names may share a text."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line and not line[0].isspace():
            names = [name.strip() for name in line.partition(":")[0].split(",")]
        else:
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found
