"""Modules of a program under every way that Python finds, loads and re-imports them."""

import json
import py_compile

import pytest

KEY = "pkg.net/width/choice"
WIDTH = {KEY: 64}
NET = f"«import»width = «{KEY} = 16»\ndef build():\n    return «{KEY} = 16»\n"


@pytest.fixture
def package(project):
    project.add("train.py", "import sys\nfrom pkg import net\nprint(net.width, net.build(), net.__file__)\n")
    project.add("pkg/__init__.py", "")
    project.add("pkg/net.py", NET)
    return project


def check(project, *args: str, **where) -> None:
    done = project.run(*args, parameters=WIDTH, **where)
    assert (done.stdout, done.stderr) == (f"64 64 {project.code / 'pkg/net.py'}\n", "")
    assert project.caches() == []


def test_import(package):
    check(package, "train.py")
    check(package, "train.py")


def test_cache_of_compiled_modules(package):
    check(package, "train.py")
    cached = sorted(path.name for path in (package.program / "cache").rglob("*.py"))
    assert cached == ["__init__.py", "net.py", "train.py"]
    package.add("pkg/net.py", f"«import»width = «{KEY} = 1» + 1\ndef build(): return «{KEY} = 1» + 2\n")
    done = package.run("train.py", parameters=WIDTH)
    assert done.stdout.startswith("65 66 ")


def test_damaged_and_unwritable_caches_are_no_matter(package):
    check(package, "train.py")
    for path in (package.program / "cache").rglob("*.py"):
        path.write_bytes(path.read_bytes()[:-9])
    check(package, "train.py")
    for path in (package.program / "cache").rglob("*.py"):
        path.unlink()
        path.mkdir()
    check(package, "train.py")


@pytest.mark.parametrize("mode", list(py_compile.PycInvalidationMode))
def test_stale_bytecode_never_serves_defaults(package, mode):
    package.plain("-m", "compileall", "-q", "--invalidation-mode", mode.name.lower().replace("_", "-"), ".")
    assert len(package.caches()) == 2
    done = package.run("train.py", parameters=WIDTH)
    assert done.stdout.startswith("64 64 ")


def test_no_bytecode_for_files_that_are_not_of_the_program(package):
    package.add_source("later.py", "import pkg.net\nprint(pkg.net.width)\n")
    package.add("train.py", "import later\n")
    assert package.run("train.py", parameters=WIDTH).stdout == "64\n"
    assert package.caches() == []


def test_bytecode_elsewhere_as_ever(package, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/outside.py").write_text("x = 1\n")
    package.add("train.py", "import outside\n")
    package.run("train.py", PYTHONPATH=str(tmp_path / "lib"))
    assert (tmp_path / "lib/__pycache__").exists()


def test_run_as_module(package):
    package.add("pkg/train.py", "from pkg import net\nprint(net.width, net.build(), net.__file__)\n")
    check(package, "-m", "pkg.train")
    text = "import runpy\nrunpy.run_module('pkg.train', run_name='__main__', alter_sys=True)\n"
    package.add("train.py", text)
    check(package, "train.py")


def test_import_from_command(package):
    check(package, "-c", "from pkg import net\nprint(net.width, net.build(), net.__file__)")


def test_import_through_relative_and_linked_paths(package, tmp_path):
    (tmp_path / "link").symlink_to(package.code)
    show = "import pkg.net as n; print(n.width, n.build(), n.__file__)"
    for path in (str(tmp_path / "link"), "../link"):
        done = package.run(
            "-c",
            f"import sys; sys.path.insert(0, {path!r}); {show}",
            parameters=WIDTH,
            PYTHONSAFEPATH="1",
            cwd=package.code,
        )
        assert done.stdout.startswith("64 64 ")
    assert package.caches() == []


def test_file_that_is_a_link(package, tmp_path):
    (tmp_path / "shared.py").write_text((package.code / "pkg/net.py").read_text())
    (package.code / "pkg/net.py").unlink()
    (package.code / "pkg/net.py").symlink_to(tmp_path / "shared.py")
    check(package, "train.py")
    done = package.run("-c", "import shared; print(shared.width)", parameters=WIDTH, PYTHONPATH=str(tmp_path))
    assert done.stdout == "16\n", "another name outside of the code directory is another file"


LOADERS = {
    "spec": """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("anything", "pkg/net.py")
net = importlib.util.module_from_spec(spec)
spec.loader.exec_module(net)
print(net.width, net.build(), spec.origin)
""",
    "reload": """
import importlib
from pkg import net
net.width = 0
importlib.reload(net)
print(net.width, net.build(), net.__file__)
""",
    "instrumented": """
from importlib.machinery import SourceFileLoader
class Loader(SourceFileLoader):
    def source_to_code(self, data, path, *, _optimization=-1):
        return super().source_to_code(data.replace(b"build", b"make"), path)
import os, types
net = types.ModuleType("net")
Loader("net", os.path.abspath("pkg/net.py")).exec_module(net)
print(net.width, net.make(), os.path.abspath("pkg/net.py"))
""",
    "lazy": """
import importlib.util, sys
spec = importlib.util.find_spec("pkg.net")
spec.loader = importlib.util.LazyLoader(spec.loader)
net = importlib.util.module_from_spec(spec)
spec.loader.exec_module(net)
print(net.width, net.build(), net.__file__)
""",
    "thread": """
import threading
def go():
    from pkg import net
    print(net.width, net.build(), net.__file__)
thread = threading.Thread(target=go)
thread.start(); thread.join()
""",
}


@pytest.mark.parametrize("loader", LOADERS)
def test_loaders(package, loader):
    package.add("train.py", LOADERS[loader])
    check(package, "train.py")


def test_inspection_shows_the_users_text(package):
    text = """
import inspect, linecache
from pkg import net
print(inspect.getsource(net.build))
print(linecache.getline(net.__file__, 3))
print(inspect.getsource(net) == open(net.__file__).read(), net.__loader__.get_source("pkg.net")[:5])
print(net.__spec__.origin, net.__spec__.cached, net.__cached__, net.__loader__.path)
"""
    package.add("train.py", text)
    plain = package.plain("train.py")
    assert package.run("train.py", parameters=WIDTH).stdout == plain.stdout


def test_exception_inside_a_module_as_plain(package):
    package.add("pkg/net.py", f"«import»width = «{KEY} = 16» + [][width0]\n")
    plain = package.plain("-B", "train.py")
    trial = package.run("train.py", parameters=WIDTH)
    assert "width0" in trial.stderr
    assert trial.stderr == plain.stderr


@pytest.mark.parametrize("folder", ["nnic", "runtime", "tuners", "nni"])
def test_users_folders_of_our_names(project, folder):
    project.add(
        "train.py", f"«import»import {folder}.tool\nprint({folder}.tool.x, «a/b/choice = 1»)\n«final 2»\n"
    )
    project.add(f"{folder}/__init__.py", "«import»kind = «a/b/choice = 1»\n")
    project.add(f"{folder}/tool.py", "from . import kind\nx = kind\n")
    done = project.run("train.py", parameters={"a/b/choice": 7})
    assert (done.stdout, done.stderr) == ("7 7\n", "")
    assert project.reported() == [2]


def test_users_folder_without_code_does_not_shadow(project):
    (project.code / "nnic").mkdir()
    (project.code / "nnic.py").write_text("raise SystemExit('shadow')")
    project.add("train.py", "«import»print(«a/b/choice = 1»)\n")
    assert project.run("train.py", parameters={"a/b/choice": 7}).stdout == "7\n"


def test_users_sitecustomize_is_loaded(package, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/sitecustomize.py").write_text("import sys\nprint('custom', __file__, __name__)\n")
    show = "import sitecustomize, sys; print(sitecustomize.__file__, sys.path)"
    where = {"PYTHONPATH": str(tmp_path / "lib")}
    plain = package.plain("-c", show, **where)
    assert package.run("-c", show, **where).stdout == plain.stdout
    assert plain.stdout.startswith("custom")


@pytest.mark.parametrize("text", ["raise ValueError('mine')", "import nowhere", "x ="])
def test_users_broken_sitecustomize_as_plain(package, tmp_path, text):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/sitecustomize.py").write_text(text)
    where = {"PYTHONPATH": str(tmp_path / "lib")}
    plain = package.plain("-c", "print(1)", **where)
    trial = package.run("-c", "print(1)", **where)
    assert (trial.stdout, trial.stderr) == (plain.stdout, plain.stderr)


def test_sitecustomize_outside_of_trials(package):
    show = "import sys; print([n for n in sys.modules if 'nnic.' in n or 'custom' in n])"
    path = package.environment(True, {})["PYTHONPATH"]
    done = package.plain("-c", show, PYTHONPATH=path)
    assert (done.stdout, done.stderr) == (package.plain("-c", show).stdout, "")


BROKEN = {
    "no trial": "No such file or directory",
    "no program": "No such file or directory",
    "damaged": "",
    "version": "trial.json is not of version 2, which this nnic reads",
    "kind": "trial.json is of the unknown kind 'trail'",
    "field": "trial.json has no 'seed'",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_fault_of_ours_ends_the_process(package, broken):
    package.write_program()
    package.write_trial(WIDTH)
    match broken:
        case "no trial":
            (package.attempt / "trial.json").unlink()
        case "no program":
            (package.program / "program.json").unlink()
        case "damaged":
            (package.program / "program.json").write_text("{")
        case "version":
            edit(package.attempt / "trial.json", version=3)
        case "kind":
            edit(package.attempt / "trial.json", kind="trail")
        case "field":
            edit(package.attempt / "trial.json", seed=None)
    done = package.start("-c", "print('defaults')")
    assert (done.returncode, done.stdout) == (70, "")
    _, found, why = done.stderr.partition("nnic: this process can't take part in the trial: ")
    assert found
    assert BROKEN[broken] in why


def edit(path, **changes):
    """Change fields of a JSON file; ``None`` takes one away."""
    data = {**json.loads(path.read_text()), **changes}
    path.write_text(
        json.dumps({name: value for name, value in data.items() if changes.get(name, 0) is not None})
    )
