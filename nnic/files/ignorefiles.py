"""Patterns of ``.gitignore`` and ``.nniignore``, with git's meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

NAMES = (".gitignore", ".nniignore")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an ignore file; ``base`` is its folder relative to the root, ``""`` or ending in ``/``."""

    base: str
    pattern: re.Pattern[str]
    negated: bool
    folders_only: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        """Whether ``path``, relative to the root, is meant by this line."""
        if not path.startswith(self.base) or (self.folders_only and not is_folder):
            return False
        return self.pattern.fullmatch(path[len(self.base) :]) is not None


def read_rules(folder: Path, base: str) -> tuple[Rule, ...]:
    """The rules of the ignore files in ``folder``, in their order."""
    rules: list[Rule] = []
    for name in NAMES:
        file = folder / name
        try:
            text = file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
        except OSError:
            continue
        rules += [rule for row in text.splitlines() if (rule := parse_rule(row, base)) is not None]
    return tuple(rules)


def parse_rule(row: str, base: str = "") -> Rule | None:
    """The rule that a line holds; ``None`` for comments and blank lines."""
    row = re.sub(r"(?<!\\)[ \t]+\Z", "", row.rstrip("\r\n"))
    if not row or row.startswith("#"):
        return None
    negated = row.startswith("!")
    row = row[negated:]
    if row.startswith(("\\#", "\\!")):
        row = row[1:]
    folders_only = row.endswith("/")
    row = row.rstrip("/") if folders_only else row
    if not row:
        return None
    # A slash at the start or in the middle ties the pattern to the folder of its file.
    anchored = "/" in row
    row = row.lstrip("/")
    expression = _translate(row)
    if not anchored:
        expression = f"(?:.*/)?{expression}"
    return Rule(base, re.compile(expression, re.S), negated, folders_only)


def is_ignored(path: str, is_folder: bool, rules: tuple[Rule, ...]) -> bool:
    """Whether the last rule that matches ``path`` excludes it."""
    for rule in reversed(rules):
        if rule.matches(path, is_folder):
            return not rule.negated
    return False


def _translate(pattern: str) -> str:
    parts = []
    position = 0
    while position < len(pattern):
        if pattern.startswith("**/", position) and (position == 0 or pattern[position - 1] == "/"):
            parts.append("(?:.*/)?")
            position += 3
        elif pattern[position:] == "**" and position and pattern[position - 1] == "/":
            parts.append(".+")
            position += 2
        elif pattern[position] == "*":
            parts.append("[^/]*")
            position += 1
        elif pattern[position] == "?":
            parts.append("[^/]")
            position += 1
        elif pattern[position] == "[" and (match := re.match(r"\[(!|\^)?(\]?[^\]]*)\]", pattern[position:])):
            inside = match[2].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            parts.append(f"(?!/)[{'^' if match[1] else ''}{inside}]")
            position += match.end()
        elif pattern[position] == "\\" and position + 1 < len(pattern):
            parts.append(re.escape(pattern[position + 1]))
            position += 2
        else:
            parts.append(re.escape(pattern[position]))
            position += 1
    return "".join(parts)
