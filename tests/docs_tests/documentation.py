"""The fenced blocks and the commands of the documentation, for the tests that compile and run them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.M | re.S)
INLINE_COMMAND = re.compile(r"`((?:nnic|make|python) [^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, the line of its first line, its language, its text."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """What people read, but for the pages of the findings, which have a test of their own."""
    patterns = ("README.md", "CONTRIBUTING.md", "docs/*.md")
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def blocks_of(path: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page, in their order."""
    text = path.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start(2)) + 1
        yield Block(path.relative_to(ROOT).as_posix(), line, match[1].strip(), match[2])


def commands_of(block: Block) -> list[list[str]]:
    """Return the words of each command of a ``console`` block, without its comment."""
    lines = block.text.replace("\\\n", " ").splitlines()
    commands = [shlex.split(line.removeprefix("$ "), comments=True) for line in lines]
    return [words for words in commands if words]


def inline_commands(path: Path) -> list[list[str]]:
    """Return the words of the commands that a page names within its sentences and tables."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return [shlex.split(match[1].replace("\\|", "|")) for match in INLINE_COMMAND.finditer(text)]
