"""The code directory: where it begins, and which of its files count."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from nnic.files.ignorefiles import Rule, is_ignored, read_rules

_ALWAYS_EXCLUDED = frozenset({".nnic", ".git", "__pycache__"})


def find_code_dir(target: Path) -> Path:
    """The code directory of a script or folder: a folder itself; for a file its folder, climbing while
    that is a package."""
    target = target.resolve()
    if target.is_dir():
        return target
    folder = target.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def walk_files(root: Path, excluded: tuple[Path, ...] = (), *, links: bool = False) -> Iterator[str]:
    """Paths of the files below ``root``, relative to it and with ``/``, sorted.

    Left out are ``.nnic``, ``.git``, ``__pycache__``, virtual environments (folders with a
    ``pyvenv.cfg``), what ``.gitignore`` and ``.nniignore`` name (those above ``root`` in the same
    repository included), and the folders ``excluded``. Links to folders are not followed; with
    ``links`` they are among the paths.
    """
    outer, prefix = _outer_rules(root)
    left_out = frozenset(path.resolve() for path in excluded)
    for path, is_file in _walk(root, "", outer, prefix, left_out):
        if is_file or links:
            yield path


def python_files(root: Path, excluded: tuple[Path, ...] = ()) -> list[str]:
    """The Python files among :func:`walk_files`."""
    return [path for path in walk_files(root, excluded) if path.endswith(".py")]


def module_name(path: str) -> str:
    """The first part of the keys of a file's parameters: its path with dots."""
    return path.removesuffix(".py").replace("/", ".")


def _outer_rules(root: Path) -> tuple[tuple[Rule, ...], str]:
    """Rules of the folders above ``root`` up to the repository's, and the path from there to it."""
    root = root.resolve()
    if (root / ".git").exists():
        return (), ""
    for top in root.parents:
        if (top / ".git").exists():
            break
    else:
        return (), ""
    rules: tuple[Rule, ...] = ()
    folder = top
    relative = root.relative_to(top).parts
    for index in range(len(relative)):
        base = "".join(f"{part}/" for part in relative[:index])
        rules += read_rules(folder, base)
        folder = folder / relative[index]
    return rules, "".join(f"{part}/" for part in relative)


def _walk(
    folder: Path, base: str, rules: tuple[Rule, ...], prefix: str, excluded: frozenset[Path]
) -> Iterator[tuple[str, bool]]:
    rules = rules + read_rules(folder, prefix + base)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = base + entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_ignored(prefix + path, is_folder, rules):
            continue
        if not is_folder:
            if entry.is_file() or entry.is_dir():
                yield path, entry.is_file()
        elif entry.name not in _ALWAYS_EXCLUDED and not _is_environment(Path(entry.path), excluded):
            yield from _walk(Path(entry.path), f"{path}/", rules, prefix, excluded)


def _is_environment(folder: Path, excluded: frozenset[Path]) -> bool:
    return (folder / "pyvenv.cfg").is_file() or (bool(excluded) and folder.resolve() in excluded)
