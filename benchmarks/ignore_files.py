"""Holds ignore files against git itself: nnic's own reader of them, and that of the library pathspec.

Generated trees with generated ``.gitignore`` files, nested ones too, are given to ``git check-ignore``
and to both. ``everyday`` patterns are what people write; ``edges`` are those that git's manual mentions and
few people write; ``bytes`` has names and patterns that are no UTF-8.

    python benchmarks/ignore_files.py [TREES]
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pathspec import GitIgnoreSpec

from nnic.project.ignore_files import IgnoreFile

FOLDERS = (b"a", b"b", b"build", b"docs", b"Build", b"x y", b".cache")
NAMES = (
    b"a.py",
    b"b.py",
    b"A.py",
    b"keep.py",
    b"data.csv",
    b"#c.py",
    b"!d.py",
    b"e .py",
    b"f[1].py",
    b"g*.py",
)
EVERYDAY = (
    b"*.py|a.py|/a.py|build/|/build|docs/*.py|**/a.py|docs/**|a/**/b.py|!keep.py|!a.py|!build/|*|!*/|!*.py|"
    b"[ab].py|?.py|# a comment||build/a/|!docs/keep.py|*.csv|/*|!/a|.cache/|**/build/|a/b/|*/a.py"
).split(b"|")
EDGES = (
    b"\\#c.py|\\!d.py|e\\ .py|a.py |a.py\\ |a.py\t|"
    b"f\\[1\\].py|f[[]1].py|g\\*.py|[!a].py|[^a].py|[a-|[]|[]a].py|"
    b"[[:alpha:]].py|[[:upper:]].py|[z-a].py|**.py|a**|!a**|**a.py|a/**/|/**|**/|***|a/***/b.py|**/**/a.py|"
    b"a//b.py|/|//|!|!!a.py|\\a.py|a.py\\|a.py\r|x y/|x\\ y|./a.py|a/../a.py|[a-b/c].py|a[/]b.py|build[/]|"
    b"*/|!*/|/*/*/|[\\]a].py|[a\\-z].py|A.PY|?"
).split(b"|")
BYTES = b"caf\xc3\xa9|\xff|caf?|caf??|[\xff]|*\xa9|caf[\xc3\xa9]|[!\xff]".split(b"|")
SETS = {"everyday": EVERYDAY, "edges": (*EVERYDAY, *EDGES * 2), "bytes": (*EVERYDAY, *BYTES * 2)}


class Rules(Protocol):
    """What an ignore file says."""

    def excludes(self, path: bytes, is_folder: bool) -> bool | None:
        """Whether it excludes ``path``; ``None`` when it has no say."""


class PathspecRules:
    """An ignore file read by pathspec; a line that it refuses is left out."""

    def __init__(self, base: bytes, data: bytes) -> None:
        self._base = base
        kept = []
        for row in data.split(b"\n"):
            line = os.fsdecode(row)
            try:
                GitIgnoreSpec.from_lines([line])
            except (ValueError, re.error):
                continue
            kept.append(line)
        self._spec = GitIgnoreSpec.from_lines(kept)

    def excludes(self, path: bytes, is_folder: bool) -> bool | None:
        """Do what :class:`Rules` says."""
        name = os.fsdecode(path[len(self._base) :])
        return self._spec.check_file(f"{name}/" if is_folder else name).include


@dataclass
class Tree:
    """Paths relative to the repository, folders before what is in them, and the ignore files."""

    paths: list[tuple[bytes, bool]] = field(default_factory=list)
    ignore_files: dict[bytes, bytes] = field(default_factory=dict)


def grow(
    choose: random.Random, root: bytes, folder: bytes, rows: Sequence[bytes], tree: Tree, depth: int
) -> None:
    """Make a folder of the tree, its ignore file and what is below it."""
    os.makedirs(os.path.join(root, folder), exist_ok=True)
    names = (*NAMES, b"caf\xc3\xa9", b"\xff") if BYTES[0] in rows else NAMES
    for name in choose.sample(names, 4):
        path = folder + name
        open(os.path.join(root, path), "wb").close()
        tree.paths.append((path, False))
    if depth == 0 or choose.random() < 0.4:
        data = b"\n".join(choose.choices(rows, k=choose.randint(1, 5))) + b"\n"
        Path(os.fsdecode(os.path.join(root, folder, b".gitignore"))).write_bytes(data)
        tree.ignore_files[folder] = data
    for name in choose.sample(FOLDERS, 3) if depth < 3 else ():
        tree.paths.append((folder + name, True))
        grow(choose, root, folder + name + b"/", rows, tree, depth + 1)


def ignored_by_git(root: str, tree: Tree) -> set[bytes]:
    """Return the paths that git ignores."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    names = b"\0".join(path for path, _ in tree.paths)
    command = ["git", "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(command, cwd=root, input=names, capture_output=True, env=environment, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())
    return set(done.stdout.split(b"\0")) - {b""}


def ignored_by(make: Callable[[bytes, bytes], Rules], tree: Tree) -> set[bytes]:
    """Return the paths that these rules exclude; nothing below an excluded folder is taken back."""
    files = {base: make(base, data) for base, data in tree.ignore_files.items()}
    ignored: set[bytes] = set()
    for path, is_folder in tree.paths:
        above = os.path.dirname(path)
        said = (files[base].excludes(path, is_folder) for base in _bases(above) if base in files)
        if above in ignored or next((answer for answer in said if answer is not None), False):
            ignored.add(path)
    return ignored


def _bases(folder: bytes) -> Iterator[bytes]:
    """The folders from this one up, each with a slash at its end; the top is empty."""
    while folder:
        yield folder + b"/"
        folder = os.path.dirname(folder)
    yield b""


def main(trees: int) -> None:
    """Compare, and print a table."""
    warnings.simplefilter("ignore")  # of the expressions that pathspec makes
    readers: dict[str, Callable[[bytes, bytes], Rules]] = {"nnic": IgnoreFile, "pathspec": PathspecRules}
    for title, rows in SETS.items():
        choose = random.Random(f"ignore {title}")
        paths = ignored = 0
        wrong = dict.fromkeys(readers, 0)
        seconds = dict.fromkeys(readers, 0.0)
        shown = []
        for _ in range(trees):
            with tempfile.TemporaryDirectory() as root:
                subprocess.run(["git", "init", "-q", root], check=True)
                tree = Tree()
                grow(choose, os.fsencode(root), b"", rows, tree, 0)
                expected = ignored_by_git(root, tree)
                paths, ignored = paths + len(tree.paths), ignored + len(expected)
                for name, make in readers.items():
                    began = time.perf_counter()
                    found = ignored_by(make, tree)
                    seconds[name] += time.perf_counter() - began
                    different = sorted(found ^ expected)
                    wrong[name] += len(different)
                    if different and name == "pathspec" and len(tree.ignore_files) == 1:
                        shown.append((different[0], tree.ignore_files[b""]))
        print(f"{title}: {paths} paths, {ignored} of them ignored by git")
        for name in readers:
            print(f"  {name:9} {wrong[name]:6} differ   {seconds[name] / paths * 1e6:6.1f} us a path")
        for path, data in shown[:8]:
            print(f"    pathspec, {path!r} with {data!r}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
