"""Which Python runs the trials: nnic may be installed apart from what a script needs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnic.project import which_python
from nnic.project.interpreters import InterpreterError
from nnic.project.which_python import ChosenPython, choose_python, python_at

SCRIPT = """\
import sys
import only_here
lr = 0.1  # @nni.uniform(0, 1)
print(only_here.NAME, sys.prefix, *sys.path, sep="\\n")
# @nni.report_final_result(lr)
"""


def make_environment(folder: Path, *modules: str) -> Path:
    """Make a virtual environment by hand, without nnic and all that it needs, with modules of these names."""
    (folder / "bin").mkdir(parents=True)
    base = Path(sys.executable).resolve()
    (folder / "bin/python").symlink_to(base)
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
    packages = folder / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    packages.mkdir(parents=True)
    for module in modules:
        (packages / f"{module}.py").write_text(f"NAME = {module!r}\n")
    return folder / "bin/python"


@pytest.mark.parametrize("share", ["off", "imports", "prefix"])
def test_trials_in_an_environment_without_nnic(project, share):
    """A trial takes nothing of nnic's own environment, in whatever way it is started."""
    python = make_environment(project.root / "env", "only_here")
    project.write("train.py", SCRIPT)
    result = project.nnic("run", "train.py", "--trials", "3", "--python", str(python), "--share", share)
    version = ".".join(map(str, sys.version_info[:3]))
    assert f"nnic: trials run in Python {version}, {python} (--python)\n" in result.stderr
    assert "process of its own" not in result.stderr
    assert [trial["status"] for trial in project.json("trials")] == ["succeeded"] * 3
    lines = project.nnic("logs", "1").stdout.splitlines()
    assert lines[:3] == ["only_here", str(project.root / "env"), str(project.root)]
    own = [path for path in lines[3:] if "site-packages" in path]
    assert [Path(path).is_relative_to(project.root / "env") for path in own] == [True]
    assert not any(path in (str(Path(which_python.__file__).parents[2])) for path in lines[3:])
    assert project.json("status")[0]["python"] == str(python)


def test_a_missing_module_names_the_python_and_the_way(project):
    project.write("train.py", SCRIPT)
    text = project.nnic("run", "train.py", "--trials", "2", "--share", "off", status=1).stderr
    assert "ModuleNotFoundError: No module named 'only_here'\n" in text
    assert f"  Trials ran in {sys.executable}.\n" in text
    assert "  Install only_here there (" in text
    assert "or name the Python that has it: nnic run --python PYTHON ..." in text
    python = make_environment(project.root / ".venv", "only_here")
    text = project.nnic("run", "train.py", "--trials", "2", "--share", "off", status=1).stderr
    assert f"  only_here is installed for another one: nnic run --python {python} ...\n" in text
    project.write("src/only_here.py", "NAME = 'source'\n")
    text = project.nnic("run", "train.py", "--trials", "2", "--share", "off", status=1).stderr
    assert "  The source of only_here is in this project; make it importable: PYTHONPATH=src\n" in text


def test_a_setting_of_the_project(project):
    python = make_environment(project.root / "env", "only_here")
    project.write("train.py", SCRIPT)
    project.write("pyproject.toml", '[tool.nnic]\npython = "env"\n')
    project.nnic("run", "train.py", "--trials", "1", "-q")
    assert project.json("status")[0]["python"] == str(python)
    project.write("pyproject.toml", '[tool.nnic]\npython = "gone/bin/python"\n')
    text = project.nnic("run", "train.py", status=2).stderr
    gone = project.root / "gone/bin/python"
    assert text.startswith(f"nnic: [tool.nnic] python {gone}: there is no such Python")
    project.write("pyproject.toml", "[tool.nnic]\npython = 3.12\n")
    text = project.nnic("run", "train.py", status=2).stderr
    assert 'python: this is a text, such as ".venv/bin/python"' in text


def test_a_resumed_run_keeps_its_python_or_takes_another(project):
    python = make_environment(project.root / "env", "only_here")
    project.write("train.py", SCRIPT)
    project.nnic("run", "train.py", "--trials", "1", "--python", "env", "-q")
    (name,) = [entry["experiment"] for entry in project.json("status")]
    (project.root / "env").rename(project.root / "moved")
    text = project.nnic("resume", "--trials", "2", status=1).stderr
    assert text == (
        f"nnic: the trials of {name} ran in {python}, which is gone; go on in another Python: "
        f"nnic resume {name} --python PYTHON\n"
    )
    project.nnic("resume", "--trials", "2", "--python", "moved", "-q")
    assert [trial["status"] for trial in project.json("trials")] == ["succeeded"] * 2
    assert project.json("status")[0]["python"] == str(project.root / "moved/bin/python")


def other_version(newer: bool) -> str:
    """An interpreter of another version on this machine."""
    minors = range(sys.version_info[1] + 1, 16) if newer else range(10, sys.version_info[1])
    for minor in minors:
        found = [
            shutil.which(f"python3.{minor}"),
            *Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"),
        ]
        for path in filter(None, found):
            if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
                return str(path)
    pytest.skip("there is no other Python here")


@pytest.mark.parametrize("newer", [True, False])
def test_trials_in_another_version(project, newer):
    python = other_version(newer)
    project.write("train.py", SCRIPT.replace("import only_here\n", "").replace("only_here.NAME", "1"))
    project.nnic("run", "train.py", "--trials", "3", "--python", python, "-q")
    assert [trial["status"] for trial in project.json("trials")] == ["succeeded"] * 3
    metrics = [trial["metric"] for trial in project.json("trials")]
    assert len(set(metrics)) == 3


def test_syntax_that_only_the_python_of_the_trials_reads(project):
    python = other_version(newer=True)
    project.write("train.py", "type Rate = float\n" * (sys.version_info < (3, 12)) + "x = )\n" + SCRIPT)
    text = project.nnic("compile", "train.py", "--python", python, status=1).stderr
    assert "if this is newer syntax: nnic reads files with the parser of its own Python" in text


class Places:
    """Interpreters that may be meant, and how nnic was called."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.monkeypatch = monkeypatch
        self.bin = root / "bin"
        self.bin.mkdir()
        (self.bin / "nnic").write_text("#!/bin/sh\n")
        (self.bin / "nnic").chmod(0o755)
        self.project = root / "project"
        self.project.mkdir()
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.chdir(self.project)

    def environment(self, name: str, variable: str = "", on_path: bool = False) -> str:
        python = make_environment(self.root / name)
        if variable:
            self.monkeypatch.setenv(variable, str(self.root / name))
        if on_path:
            self.monkeypatch.setenv("PATH", f"{python.parent}{os.pathsep}{os.environ['PATH']}")
        return str(python)

    def chosen(self, called: str | None = None, **options: str | None) -> ChosenPython:
        called = str(self.bin / "nnic") if called is None else called
        given, setting = options.get("given"), options.get("setting")
        return choose_python(given, setting, self.project, called)

    def install_apart(self, folder: str) -> None:
        self.monkeypatch.setattr(which_python.sys, "prefix", str(self.root / folder))


@pytest.fixture
def places(tmp_path, monkeypatch):
    return Places(tmp_path, monkeypatch)


def test_the_order_of_what_may_be_meant(places):
    assert places.chosen() == ChosenPython(sys.executable)
    venv = places.environment("project/.venv")
    assert places.chosen().path == venv
    active = places.environment("active", "VIRTUAL_ENV")
    assert places.chosen() == ChosenPython(active, "the activated environment")
    setting = places.environment("set")
    assert places.chosen(setting=setting).path == setting
    given = places.environment("given")
    assert places.chosen(setting=setting, given="../given").path == given
    # Named by its path, or by its own Python: that environment is meant.
    assert places.chosen(called="/elsewhere/bin/nnic").path == sys.executable
    assert places.chosen(called="/elsewhere/nnic/__main__.py").path == sys.executable


@pytest.mark.parametrize(
    "folder",
    [
        ".local/share/pipx/venvs/nnic",
        ".local/pipx/venvs/nnic",
        ".local/share/uv/tools/nnic",
        ".cache/uv/archive-v0/x1",
    ],
)
def test_an_environment_of_a_tool_is_never_meant(places, folder):
    places.install_apart(folder)
    active = places.environment("active", "VIRTUAL_ENV")
    assert places.chosen(called="/elsewhere/bin/nnic").path == active
    places.monkeypatch.delenv("VIRTUAL_ENV")
    on_path = places.environment("system", on_path=True)
    assert places.chosen() == ChosenPython(on_path, "the first one on PATH")
    venv = places.environment("project/venv")
    assert places.chosen().path == venv


def test_conda(places):
    conda = places.environment("conda/envs/ml", "CONDA_PREFIX")
    places.monkeypatch.setenv("CONDA_DEFAULT_ENV", "ml")
    assert places.chosen() == ChosenPython(conda, "the activated conda environment")
    # The one that was activated in the other comes first on PATH.
    active = places.environment("active", "VIRTUAL_ENV", on_path=True)
    assert places.chosen().path == active
    places.monkeypatch.delenv("VIRTUAL_ENV")
    # Every shell activates the base environment.
    places.monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    assert places.chosen().path == sys.executable
    places.install_apart("pipx/venvs/nnic")
    assert places.chosen().path == conda
    venv = places.environment("project/.venv")
    assert places.chosen().path == venv


def test_environments_that_are_broken_or_gone(places):
    places.monkeypatch.setenv("VIRTUAL_ENV", "/gone")
    assert places.chosen().path == sys.executable
    (places.project / ".venv").mkdir()
    assert places.chosen().path == sys.executable
    shutil.copy(sys.executable, places.bin / "not-executable")
    (places.bin / "not-executable").chmod(0o644)
    with pytest.raises(
        InterpreterError, match=r"^--python .*not-executable: it is no program; name a Python"
    ):
        places.chosen(given=str(places.bin / "not-executable"))
    with pytest.raises(InterpreterError, match=r"^--python \.venv: this folder is no environment"):
        places.chosen(given=".venv")
    with pytest.raises(InterpreterError, match=r"^--python python9: there is no such Python"):
        places.chosen(given="python9")


def test_the_environment_of_a_repository_around(places):
    (places.root / "project/.git").mkdir()
    (places.root / "project/packages/one").mkdir(parents=True)
    (places.root / "project/packages/one/pyproject.toml").touch()
    outside = places.environment(".venv")
    venv = places.environment("project/.venv")
    places.monkeypatch.chdir("/")
    called = str(places.bin / "nnic")
    assert choose_python(None, None, places.project / "packages/one", called).path == venv
    shutil.rmtree(places.project / ".venv")
    assert choose_python(None, None, places.project / "packages/one", called).path != outside


def test_a_shim_is_followed(places):
    shims = places.root / "shims"
    shims.mkdir()
    (shims / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (shims / "python").chmod(0o755)
    assert python_at(str(shims / "python"), Path.cwd(), "--python") == sys.executable
