"""Where ``nnic compile`` writes to, and that what it writes runs by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRAIN = """\
from pkg.model import width
lr = 0.1  # @nni.uniform(0, 1)
print(lr, width)
# @nni.report_final_result(lr)
"""
FILES = {
    "train.py": TRAIN,
    "pkg/__init__.py": "from . import late\n",
    "pkg/model.py": "width = 8  # @nni.choice(8, 16)\n",
    "pkg/late.py": "from .sub import deep\n",
    "pkg/sub/__init__.py": "",
    "pkg/sub/deep.py": "depth = 2  # @nni.choice(2, 3)\n",
    "pkg/__main__.py": TRAIN,
    "data.txt": "data",
}


@pytest.fixture
def tree(project):
    for name, text in FILES.items():
        project.write(name, text)
    return project


def runs(folder: Path, *command: str, path: str = "") -> str:
    """What the exported program prints, with nnic importable and nothing else."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NNI", "COV_", "PYTHON"))}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), path]))
    result = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "0.1" in result.stderr  # the result, which goes there without a manager
    return result.stdout


def test_an_exported_program_runs(tree):
    tree.nnic("compile", "train.py", "--out", "out")
    code = tree.root / "out/code"
    assert runs(code, "train.py") == "0.1 8\n"
    assert runs(tree.root, "out/code/train.py") == "0.1 8\n"
    assert "__nnic__" in (code / "pkg/sub/deep.py").read_text()
    assert (code / "data.txt").read_text() == "data"


def test_an_exported_folder_runs(tree):
    tree.nnic("compile", ".", "--out", "out")
    assert runs(tree.root / "out/code", "train.py") == "0.1 8\n"
    assert runs(tree.root / "out/code", "-m", "pkg") == "0.1 8\n"
    # The folder in its own folder is no part of it.
    tree.nnic("compile", ".", "--out", "out")
    assert not (tree.root / "out/code/out").exists()
    assert runs(tree.root / "out/code", "train.py") == "0.1 8\n"


def test_a_program_with_roots_runs(tree):
    tree.write("pyproject.toml", '[tool.nnic]\nroots = ["src"]\n')
    tree.write("scripts/train.py", "from lib.model import width\n" + TRAIN.partition("\n")[2])
    tree.write("src/lib/__init__.py", "")
    tree.write("src/lib/model.py", "width = 4  # @nni.choice(4, 5)\n")
    shown = tree.json("compile", "scripts/train.py", "--out", "out")
    assert shown["files"] == ["scripts/train.py", "src/lib/__init__.py", "src/lib/model.py"]
    assert "src.lib.model/width/choice" in shown["search_space"]
    assert runs(tree.root / "out/code", "scripts/train.py", path="src") == "0.1 4\n"


def test_compiled_output_is_no_input(tree):
    tree.nnic("compile", "train.py", "--out", "out")
    for target in ("out/code/train.py", "out/code", "out"):
        result = tree.nnic("compile", target, "--out", "again", status=1)
        assert "NNI121" in result.stderr
        assert "compile the original" in result.stderr
    assert not (tree.root / "again").exists()


@pytest.mark.parametrize("out", [".", "pkg", "train.py", "train.py/below", ".."])
def test_out_is_never_in_the_place_of_something_else(out, tree):
    before = {p: p.read_bytes() for p in tree.root.rglob("*") if p.is_file()}
    for target in ("train.py", "."):
        result = tree.nnic("compile", target, "--out", out, status=1)
        assert "choose another --out" in result.stderr or "is not a folder" in result.stderr
    assert before == {p: p.read_bytes() for p in tree.root.rglob("*") if p.is_file()}


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a place where nobody may write")
def test_out_where_nothing_can_be_written(tree):
    result = tree.nnic("compile", "train.py", "--out", "/proc/nnic", status=1)
    assert "can't write /proc/nnic" in result.stderr


def test_a_file_that_cannot_be_read_is_a_finding(tree):
    os.mkfifo(tree.root / "pkg/pipe.py")
    (tree.root / "pkg/self.py").symlink_to("self.py")
    tree.write("pkg/late.py", "from . import pipe, self, sub\n")
    tree.nnic("compile", "train.py", "--out", "out")
    tree.nnic("compile", ".", "--out", "out2")
    tree.nnic("lint", ".")
    assert "does not exist" in tree.nnic("lint", "pkg/self.py", status=2).stderr


def test_names_that_are_no_unicode(tree):
    odd = os.fsdecode(b"caf\xe9 two\nlines")
    tree.write(f"{odd}/train.py", "import near\n" + TRAIN.partition("\n")[2].replace(", width", ""))
    tree.write(f"{odd}/near.py", "x = 1  # @nni.choice(1, 2)\n")
    for target in (f"{odd}/train.py", odd, "."):
        tree.nnic("compile", target, "--out", "out")
    tree.nnic("compile", f"{odd}/train.py", "--out", "out", "--format", "json")
    assert runs(tree.root / "out/code", "train.py") == "0.1\n"
