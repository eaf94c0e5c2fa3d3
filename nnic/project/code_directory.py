"""The code directory: where it begins, and which of its files count."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from nnic.project.ignore_files import NAMES, IgnoreFile, is_ignored

# What a folder that a program was compiled to holds, and what of it tells such a folder.
OUTPUT_NAMES = frozenset({"code", "program.json", "search_space.json", "parameters.json"})
OUTPUT_SIGNS = frozenset({"program.json", "parameters.json"})
_ALWAYS_EXCLUDED = frozenset({".nnic", ".git", "__pycache__"})


def find_code_dir(target: Path) -> Path:
    """Return the code directory of a script or folder: a folder itself; for a file its folder, climbing while
    that is a package."""
    target = target.resolve()
    if target.is_dir():
        return target
    folder = target.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def _skip(error: OSError) -> None:
    pass


def walk_files(
    root: Path,
    excluded: tuple[Path, ...] = (),
    *,
    links: bool = False,
    unreadable: Callable[[OSError], None] = _skip,
) -> Iterator[str]:
    """Return the paths of the files below ``root``, relative to it and with ``/``, sorted.

    Left out are ``.nnic``, ``.git``, ``__pycache__``, virtual environments (folders with a
    ``pyvenv.cfg``), compiled programs (what ``--out`` writes), what ``.gitignore`` and ``.nniignore``
    name (those above ``root`` in the same repository included), and the folders ``excluded``. Links to
    folders are not followed; with ``links`` they are among the paths. A folder that can't be listed is
    told to ``unreadable``.
    """
    real_root = os.path.realpath(root)
    top, base = _repository(real_root)
    rules = _outer_rules(top, base)
    left_out = frozenset(os.path.realpath(path) for path in excluded)
    # Files and folders still to come, the next one last.
    pending: list[_Entry] = [_Entry(os.fspath(root), "", is_folder=True)]
    inherited = {"": rules}
    while pending:
        entry = pending.pop()
        if not entry.is_folder:
            if entry.is_file or links:
                yield entry.path
            continue
        if left_out and entry.path and os.path.join(real_root, entry.path) in left_out:
            continue
        try:
            found = sorted(os.scandir(entry.place), key=lambda item: item.name)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                unreadable(error)
            continue
        names = {item.name for item in found}
        if entry.path and ("pyvenv.cfg" in names or is_output(names)):
            continue
        folder = f"{entry.path}/" if entry.path else ""
        rules = inherited.pop(entry.path)
        rules += _rules_in(entry.place, [name for name in NAMES if name in names], base + folder)
        children = [child for item in found if (child := _child(item, folder, base, rules)) is not None]
        inherited.update((child.path, rules) for child in children if child.is_folder)
        pending.extend(reversed(children))


def python_files(
    root: Path, excluded: tuple[Path, ...] = (), unreadable: Callable[[OSError], None] = _skip
) -> list[str]:
    """Return the Python files among :func:`walk_files`."""
    return [path for path in walk_files(root, excluded, unreadable=unreadable) if path.endswith(".py")]


def is_output(names: Set[str]) -> bool:
    """Tell whether a folder with entries of these names is one that a program was compiled to."""
    return "code" in names and bool(names & OUTPUT_SIGNS) and names <= OUTPUT_NAMES


def module_name(path: str) -> str:
    """Return the first part of the keys of a file's parameters: its path with dots."""
    return path.removesuffix(".py").replace("/", ".")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file, a folder or a link to a folder; ``path`` is relative to the root."""

    place: str
    path: str
    is_folder: bool
    is_file: bool = False


def _child(item: os.DirEntry[str], folder: str, base: str, rules: tuple[IgnoreFile, ...]) -> _Entry | None:
    path = folder + item.name
    try:
        is_folder = item.is_dir(follow_symlinks=False)
        is_file = not is_folder and item.is_file()
        if not is_folder and not is_file and not item.is_dir():
            return None
    except OSError:
        return None  # a link that leads to itself, or to where nobody may look
    if is_folder and item.name in _ALWAYS_EXCLUDED:
        return None
    if rules and is_ignored(os.fsencode(base + path), is_folder, rules):
        return None
    return _Entry(item.path, path, is_folder, is_file)


def _repository(root: str) -> tuple[str, str]:
    """Return the top of the repository around a folder, and the path from there to it; itself without one."""
    top = root
    while not os.path.lexists(os.path.join(top, ".git")):
        above = os.path.dirname(top)
        if above == top:
            return root, ""
        top = above
    return top, f"{os.path.relpath(root, top)}/" if top != root else ""


def _outer_rules(top: str, base: str) -> tuple[IgnoreFile, ...]:
    """Return the rules of the folders from ``top`` to above the one at ``base``."""
    rules: tuple[IgnoreFile, ...] = ()
    folder = ""
    for part in base.split("/")[:-1]:
        rules += _rules_in(os.path.join(top, folder), NAMES, folder)
        folder += f"{part}/"
    return rules


def _rules_in(folder: str, names: Iterable[str], base: str) -> tuple[IgnoreFile, ...]:
    """Return the rules of the ignore files ``names`` of a folder."""
    rules: tuple[IgnoreFile, ...] = ()
    for name in names:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                rules += (IgnoreFile(os.fsencode(base), file.read()),)
        except OSError:
            continue
    return rules
