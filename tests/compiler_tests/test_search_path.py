"""Where imports are looked for: held against what the interpreter of the trials itself imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnic.api import Compilation, compile_entry, write_program
from nnic.project import interpreters
from nnic.project.interpreters import InterpreterError, check_version, interpreter_at
from nnic.project.search_path import Surroundings
from nnic.runtime.launchers.imports import leading_imports

FINAL = "# @nni.report_final_result(1)\n"
WIDTH = "width = 4  # @nni.choice(4, 8)\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def make_environment(folder: Path) -> Path:
    """Make a virtual environment by hand, and return its folder of packages."""
    (folder / "bin").mkdir(parents=True)
    base = Path(sys.executable).resolve()
    (folder / "bin/python").symlink_to(base)
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
    packages = folder / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    packages.mkdir(parents=True)
    return packages


@pytest.fixture(autouse=True)
def own_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv("PYTHONPATH", raising=False)


def keys(found: Compilation) -> list[str]:
    assert found.program is not None, found.diagnostics
    return [parameter.key for parameter in found.program.space]


def codes(found: Compilation) -> list[str]:
    return [diagnostic.code for diagnostic in found.diagnostics]


def run(python: Path | str, *command: str, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    result = subprocess.run(
        [python, *command], cwd=cwd, capture_output=True, text=True, env=environment, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


# A finder as build backends write them: what it maps is a table of its module, or told to it by calls.
FINDER = """
import sys
from importlib.machinery import PathFinder
from importlib.util import spec_from_file_location
from os.path import isdir


class F:
    table = {}

    @classmethod
    def map_module(cls, name, path):
        cls.table[name] = path

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        place = cls.table.get(name)
        if place is None:
            return None
        if isdir(place):
            place += "/__init__.py"
        return spec_from_file_location(name, place)


def install(*tables):
    for table in tables:
        F.table.update(table)
    if F not in sys.meta_path:
        sys.meta_path.append(F)
"""
TELL = """
import sys
for name in sorted(sys.modules):
    file = getattr(sys.modules[name], "__file__", None)
    if file and name.startswith("way_"):
        print(file)
"""


def packages_of_every_way(root: Path, packages: Path) -> list[str]:
    """Install editable packages as build backends do; return what a script may import."""
    package = {"__init__.py": "", "model.py": WIDTH}
    names = ["pth", "table", "calls", "given", "namespace.inner", "link", "strict"]
    for name in names:
        inner = name.replace(".", "/")
        write(root / f"src_{name.partition('.')[0]}/way_{inner}", package)
    (root / "single").mkdir()
    write(root / "single", {"way_single.py": WIDTH})
    write(
        packages,
        {
            "__editable__.way_pth-0.1.pth": f"{root}/src_pth\n# a remark\n\n/no/such/folder\n",
            "way_namespace.pth": f"{root}/src_namespace\n",
            "__editable___way_0_1_finder.py": FINDER
            + f"MAPPING: dict[str, str] = {{'way_table': '{root}/src_table/way_table', "
            + f"'way_single': '{root}/single/way_single.py'}}\nNAMESPACES: dict[str, list[str]] = {{}}\n"
            + "install(MAPPING)\n",
            "__editable__.way.pth": "import __editable___way_0_1_finder as f; f.install()\n",
            "_way_editable_impl.py": "import __editable___way_0_1_finder as f\nF = f.F\nf.install({})\n"
            f"F.map_module('way_calls', '{root}/src_calls/way_calls/__init__.py')\n",
            "_way_editable_impl.pth": "import _way_editable_impl\n",
            "_editable_skbc_way.py": "from __editable___way_0_1_finder import install\n"
            f"install({{'way_given': '{root}/src_given/way_given/__init__.py', "
            f"'way_given.model': '{root}/src_given/way_given/model.py'}}, {{}})\n",
            "_editable_skbc_way.pth": "import _editable_skbc_way\n",
            "way_strict.pth": f"{root}/build/links\n",
        },
    )
    (packages / "way_link").symlink_to(root / "src_link/way_link")
    (root / "build/links/way_strict").mkdir(parents=True)
    for name in package:
        (root / "build/links/way_strict" / name).symlink_to(root / "src_strict/way_strict" / name)
    return ["way_single", *(f"way_{name}.model" for name in names)]


def test_every_kind_of_editable_install(tmp_path: Path) -> None:
    packages = make_environment(tmp_path / "venv")
    modules = packages_of_every_way(tmp_path, packages)
    write(packages, {"way_copy/__init__.py": "", "way_copy/model.py": WIDTH})
    text = "".join(f"import {name}\n" for name in [*modules, "way_copy.model"])
    write(tmp_path, {"scripts/train.py": text + FINAL + TELL})
    python = tmp_path / "venv/bin/python"
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=Surroundings.here(str(python)))
    imported = run(python, "scripts/train.py", cwd=tmp_path).splitlines()
    assert len(keys(found)) == len(modules)
    files = {os.fspath(file.file) for file in found.files if file.path != found.entry}
    assert files == {
        os.path.realpath(file) for file in imported if not file.startswith(f"{packages}/way_copy")
    }
    assert found.code_dir == tmp_path


# Each line puts a folder of its own on the path, of a script in PROJECT/scripts that runs in PROJECT.
CHANGES = [
    'sys.path.insert(0, "{0}")',
    'sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "{0}"))',
    'sys.path.append(str(Path(__file__).resolve().parent.parent / "{0}"))',
    'ROOT = Path(__file__).parents[1]\nsys.path.insert(1, f"{{ROOT}}/{0}")',
    'sys.path += ["{0}"]',
    'sys.path.extend(["{0}", "elsewhere"])',
    'sys.path[:0] = ["{0}"]',
    'sys.path = ["{0}"] + sys.path',
    'sys.path = [*sys.path, os.getcwd() + "/{0}"]',
    'site.addsitedir("{0}")',
    'if __name__ == "__main__":\n    sys.path.insert(0, Path.cwd().joinpath("{0}").as_posix())',
    """def prepare():
    here = os.path.realpath("{0}")
    sys.path.insert(0, here)
prepare()""",
    'from sys import path as where\nwhere.append(os.fspath(Path("{0}").absolute()))',
    'import sys as system\nsystem.path.append(os.path.expanduser("{0}"))',
    'sys.path.append(sys.path[0] + "/../{0}")',
]


def test_what_a_script_puts_on_the_path(tmp_path: Path) -> None:
    lines = ["import os, site, sys", "from pathlib import Path"]
    for number, change in enumerate(CHANGES):
        folder = f"folder_{number}"
        write(tmp_path, {f"{folder}/way_{number}.py": WIDTH})
        lines += [change.format(folder), f"import way_{number}"]
    write(tmp_path, {"scripts/train.py": "\n".join(lines) + "\n" + FINAL + TELL})
    imported = run(sys.executable, "scripts/train.py", cwd=tmp_path).splitlines()
    assert len(imported) == len(CHANGES)
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=Surroundings.here(cwd=tmp_path))
    assert sorted(keys(found)) == sorted(f"folder_{n}.way_{n}/width/choice" for n in range(len(CHANGES)))


def test_an_imported_file_may_change_the_path_too(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "train.py": "import settings\nfrom far import width\n" + FINAL,
            "settings.py": "import sys, os.path as p\nsys.path.append(p.dirname(__file__) + '/libs')\n",
            "libs/far.py": WIDTH,
        },
    )
    assert keys(compile_entry(tmp_path / "train.py")) == ["libs.far/width/choice"]


def test_a_path_that_the_text_does_not_tell_is_left_open(tmp_path: Path) -> None:
    """Nothing of the program is run to find it; the source in the project is named."""
    write(
        tmp_path,
        {
            "pyproject.toml": "",
            "train.py": "import sys\nsys.path.insert(0, open('where').read())\nimport far\n" + FINAL,
            "src/far.py": WIDTH,
        },
    )
    found = compile_entry(tmp_path / "train.py", display_root=tmp_path)
    (warning,) = found.diagnostics
    assert (warning.code, warning.line) == ("NNI230", 3)
    assert warning.message == "Python does not find far, whose annotated source is in src"
    assert warning.help is not None
    assert warning.help.startswith("pip install -e ., or PYTHONPATH=src; where the script")
    found = compile_entry(tmp_path / "train.py", roots=[tmp_path / "src"])
    assert (keys(found), codes(found)) == (["src.far/width/choice"], [])


SOURCES = {
    "pyproject.toml": "",
    "scripts/train.py": "from mypkg.model import Model\n" + FINAL,
    "src/mypkg/__init__.py": "",
    "src/mypkg/model.py": "from .layers import WIDTH\nclass Model:\n    hidden = 8  # @nni.choice(8, 16)\n",
    "src/mypkg/layers.py": "WIDTH = 4  # @nni.choice(4, 8)\n",
    "src/mypkg/train.py": "from .model import Model\n" + FINAL,
}
IN_SRC = ["src.mypkg.layers/WIDTH/choice", "src.mypkg.model/hidden/choice"]


def test_a_src_layout_on_the_path(tmp_path: Path) -> None:
    write(tmp_path, SOURCES)
    surroundings = Surroundings(sys.executable, str(tmp_path), f"src{os.pathsep}elsewhere")
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=surroundings)
    assert (found.code_dir, found.entry, keys(found)) == (tmp_path, "scripts/train.py", IN_SRC)
    found = compile_entry(module="mypkg.train", surroundings=surroundings)
    assert (found.code_dir, found.entry, keys(found)) == (tmp_path, "src/mypkg/train.py", IN_SRC)


def test_a_module_that_is_installed_elsewhere(tmp_path: Path) -> None:
    """The code directory is that of the module, not one around it and wherever Python is called."""
    packages = make_environment(tmp_path / "venv")
    write(tmp_path / "project", SOURCES)
    write(packages, {"mypkg.pth": f"{tmp_path}/project/src\n"})
    (tmp_path / "here").mkdir()
    surroundings = Surroundings(str(tmp_path / "venv/bin/python"), str(tmp_path / "here"))
    found = compile_entry(module="mypkg.train", surroundings=surroundings)
    assert (found.code_dir, found.entry) == (tmp_path / "project/src", "mypkg/train.py")


def test_a_copy_among_the_installed_packages(tmp_path: Path) -> None:
    """Python imports the copy, so the annotations of the source are no part of the program: that is said."""
    packages = make_environment(tmp_path / "venv")
    write(tmp_path, SOURCES)
    write(packages, {name.removeprefix("src/"): text for name, text in SOURCES.items() if "src" in name})
    surroundings = Surroundings(str(tmp_path / "venv/bin/python"), str(tmp_path))
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=surroundings, display_root=tmp_path)
    (warning,) = found.diagnostics
    assert (warning.code, warning.path, warning.line) == ("NNI230", "scripts/train.py", 1)
    assert "from its installed packages" in warning.message
    assert warning.help == "pip install -e ., or PYTHONPATH=src"
    assert [file.path for file in found.files] == ["train.py"]
    with pytest.raises(
        FileNotFoundError, match=r"from its installed packages.*pip install -e \., or PYTHONPATH=src"
    ):
        compile_entry(module="mypkg.train", surroundings=surroundings)


def test_a_module_that_python_does_not_find(tmp_path: Path) -> None:
    write(tmp_path, SOURCES)
    here = Surroundings(sys.executable, str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"importable: pip install -e \., or PYTHONPATH=src"):
        compile_entry(module="mypkg.train", surroundings=here)
    with pytest.raises(FileNotFoundError, match=r"and .* has none installed"):
        compile_entry(module="other.train", surroundings=here)


def test_a_chosen_code_directory_stays(tmp_path: Path) -> None:
    write(tmp_path, SOURCES)
    surroundings = Surroundings(sys.executable, str(tmp_path), "src")
    found = compile_entry(
        tmp_path / "scripts/train.py",
        code_dir=tmp_path / "scripts",
        surroundings=surroundings,
        display_root=tmp_path,
    )
    assert found.code_dir == tmp_path / "scripts"
    assert {(d.code, d.path) for d in found.diagnostics} == {
        ("NNI230", "src/mypkg/layers.py"),
        ("NNI230", "src/mypkg/model.py"),
    }
    assert all(d.help == "choose a folder around both: --code-dir ." for d in found.diagnostics)


def test_files_elsewhere_without_annotations_change_nothing(tmp_path: Path) -> None:
    write(tmp_path, {**SOURCES, "src/mypkg/model.py": "Model = 1\n"})
    surroundings = Surroundings(sys.executable, str(tmp_path), "src")
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=surroundings)
    assert (found.code_dir, [file.path for file in found.files]) == (tmp_path / "scripts", ["train.py"])
    assert codes(found) == []


def test_what_lies_between_is_neither_copied_nor_noted(tmp_path: Path) -> None:
    """The folder around a script and a package may be a home folder."""
    other = "size = 1  # @nni.choice(1, 2)\n"
    write(
        tmp_path, {**SOURCES, "thesis/own.py": other, "src/another/part.py": other, "scripts/near.py": other}
    )
    write(tmp_path, {"scripts/data.csv": "", "photos/1.jpg": "", "src/mypkg/table.csv": ""})
    surroundings = Surroundings(sys.executable, str(tmp_path), "src")
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=surroundings, display_root=tmp_path)
    assert [(d.code, d.path) for d in found.diagnostics] == [("NNI302", "scripts/near.py")]
    write_program(found, tmp_path / "out", export=True)
    copied = {p.relative_to(tmp_path / "out/code").as_posix() for p in (tmp_path / "out/code").rglob("*.*")}
    assert copied == {
        *("scripts/train.py", "scripts/near.py", "scripts/data.csv"),
        *(f"src/mypkg/{name}" for name in ("__init__.py", "model.py", "layers.py", "train.py", "table.csv")),
    }


def test_python_takes_what_comes_first(tmp_path: Path) -> None:
    """The script's folder, then PYTHONPATH, then the library; installed packages before folders behind."""
    packages = make_environment(tmp_path / "venv")
    write(
        tmp_path,
        {
            "scripts/train.py": "import one, two, json, three\n"
            + FINAL
            + "for m in (one, two, json, three):\n    print(m.__file__)\n",
            "scripts/one.py": WIDTH,
            "path/one.py": WIDTH,
            "path/two.py": WIDTH,
            "added/json.py": WIDTH,
            "added/three.py": WIDTH,
        },
    )
    write(packages, {"two.py": "", "three.py": "", "added.pth": f"{tmp_path}/added\n"})
    python = tmp_path / "venv/bin/python"
    surroundings = Surroundings(str(python), str(tmp_path), "path")
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=surroundings)
    text = run("env", "PYTHONPATH=path", str(python), "scripts/train.py", cwd=tmp_path)
    imported = [Path(row) for row in text.splitlines()]
    own = {path for path in imported if path.is_relative_to(tmp_path) and not path.is_relative_to(packages)}
    assert own == {tmp_path / "scripts/one.py", tmp_path / "path/two.py"}
    assert {file.file for file in found.files if file.annotated and file.path != found.entry} == own


def test_an_interpreter_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(tmp_path / "venv")
    python = str(tmp_path / "venv/bin/python")
    found = interpreter_at.__wrapped__(python)
    assert found.version == sys.version_info[:3]
    monkeypatch.setattr(interpreters.subprocess, "run", None)  # a second question would fail
    assert interpreter_at.__wrapped__(python) == found
    interpreters.own_interpreter.cache_clear()
    assert interpreter_at.__wrapped__(sys.executable).path == sys.executable


def test_interpreters_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InterpreterError, match="can't start /no/python: No such file"):
        interpreter_at("/no/python")
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho libfoo.so is missing >&2\nexit 127\n")
    broken.chmod(0o755)
    with pytest.raises(
        InterpreterError, match=r"does not work as a Python: libfoo\.so is missing; name another"
    ):
        interpreter_at(str(broken))
    old = interpreters.Interpreter("/old/python", (3, 6, 15), (), ())
    with pytest.raises(InterpreterError, match=r"is Python 3\.6\.15, and trials need Python 3\.10 or newer"):
        check_version(old)


def test_a_home_folder_that_is_chosen_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {**SOURCES, "photos/1.jpg": "", "scripts/data.csv": ""})
    monkeypatch.setenv("HOME", str(tmp_path))
    surroundings = Surroundings(sys.executable, str(tmp_path), "src")
    found = compile_entry(tmp_path / "scripts/train.py", code_dir=tmp_path, surroundings=surroundings)
    assert (found.code_dir, found.parts) == (tmp_path, ("scripts", "src/mypkg"))
    # In the home folder itself, a script has all of it as its own folder.
    write(tmp_path, {"train.py": FINAL})
    assert compile_entry(tmp_path / "train.py").parts == ("",)


def test_what_a_template_imports_ahead_is_no_file_of_the_program(tmp_path: Path) -> None:
    """A package in another folder of Python's path is the program's: its values differ by trial."""
    write(
        tmp_path,
        {**SOURCES, "scripts/train.py": "import json, space.part\nfrom mypkg.model import Model\n" + FINAL},
    )
    write(tmp_path, {"src/space/part.py": WIDTH})
    surroundings = Surroundings(sys.executable, str(tmp_path), "src")
    found = compile_entry(tmp_path / "scripts/train.py", surroundings=surroundings)
    assert found.program is not None
    write_program(found, tmp_path / "out")
    assert [entry.module for entry in leading_imports(found.program, tmp_path / "out")] == ["json"]
