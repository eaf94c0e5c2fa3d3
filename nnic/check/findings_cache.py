"""Findings kept from one check to the next, by what was checked.

Only a speed-up: whatever is wrong with the file or its folder, the check works as if there was none.
It is read as JSON, for a folder that came with somebody else's project may hold anything.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, TypeVar

import nnic
from nnic.edits import Edit
from nnic.findings.diagnostics import Diagnostic, Related, Severity
from nnic.findings.fixes import Fix
from nnic.project.home import home_for
from nnic.span import Span

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL, which takes longer than all else here
except ImportError:  # pragma: no cover
    from hashlib import blake2b

_NAME = "lint.json"
_OURS = "annotations check compile findings lowering passes project runtime syntax tuners"
_MOST_ENTRIES = 4000
_MOST_BYTES = 4_000_000
_MOST_PROJECTS = 100
_T = TypeVar("_T")


class FindingsCache:
    """The findings of texts by their content.

    Parameters
    ----------
    file
        Where they are kept; need not exist.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._checker = _checker()
        self._old = _read(file, self._checker)
        self._new: dict[str, Any] = {}
        self._added = False

    def get(self, data: bytes, module: str, shown: str) -> tuple[Diagnostic, ...] | None:
        """Tell what checking ``data`` found, or ``None`` when that is not known; ``shown`` is its path."""
        key = _key(data, module)
        packed = self._new.get(key, self._old.get(key))
        try:
            found = tuple(_unpack(item, shown) for item in _as(list, packed))
        except (ValueError, AssertionError):
            return None
        self._new[key] = packed
        return found

    def put(self, data: bytes, module: str, found: tuple[Diagnostic, ...]) -> None:
        """Keep what checking ``data`` found."""
        self._new[_key(data, module)] = [_pack(diagnostic) for diagnostic in found]
        self._added = True

    def save(self) -> None:
        """Write everything, the latest at the end; the earliest go when it is too much."""
        if not self._added:
            return
        entries = list(({k: v for k, v in self._old.items() if k not in self._new} | self._new).items())
        entries = entries[-_MOST_ENTRIES:]
        text = self._written(entries)
        while len(text) > _MOST_BYTES:
            entries = entries[len(entries) // 2 + 1 :]
            text = self._written(entries)
        with suppress(OSError):
            _replace(self._file, text.encode("ascii"))

    def _written(self, entries: list[tuple[str, Any]]) -> str:
        return json.dumps({"checker": self._checker, "entries": dict(entries)}, separators=(",", ":"))


def cache_file(path: Path) -> Path | None:
    """Tell where the findings about ``path`` and its project are kept: in the project's ``.nnic`` where there
    is one, else in the user's folder for caches, or ``None`` where there is neither."""
    home = home_for(path)
    if home.is_dir():
        return home / "cache" / _NAME
    from platformdirs import user_cache_dir

    folder = user_cache_dir("nnic", appauthor=False)
    if not os.path.isabs(folder):  # whoever calls this has no home
        return None
    project = blake2b(os.fsencode(home), digest_size=8).hexdigest()
    return Path(folder, f"{project}-{_NAME}")


def _checker() -> str:
    """Tell what would find other things in the same text: another Python, or another nnic, edited ones
    too."""
    stamps = [f"{sys.version_info[:3]} {nnic.__version__}"]
    for folder in checker_folders():
        for entry in os.scandir(folder):
            if entry.name.endswith(".py"):
                stat = entry.stat()
                stamps.append(f"{entry.path} {stat.st_mtime_ns} {stat.st_size}")
    return blake2b("\n".join(sorted(stamps)).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def checker_folders() -> list[str]:
    """Return the folders of all code that decides what is found in a text, that of astor's printer
    included."""
    top = os.path.dirname(nnic.__file__)
    printer = PathFinder.find_spec("astor")
    others = [] if printer is None else printer.submodule_search_locations or []
    return [top, *(os.path.join(top, folder) for folder in _OURS.split()), *others]


def _key(data: bytes, module: str) -> str:
    return blake2b(data, digest_size=16, key=module.encode("utf-8", "surrogateescape")[-64:]).hexdigest()


def _read(file: Path, checker: str) -> dict[str, Any]:
    try:
        with open(file, "rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        content = json.loads(data) if len(data) <= _MOST_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("checker") != checker:
        return {}
    entries = content.get("entries")
    return entries if isinstance(entries, dict) else {}


def _replace(file: Path, data: bytes) -> None:
    new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    if new:
        _tidy(file.parent)
    aside = file.with_name(f"{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        aside.write_bytes(data)
        os.replace(aside, file)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def _tidy(folder: Path) -> None:
    """Keep the folder out of git, and from growing with every project and every kill."""
    if not (folder / ".gitignore").exists():
        (folder / ".gitignore").write_bytes(b"*\n")
    files = sorted(folder.glob(f"*{_NAME}*"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[_MOST_PROJECTS:]:
        file.unlink()


def _pack(d: Diagnostic) -> list[Any]:
    fix = None
    if d.fix is not None:
        fix = [d.fix.text, [[edit.span.start, edit.span.end, edit.text] for edit in d.fix.edits], d.fix.safe]
    related = [[r.path if r.path != d.path else None, r.line, r.column, r.message] for r in d.related]
    place = [d.line, d.column, d.end_line, d.end_column]
    return [d.code, d.severity.value, place, d.message, d.help, fix, related, d.excerpt]


def _unpack(packed: Any, shown: str) -> Diagnostic:
    """Return the inverse of :func:`_pack`.

    Raises
    ------
    ValueError, AssertionError
        When it was not written by that.
    """
    code, severity, place, message, help, fix, related, excerpt = _as(list, packed)
    line, column, end_line, end_column = [_as(int, number) for number in _as(list, place)]
    return Diagnostic(
        _as(str, code),
        Severity(severity),
        shown,
        line,
        column,
        end_line,
        end_column,
        _as(str, message),
        _as_optional(str, help),
        fix=None if fix is None else _unpack_fix(fix),
        related=tuple(_unpack_related(item, shown) for item in _as(list, related)),
        excerpt=_as_optional(str, excerpt),
    )


def _unpack_fix(packed: Any) -> Fix:
    text, edits, safe = _as(list, packed)
    unpacked = []
    for edit in _as(list, edits):
        start, end, new = _as(list, edit)
        unpacked.append(Edit(Span(_as(int, start), _as(int, end)), _as(str, new)))
    return Fix(_as(str, text), tuple(unpacked), _as(bool, safe))


def _unpack_related(packed: Any, shown: str) -> Related:
    path, line, column, message = _as(list, packed)
    return Related(_as_optional(str, path) or shown, _as(int, line), _as(int, column), _as(str, message))


def _as(kind: type[_T], value: Any) -> _T:
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


def _as_optional(kind: type[_T], value: Any) -> _T | None:
    return None if value is None else _as(kind, value)
