"""A folder of annotated files that both compilers get."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """``files`` are texts by their path below the folder; ``runs`` tells whether ``main.py`` can be run."""

    name: str
    files: dict[str, str]
    runs: bool = False
    kinds: tuple[str, ...] = field(default=())

    def write(self, folder: Path) -> None:
        """Put the files into ``folder``."""
        for path, text in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
