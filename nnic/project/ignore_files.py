"""Patterns of ``.gitignore`` and ``.nniignore``, with git's meaning.

As in git, paths and patterns are bytes: ``?`` is one byte, and a name need not be UTF-8.

The library pathspec is not used, because its answers are not git's (1.1.1, ``GitIgnoreSpec``): asked for
folders, it excludes every one for ``*`` and ``!*/``, with which many ignore files begin, and ``docs`` itself
for ``docs/**``; asked for files alone, it takes back what lies below an excluded folder. It knows no
``[[:alpha:]]``, raises on ``[z-a]``, strips a tab at the end of a line, and reads ``a/***/b`` and escapes
within brackets otherwise. ``benchmarks/ignore_files.py`` holds both against git.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = (".gitignore", ".nniignore")

_BOM = b"\xef\xbb\xbf"
_NEVER = b"(?!)"
_STAR = b"[^/]*"
_FOLDERS = b"(?:.*/)?"
_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"\x21-\x7e",
    b"lower": rb"a-z",
    b"print": rb"\x20-\x7e",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb"\t-\r ",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an ignore file: an expression for the path below the file's folder."""

    expression: bytes
    negated: bool
    folders_only: bool


class IgnoreFile:
    """The rules of one ignore file.

    Parameters
    ----------
    base
        Its folder relative to the root, ``b""`` or ending in ``/``.
    data
        Its content.
    """

    def __init__(self, base: bytes, data: bytes) -> None:
        self.base = base
        rows = data.removeprefix(_BOM).split(b"\n")
        rules = [rule for row in rows if (rule := parse_rule(row)) is not None]
        self._rules = [(re.compile(rule.expression, re.S), rule) for rule in reversed(rules)]
        # Most names match nothing, which one search tells.
        self._any = re.compile(b"|".join(b"(?:%s)" % rule.expression for rule in rules) or _NEVER, re.S)

    def excludes(self, path: bytes, is_folder: bool) -> bool | None:
        """Return whether the last rule that matches ``path``, relative to the root, excludes it.

        ``None`` means that no rule matches.
        """
        if not path.startswith(self.base):
            return None
        name = path[len(self.base) :]
        if self._any.fullmatch(name) is None:
            return None
        for pattern, rule in self._rules:
            if (is_folder or not rule.folders_only) and pattern.fullmatch(name):
                return not rule.negated
        return None


def is_ignored(path: bytes, is_folder: bool, files: tuple[IgnoreFile, ...]) -> bool:
    """Return whether ``path`` is excluded.

    Of ``files``, which are outer before inner, the last one with a rule for it counts.
    """
    for file in reversed(files):
        answer = file.excludes(path, is_folder)
        if answer is not None:
            return answer
    return False


def parse_rule(row: bytes) -> Rule | None:
    """Return the rule that a line holds; ``None`` for comments and blank lines."""
    row = _without_trailing_spaces(row.removesuffix(b"\r"))
    if row.startswith(b"#"):
        return None
    negated = row.startswith(b"!")
    row = row[negated:]
    folders_only = row.endswith(b"/")
    row = row.removesuffix(b"/")
    if not row:
        return None
    # A slash at the start or in the middle ties the pattern to the folder of its file. One without is
    # held against a name alone, which no stars lead out of.
    if b"/" in row:
        expression = _translate(row.removeprefix(b"/"))
    else:
        expression = b"(?:.*/)?" + _translate(row, is_name=True)
    return Rule(expression, negated, folders_only)


def _without_trailing_spaces(row: bytes) -> bytes:
    end = position = 0
    while position < len(row):
        position += 2 if row[position : position + 1] == b"\\" else 1
        if row[position - 1 : position] != b" " or row[position - 2 : position - 1] == b"\\":
            end = position
    return row[:end]


def _translate(pattern: bytes, is_name: bool = False) -> bytes:
    """Return an expression for a pattern, of a path or of a name alone; where git's never matches, one that
    never does."""
    parts: list[bytes] = []
    position = 0
    while position < len(pattern):
        char = pattern[position : position + 1]
        if char == b"*":
            part, position = _translate_stars(pattern, position, is_name)
        elif char == b"?":
            part, position = b"[^/]", position + 1
        elif char == b"[":
            part, position = _translate_class(pattern, position)
        elif char == b"\\":
            escaped = pattern[position + 1 : position + 2]
            part, position = re.escape(escaped) if escaped else _NEVER, position + 2
        else:
            part, position = re.escape(char), position + 1
        parts.append(part)
    return _join(parts)


def _join(parts: list[bytes]) -> bytes:
    """Join the expressions of a pattern so that a name is matched in time near its length.

    What stands between two stars matches best where it does first, since the second star takes the rest. So
    each such place is found once (an atomic group) and never looked for again; the same holds between two
    ``**``.
    """
    first, *between = _split(parts, _FOLDERS)
    runs = [_join_names(first)]
    for index, run in enumerate(between):
        is_last = index == len(between) - 1
        runs.append((b"(?:.*/)?%s" if is_last else b"(?>(?:.*?/)??%s)") % _join_names(run))
    return b"".join(runs)


def _join_names(parts: list[bytes]) -> bytes:
    first, *between = (b"".join(run) for run in _split(parts, _STAR))
    found = [b"(?>[^/]*?%s)" % run for run in between[:-1]]
    return b"".join([first, *found, *(b"[^/]*%s" % run for run in between[-1:])])


def _split(parts: list[bytes], separator: bytes) -> list[list[bytes]]:
    runs: list[list[bytes]] = [[]]
    for part in parts:
        if part == separator:
            runs.append([])
        else:
            runs[-1].append(part)
    return runs


def _translate_stars(pattern: bytes, start: int, is_name: bool) -> tuple[bytes, int]:
    """Return an expression for stars: two or more between slashes stand for any number of folders, others
    stay within a name."""
    end = start
    while pattern[end : end + 1] == b"*":
        end += 1
    before = pattern[:start]
    # Git compares text without wildcards by itself, and takes what follows for a beginning (2.39 does; 2.55
    # no longer does so, and keeps the stars of `/a**` within a name).
    bounded = before.endswith(b"/") or not set(before) & set(b"*?[\\")
    if end - start < 2 or is_name or not bounded or pattern[end : end + 1] not in (b"", b"/"):
        return _STAR, end
    return (_FOLDERS, end + 1) if pattern[end : end + 1] else (b".*", end)


def _translate_class(pattern: bytes, start: int) -> tuple[bytes, int]:
    """Return an expression for ``[a-z]``; a class that isn't closed makes the whole pattern match nothing."""
    position = start + 1
    negated = pattern[position : position + 1] in (b"!", b"^")
    position += negated
    parts: list[bytes] = []
    first = position
    while position == first or pattern[position : position + 1] != b"]":
        if position >= len(pattern):
            return _NEVER, len(pattern)
        name, end = _named_class(pattern, position)
        if name:
            if name not in _CLASSES:
                return _NEVER, len(pattern)
            parts.append(_CLASSES[name])
            position = end
            continue
        low, position = _class_char(pattern, position)
        # The lower end counts even where the upper one lies below it.
        parts.append(re.escape(low))
        upper = pattern[position + 1 : position + 2]
        if pattern[position : position + 1] == b"-" and upper not in (b"", b"]"):
            high, position = _class_char(pattern, position + 1)
            if low <= high:
                parts.append(b"%s-%s" % (re.escape(low), re.escape(high)))
    return b"(?!/)[%s%s]" % (b"^" if negated else b"", b"".join(parts)), position + 1


def _named_class(pattern: bytes, position: int) -> tuple[bytes, int]:
    """Return the name within ``[:alpha:]`` and the end of that; no name where none begins at ``position``."""
    end = pattern.find(b"]", position + 2)
    if pattern[position : position + 2] != b"[:" or end < position + 3 or pattern[end - 1 : end] != b":":
        return b"", position
    return pattern[position + 2 : end - 1] or b"?", end + 1


def _class_char(pattern: bytes, position: int) -> tuple[bytes, int]:
    if pattern[position : position + 1] == b"\\" and position + 1 < len(pattern):
        position += 1
    return pattern[position : position + 1], position + 1
