"""Findings that are kept: the same as anew, and harmless whatever happens to them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from golden import cases

import nnic.check.check_texts
from nnic.api import check_paths
from nnic.check import findings_cache as caching
from nnic.check.check_texts import Text, check_text
from nnic.check.findings_cache import FindingsCache, cache_file, checker_folders
from nnic.findings.diagnostics import Diagnostic

FINDINGS = Path(__file__).parent / "findings"
FIXES = Path(__file__).parent / "fixes"
BAD = "x = 1  # @nni.unifrm(0, 1)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / ".git").mkdir()
    (root / "a.py").write_text(BAD)
    (root / "b.py").write_text("x = 1  # @nni.choice(1, 2)\n")
    (root / "c.py").write_text("x = 1\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv("NNIC_HOME", raising=False)
    return root


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are checked, not taken from what is kept."""
    names: list[str] = []

    def check(text: Text) -> tuple[Diagnostic, ...]:
        names.append(Path(text.shown).name)
        return check_text(text)

    monkeypatch.setattr(nnic.check.check_texts, "check_text", check)
    return names


def test_every_finding_comes_back_as_it_was(tmp_path: Path) -> None:
    files = [*cases(FINDINGS), *cases(FIXES)]
    place = tmp_path / "lint.json"
    cold = FindingsCache(place)
    found = {}
    for file in files:
        text = Text(file.read_bytes(), file.name, file.stem)
        found[file] = check_text(text)
        cold.put(text.data, text.module, found[file])
    cold.save()
    warm = FindingsCache(place)
    for file in files:
        assert warm.get(file.read_bytes(), file.stem, file.name) == found[file]
    assert sum(map(len, found.values())) > 100
    assert any(d.fix is not None and d.fix.edits for ds in found.values() for d in ds)
    assert any(d.related for ds in found.values() for d in ds)


def test_only_what_changed_is_checked_again(project: Path, checked: list[str]) -> None:
    cold = check_paths([project], cache=True)
    assert [d.code for d in cold] == ["NNI101"]
    assert checked == ["a.py", "b.py"]
    assert check_paths([project], cache=True) == cold
    assert checked == ["a.py", "b.py"]
    (project / "b.py").write_text(BAD)
    assert len(check_paths([project], cache=True)) == 2
    assert checked == ["a.py", "b.py", "b.py"]
    assert check_paths([project]) == check_paths([project], cache=True)
    assert checked[3:] == ["a.py", "b.py"]


def test_a_moved_file_is_shown_where_it_is_now(project: Path, checked: list[str]) -> None:
    (project / "a.py").write_text("y = 1  # @nni.choice(1, 2)\ny = 2  # @nni.choice(1, 3)\n")
    check_paths([project], project, cache=True)
    (project / "sub").mkdir()
    (project / "a.py").rename(project / "sub/a.py")
    checked.clear()
    found = check_paths([project], project, cache=True)[-1]
    assert checked == []
    assert found.path == "sub/a.py"
    assert [related.path for related in found.related] == ["sub/a.py"]
    # Another module makes other keys.
    (project / "sub/a.py").rename(project / "sub/d.py")
    check_paths([project], project, cache=True)
    assert checked == ["d.py"]


def test_where_it_is_kept(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(os.listdir(project))
    check_paths([project], cache=True)
    assert sorted(os.listdir(project)) == before
    (kept,) = (tmp_path / "caches/nnic").glob("*.json")
    assert cache_file(project / "a.py") == kept
    assert (tmp_path / "caches/nnic/.gitignore").read_text() == "*\n"
    (project / ".nnic").mkdir()
    check_paths([project], cache=True)
    assert sorted(os.listdir(project / ".nnic/cache")) == [".gitignore", "lint.json"]
    monkeypatch.setenv("NNIC_HOME", str(tmp_path))
    assert cache_file(project) == tmp_path / "cache/lint.json"
    monkeypatch.setenv("NNIC_HOME", str(tmp_path / "missing"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    place = cache_file(project)
    assert place is not None
    assert place.parent == tmp_path / "me/.cache/nnic"


def _damaged() -> Iterator[object]:
    good = ["NNI101", "error", [1, 2, 3, 4], "message", "help", ["fix", [[0, 1, "x"]], True], [], "excerpt"]
    for index in range(len(good)):
        for wrong in (None, 1, "x", [], [1], {}, [[]]):
            if (
                wrong != good[index]
                and not (index in (4, 5, 7) and wrong is None)  # no help, fix or excerpt
                and not (index == 6 and wrong == [])
            ):
                entry = [*good]
                entry[index] = wrong
                if type(wrong) is not type(good[index]) or index in (1, 2, 5, 6):
                    yield [entry]
    yield from (None, 1, "x", {}, [1], [[]], [good[:-1]], [["x"] * 8])
    yield [[*good[:5], ["fix", [[5, 1, "x"]], True], *good[6:]]]


def test_damaged_entries_are_checked_anew(project: Path, checked: list[str]) -> None:
    cold = check_paths([project], cache=True)
    place = cache_file(project)
    assert place is not None
    content = json.loads(place.read_bytes())
    for damaged in _damaged():
        place.write_text(json.dumps({**content, "entries": dict.fromkeys(content["entries"], damaged)}))
        checked.clear()
        assert check_paths([project], cache=True) == cold
        assert checked == ["a.py", "b.py"], damaged


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"[]", b"1", b'{"checker": 1}', b"[" * 100_000, b"\0" * 10, b'{"entries": []}'],
)
def test_a_damaged_file_is_written_anew(data: bytes, project: Path) -> None:
    cold = check_paths([project], cache=True)
    place = cache_file(project)
    assert place is not None
    good = place.read_bytes()
    place.write_bytes(data)
    assert check_paths([project], cache=True) == cold
    assert place.read_bytes() == good


def test_the_stamp_covers_every_file_that_findings_depend_on() -> None:
    """Whatever checking loads of ours, and of the printer of option texts."""
    corpus = [path for name in ("cases", "findings") for path in (Path(__file__).parent / name).iterdir()]
    code = (
        "import sys\nfrom pathlib import Path\nfrom nnic.check.check_texts import Text, check_text\n"
        "for path in sys.argv[1:]:\n    check_text(Text(Path(path).read_bytes(), 'case.py', 'case'))\n"
        "print(*(module.__file__ for name, module in sys.modules.items() "
        "if name.partition('.')[0] in ('nnic', 'astor')), sep='\\n')"
    )
    command = [sys.executable, "-c", code, *map(str, corpus)]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(loaded) > 60
    assert any("astor" in name for name in loaded)
    covered = {os.path.realpath(folder) for folder in checker_folders()}
    assert {os.path.realpath(os.path.dirname(name)) for name in loaded} <= covered


def test_another_checker_checks_anew(
    project: Path, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check_paths([project], cache=True)
    monkeypatch.setattr(nnic, "__version__", "99")
    check_paths([project], cache=True)
    assert checked == ["a.py", "b.py"] * 2


def test_a_place_that_cannot_be_written(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = check_paths([project])
    (tmp_path / "caches").write_text("a file")
    assert check_paths([project], cache=True) == cold
    (tmp_path / "caches").unlink()
    for name in ("mkdir", "replace"):
        monkeypatch.setattr(os, name, _refuse)
        assert check_paths([project], cache=True) == cold
        monkeypatch.undo()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setattr(Path, "write_bytes", _refuse)
    assert check_paths([project], cache=True) == cold
    monkeypatch.undo()
    assert not [
        name for _, _, names in os.walk(tmp_path / "caches") for name in names if name != ".gitignore"
    ]


def _refuse(*arguments: object, **more: object) -> None:
    raise OSError(28, "No space left on device")


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_MOST_ENTRIES", 10)
    place = tmp_path / "lint.json"
    for number in range(15):
        cache = FindingsCache(place)
        cache.put(b"%d" % number, "m", ())
        assert cache.get(b"0", "m", "") is not None or number > 9
        cache.save()
    entries = json.loads(place.read_bytes())["entries"]
    assert len(entries) == 10
    monkeypatch.setattr(caching, "_MOST_BYTES", 200)
    cache = FindingsCache(place)
    cache.put(b"new", "m", ())
    cache.save()
    assert place.stat().st_size <= 200
    assert FindingsCache(place).get(b"new", "m", "") == ()
    monkeypatch.setattr(caching, "_MOST_PROJECTS", 3)
    for number in range(6):
        cache = FindingsCache(tmp_path / f"{number}-lint.json")
        cache.put(b"x", "m", ())
        cache.save()
    assert len(list(tmp_path.glob("*lint.json"))) <= 4
