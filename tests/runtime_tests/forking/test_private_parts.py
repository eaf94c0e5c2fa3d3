"""Private parts of the standard library: which are used, and that trials run where they have changed."""

import ast
from pathlib import Path

import pytest

import nnic.runtime.trial
from nnic.runtime.launchers import surroundings
from nnic.runtime.trial import stdlib

TRIAL = Path(nnic.runtime.trial.__file__).parent
ROOT = TRIAL.parent.parent
# Documented, in spite of its name.
PUBLIC = {"_thread"}
# What each has beside itself where it is missing.
KNOWN = {
    "nnic/check/findings_cache.py": {"_blake2"},
    "runtime/trial/json_text.py": {"_json"},
    "runtime/trial/forking/system_calls.py": {"_ctypes"},
    "runtime/trial/forking/ending.py": {"atexit._clear"},
    # Without it trials don't share what they do before the fork point.
    "runtime/trial/forking/prefix.py": {"os.environ._data"},
    # On 3.11 alone.
    "runtime/trial/forking/obstacles.py": {"logging._startTime"},
}


def sources():
    for folder in ("nnic", "runtime", "tuners"):
        yield from (p for p in (ROOT / folder).rglob("*.py") if not p.is_relative_to(ROOT / "nnic/runtime"))


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def private_imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if is_private(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith("nnic"):
            yield from (f"{node.module}" for alias in node.names if is_private(node.module))
            yield from (f"{node.module}.{a.name}" for a in node.names if is_private(a.name))


def strings(call):
    arguments = [node for argument in call.args for node in ast.walk(argument)]
    return tuple(node.value for node in arguments if isinstance(node, ast.Constant))


def loads():
    for path in TRIAL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "stdlib.load":
                yield strings(node)


def test_private_modules_are_loaded_where_there_is_a_way_round():
    for path in sources():
        found = set(private_imports(ast.parse(path.read_text())))
        assert found <= KNOWN.get(path.relative_to(ROOT).as_posix(), set()), path


@pytest.mark.parametrize("arguments", sorted(set(loads())), ids=lambda arguments: ".".join(arguments[::2]))
def test_the_public_module_has_the_same(arguments):
    _private, public, *names = arguments
    assert names
    found, other = stdlib.load(*arguments), stdlib.load("_missing", public, *names)
    assert other.__name__ == public
    for name in names:
        assert getattr(found, name) is not None
        assert getattr(other, name) is not None


def test_a_name_that_has_gone():
    assert stdlib.load("_json", "json", "dumps").__name__ == "json"


def test_what_is_a_function_of_a_module_is_asked_for_it():
    """Every name that is used of a loaded module is one that it was asked to have."""
    for path in TRIAL.glob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
                continue
            if ast.unparse(node.value.func) != "stdlib.load":
                continue
            name = ast.unparse(node.targets[0])
            asked = set(strings(node.value))
            attributes = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
            used = {n.attr for n in attributes if ast.unparse(n.value) == name}
            assert used <= asked, (path, used - asked)


# Python as it may be one day: private modules are not found, and private functions are gone.
LATER = """
import atexit, builtins, sys, _thread

def find(name, globals=None, locals=None, fromlist=(), level=0, plain=builtins.__import__):
    ours = (globals or {{}}).get("__name__", "").startswith("nnic.")
    if ours and name[:1] == "_" != name[1:2] and name != "_thread":
        with open({missed!r}, "a") as stream:
            stream.write(name + " ")
        raise ImportError(name)
    return plain(name, globals, locals, fromlist, level)

builtins.__import__ = find
del atexit._clear, _thread._count
"""
OTHER_ENVIRON = """
import collections.abc, os

class Environ(collections.abc.MutableMapping):
    def __init__(self, variables): self.variables = variables
    def __getitem__(self, name): return self.variables[name]
    def __setitem__(self, name, value): self.variables[name] = value
    def __delitem__(self, name): del self.variables[name]
    def __iter__(self): return iter(self.variables)
    def __len__(self): return len(self.variables)

os.environ = Environ(os.environ)
"""
# Then the trial begins.
BEGIN = """
import sys
sys.path.remove({folder!r})
sys.path.insert(0, {site!r})
del sys.modules["sitecustomize"]
import sitecustomize
"""
SCRIPT = """
import atexit, math

rows = [math.sqrt(n) for n in range(9)]
lr = 0.5  # @nni.uniform(0, 1)
import nni
nni.report_intermediate_result(lr)

class Ending:
    def __del__(self):
        print("gone")

ending = Ending()
atexit.register(print, "bye", lr)
nni.report_final_result(lr + sum(rows))
"""
MISSED = {"_frozen_importlib_external", "_json", "_socket", "_struct", "_collections", "_functools"}
AT_THE_END = {"_ctypes", "_weakref", "_signal"}


@pytest.fixture
def change(tmp_path, monkeypatch):
    """Changes the Python of trials by what runs before all else."""
    folder = tmp_path / "later"
    folder.mkdir()

    def change(text):
        (folder / "sitecustomize.py").write_text(
            text + BEGIN.format(folder=str(folder), site=str(TRIAL / "site"))
        )
        monkeypatch.setattr(surroundings, "_SITE", folder)

    return change


def test_other_variables_of_the_environment(run, change):
    now = run(SCRIPT, "off", trials=3, seed=1)
    change(OTHER_ENVIRON)
    then = run(SCRIPT, "prefix", trials=3, seed=1)
    assert then.outcomes == now.outcomes
    (warning,) = then.warnings
    assert "os.environ keeps its variables where nnic can't watch them" in warning


@pytest.mark.parametrize("share", ["off", "imports", "prefix"])
def test_trials(run, change, tmp_path, share):
    now = run(SCRIPT, share, trials=3, seed=1)
    missed = tmp_path / "missed"
    change(LATER.format(missed=str(missed)))
    then = run(SCRIPT, share, trials=3, seed=1)
    assert (then.templates, then.warnings) == (now.templates, now.warnings) == (int(share != "off"), [])
    assert then.outcomes == now.outcomes
    assert [then.log(n) for n in range(3)] == [now.log(n) for n in range(3)]
    assert {"bye", "gone"} <= set(then.log(0).split())
    expected = MISSED if share == "off" else MISSED | AT_THE_END
    assert expected <= set(missed.read_text().split())
