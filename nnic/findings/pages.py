"""The page of each finding: what ``nnic explain`` prints, and what code scanning services show."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Page:
    """A page in Markdown: headings, paragraphs, lists and fenced blocks, nothing else."""

    code: str
    markdown: str

    @property
    def title(self) -> str:
        """The heading without the code."""
        return self.markdown.partition("\n")[0].partition(": ")[2]

    @property
    def summary(self) -> str:
        """The first paragraph on one line."""
        return " ".join(self.markdown.split("\n\n")[1].split())

    @property
    def text(self) -> str:
        """The page for a terminal of the usual width."""
        return self.render(80)

    def render(self, width: int) -> str:
        """Return the page as plain text, paragraphs filled to ``width`` columns, blocks indented."""
        return "\n".join(_rendered(self.markdown, width)).rstrip() + "\n"


def read_page(code: str) -> Page:
    """Return the page of a code of the catalogue."""
    return Page(code, (files("nnic.findings") / "pages" / f"{code}.md").read_text(encoding="utf-8"))


def _rendered(markdown: str, width: int) -> Iterator[str]:
    paragraph: list[str] = []
    in_block = False
    for line in [*markdown.splitlines(), ""]:
        starts = line.startswith(("#", "```", "- ")) or not line
        if paragraph and not in_block and starts:
            yield from _filled(paragraph, width)
            paragraph = []
        if line.startswith("```"):
            in_block = not in_block
        elif in_block:
            yield f"    {line}".rstrip()
        elif line.startswith("#"):
            yield line.lstrip("# ")
        elif line:
            paragraph.append(line)
        else:
            yield ""


def _filled(paragraph: list[str], width: int) -> list[str]:
    text = " ".join(line.strip() for line in paragraph)
    indent = "  " if text.startswith("- ") else ""
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
