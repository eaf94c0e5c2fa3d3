"""Ignore files: held against git itself on generated trees."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from nnic.project.code_directory import python_files, walk_files
from nnic.project.ignore_files import IgnoreFile, is_ignored, parse_rule

FOLDERS = [b"a", b"b", b"build", b"a.d", b"x y", b"[z]"]
FILES = [
    b"a.py",
    b"b.py",
    b"ab.py",
    b"#c.py",
    b"!d.py",
    b"e .py",
    b"a*.py",
    b"caf\xc3\xa9.py",
    b"\xff.py",
    b"b\\c.py",
]
PIECES = [
    *(
        b"a",
        b"b",
        b"ab",
        b"build",
        b".py",
        b"*",
        b"**",
        b"?",
        b"/",
        b"/",
        b"/",
        b"[a-b]",
        b"[!a]",
        b"[^b]",
        b"[]z]",
    ),
    *(
        b"[[:alpha:]]",
        b"[",
        b"]",
        b"\\",
        b"\\*",
        b"\\ ",
        b" ",
        b"#",
        b"!",
        b"caf\xc3\xa9",
        b"***",
        b"[b-a]",
        b"\t",
    ),
    *(
        b"a.py",
        b"a/",
        b"**/",
        b"/**",
        b"\\[z]",
        b"x y",
        b"[\\]-a]",
        b"\xff",
        b"[a\\-z]",
        b"[[:x:]]",
        b"[[:a]",
        b"[a-b-y]",
        b"[:]",
    ),
]


def _pattern(choose: random.Random) -> bytes:
    row = b"".join(choose.choices(PIECES, k=choose.randint(1, 4)))
    if choose.random() < 0.25:
        row = b"!" + row
    return row + choose.choice([b"", b"", b"", b"/", b" ", b"\\ ", b"\r", b"\\"])


def _grow(choose: random.Random, folder: bytes, depth: int) -> list[bytes]:
    """Make a folder with ignore files; return everything in it."""
    os.makedirs(folder, exist_ok=True)
    found = []
    for name in choose.sample(FILES, 4):
        path = os.path.join(folder, name)
        open(path, "wb").close()
        found.append(path)
    if depth == 0 or choose.random() < 0.5:
        rows = [_pattern(choose) for _ in range(choose.randint(1, 4))]
        with open(os.path.join(folder, b".gitignore"), "wb") as file:
            file.write(choose.choice([b"", b"\xef\xbb\xbf"]) + b"\n".join(rows) + choose.choice([b"", b"\n"]))
    for name in choose.sample(FOLDERS, 3) if depth < 2 else ():
        path = os.path.join(folder, name)
        found += [path, *_grow(choose, path, depth + 1)]
    return found


def _git(root: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    result = subprocess.run(
        ["git", *arguments], cwd=root, input=stdin, capture_output=True, env=environment, check=False
    )
    assert result.returncode in (0, 1), result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    _git(root, "init", "-q")
    return root


def test_the_files_are_those_that_git_does_not_ignore(repository: Path) -> None:
    choose = random.Random(11)
    ignored_ones = 0
    for number in range(80):
        root = repository / f"tree{number}"
        paths = [os.path.relpath(p, os.fsencode(repository)) for p in _grow(choose, os.fsencode(root), 0)]
        listed = _git(repository, "check-ignore", "-z", "--stdin", stdin=b"\0".join(paths)).split(b"\0")
        ignored = set(listed) - {b""}
        expected = sorted(
            p
            for p in paths
            if p not in ignored and not os.path.isdir(os.path.join(os.fsencode(repository), p))
        )
        found = [os.fsencode(f"tree{number}/{path}") for path in python_files(root)]
        rules = (root / ".gitignore").read_bytes()
        assert sorted(found) == expected, rules
        ignored_ones += len(ignored)
    assert ignored_ones > 300


@pytest.mark.parametrize("row", [b"a**", b"**a.py", b"a**.py", b"**", b"a**b/", b"a/**", b"[*]**"])
def test_stars_of_a_name_stay_in_it(repository: Path, row: bytes) -> None:
    """What is taken back tells: what is below an excluded folder is excluded anyway."""
    root = repository / row.hex()
    paths = ["a.py", "b.py", "a/a.py", "a/b.py", "b/b.py", "b/a/a.py", "b/a/b.py", "*c/b.py"]
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")
    (root / ".gitignore").write_bytes(b"*\n!*/\n!" + row + b"\n")
    names = "\0".join(f"{root.name}/{path}" for path in paths).encode()
    listed = _git(repository, "check-ignore", "-z", "--stdin", stdin=names).decode().split("\0")
    assert sorted(python_files(root)) == sorted(path for path in paths if f"{root.name}/{path}" not in listed)


@pytest.mark.parametrize("row", [b"", b"# text", b"   ", b"!", b"/", b"#", b"\r"])
def test_lines_without_a_rule(row: bytes) -> None:
    assert parse_rule(row) is None


def test_nniignore_follows_gitignore_and_inner_follows_outer(tmp_path: Path) -> None:
    for path in ("kept.py", "gone.py", "in/kept.py", "in/gone.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    (tmp_path / ".gitignore").write_text("kept.py\n")
    (tmp_path / ".nniignore").write_text("!kept.py\ngone.py\n")
    (tmp_path / "in/.nniignore").write_text("!gone.py\n")
    assert python_files(tmp_path) == ["in/gone.py", "in/kept.py", "kept.py"]


def test_git_reads_a_line_break_only_as_one() -> None:
    rules = (IgnoreFile(b"", b"a\x0b.py\nb\x1c.py\nc\xe2\x80\xa8.py\n"),)
    assert is_ignored(b"a\x0b.py", False, rules)
    assert is_ignored(b"b\x1c.py", False, rules)
    assert is_ignored("c\u2028.py".encode(), False, rules)
    assert not is_ignored(b".py", False, rules)


def test_unreadable_ignore_files_hold_no_rules(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / ".gitignore").mkdir()
    (tmp_path / ".nniignore").symlink_to("nowhere")
    assert python_files(tmp_path) == ["a.py"]


def test_links_and_odd_entries(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/real.py").write_text("")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.py").write_text("")
    code = tmp_path / "code"
    (code / "loop.py").symlink_to("loop.py")
    (code / "nowhere.py").symlink_to("missing")
    (code / "self").symlink_to(".")
    (code / "away").symlink_to(tmp_path / "outside")
    (code / "file.py").symlink_to("real.py")
    (code / "away.py").symlink_to(tmp_path / "outside/x.py")
    (code / "folder.py").mkdir()
    os.mkfifo(code / "pipe.py")
    assert python_files(code) == ["away.py", "file.py", "real.py"]
    assert list(walk_files(code, links=True)) == ["away", "away.py", "file.py", "real.py", "self"]
    # The root itself may be a link.
    (tmp_path / "link").symlink_to("code")
    assert python_files(tmp_path / "link") == python_files(code)


def test_folders_of_any_depth(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    folder = here
    for _ in range(300):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        if folder != here:
            os.close(folder)
        folder = inner
    os.close(os.open("x.py", os.O_CREAT, dir_fd=folder))
    os.close(folder)
    os.close(here)
    assert python_files(tmp_path) == ["d/" * 300 + "x.py"]


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("")
    plain = os.scandir

    def scandir(path: str) -> object:
        if os.path.basename(path) == "b":
            raise PermissionError(13, "Permission denied", path)
        if os.path.basename(path) == "c":
            raise FileNotFoundError(2, "No such file or directory", path)
        return plain(path)

    monkeypatch.setattr(os, "scandir", scandir)
    told: list[OSError] = []
    assert python_files(tmp_path, unreadable=told.append) == ["a/x.py"]
    assert [error.filename for error in told] == [str(tmp_path / "b")]
