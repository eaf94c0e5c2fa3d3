"""What ``nnic lint`` keeps from one call to the next."""

from __future__ import annotations

from pathlib import Path


def kept(project) -> list[Path]:
    return list(Path(project.environment["XDG_CACHE_HOME"]).rglob("*lint.json"))


def test_a_second_check_says_the_same(project):
    project.write("bad.py", "x = 1  # @nni.unifrm(0, 1)\ny = 1  # @nni.uniform(2, 3)\n")
    before = sorted(path.name for path in project.root.iterdir())
    for form in ("text", "json"):
        anew = project.nnic("lint", ".", "--no-cache", "--format", form, status=1).stdout
        assert kept(project) == [] or form == "json"
        cold = project.nnic("lint", ".", "--format", form, status=1).stdout
        warm = project.nnic("lint", ".", "--format", form, status=1).stdout
        assert anew == cold == warm
        assert "bad.py" in anew
    assert len(kept(project)) == 1
    assert sorted(path.name for path in project.root.iterdir()) == before
    # What is wanted of the findings is decided anew.
    assert "NNI101" not in project.nnic("lint", ".", "--ignore", "NNI101", status=1).stdout


def test_a_home_without_permission_is_no_matter(project):
    project.environment["XDG_CACHE_HOME"] = "/proc/nnic"
    assert project.nnic("lint", ".").stderr == ""


def test_names_that_no_terminal_takes(project):
    for name in (b"caf\xe9.py", b"two\nlines.py", b"tab\t.py"):
        with open(bytes(project.root) + b"/" + name, "w", encoding="utf-8") as file:
            file.write("x = 1  # @nni.uniform(1, 0)\n")
    shown = project.nnic("lint", ".", status=1).stdout
    for name in (r"caf\xe9.py:1:23", r"two\nlines.py:1:23", r"tab\t.py:1:23"):
        assert name in shown
    assert {row["path"] for row in project.json("lint", ".", status=1)} == {
        r"caf\xe9.py",
        r"two\nlines.py",
        r"tab\t.py",
    }
