"""The house rules of packaging and imports, held by the machine."""

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {"tuners": 0, "runtime": 1, "nnic": 2}

# Each folder, or file at the root of nnic/, imports only what stands before it: so there are no circles.
# docs/architecture.md says what is in them.
FOLDERS = """
    tuners tuners/mapping tuners/search tuners/gp tuners/tpe tuners/multifidelity tuners/assessors
    tuners/importance tuners/testing
    runtime runtime/trial runtime/trial/forking runtime/store runtime/launchers runtime/devices
    runtime/noticing runtime/loop
    runtime/manager runtime/doctor runtime/cleaning
    nnic/span nnic/edits nnic/source nnic/syntax nnic/findings nnic/ir
    nnic/annotations nnic/lowering nnic/passes nnic/emission
    nnic/project nnic/compile nnic/check nnic/apply nnic/results nnic/arguments
    nnic/api nnic/screens nnic/control nnic/experiment nnic/cli nnic/cli/commands nnic/__main__
"""
ORDER = FOLDERS.split()
# What a package exports by name is loaded when it is asked for, from wherever it lies.
EXPORTS = ("nnic", "nnic.tuners")
# More loose files hide what a folder holds. cli/commands has a file a command.
MOST_FILES = 25


def sources():
    for layer in LAYERS:
        for folder, _, names in os.walk(ROOT / layer):  # does not follow the links in nnic/
            yield from (Path(folder, name) for name in names if name.endswith(".py"))


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of_module(name):
    parts = name.split(".")
    if parts[0] != "nnic":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in ("runtime", "tuners") else "nnic"


@pytest.mark.parametrize("path", list(sources()), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    own = path.relative_to(ROOT).parts[0]
    for name in imported_modules(path):
        other = layer_of_module(name)
        if other is None or name in ("nnic", "nnic.__version__"):
            continue
        assert LAYERS[other] <= LAYERS[own], f"{path} imports {name}"


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "nnic" else ("nnic", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_of(path): path for path in sources() if "site" not in path.parts and "site_nni" not in path.parts
}


def folder_of(module):
    """The folder that a module lies in, as in ORDER; a file at the root of nnic/ counts by itself."""
    path = MODULES[module].relative_to(ROOT)
    if path.parent == Path("nnic") and path.stem != "__init__":
        return f"nnic/{path.stem}"
    return path.parent.as_posix()


def test_the_order_names_every_folder():
    assert {folder_of(module) for module in MODULES} - {"nnic"} == set(ORDER)


@pytest.mark.parametrize("module", [module for module in MODULES if module not in EXPORTS])
def test_folders_import_what_stands_before_them(module):
    own = ORDER.index(folder_of(module))
    for name in imported_modules(MODULES[module]):
        if name in MODULES and name not in EXPORTS:
            assert ORDER.index(folder_of(name)) <= own, f"{module} imports {name}"


def test_no_folder_has_too_many_files():
    counts = {}
    for module in MODULES:
        folder = MODULES[module].parent.relative_to(ROOT).as_posix()
        counts[folder] = counts.get(folder, 0) + (MODULES[module].name != "__init__.py")
    assert {folder: n for folder, n in counts.items() if n > MOST_FILES} == {}


def named_in_strings():
    """Names of ours that are written as strings, which no checker follows when something moves."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for name in re.findall(
                    r"(?<![\w./])nnic(?:\.[a-z_]\w*)+(?::\w+|\.[A-Z]\w+)?(?![\w/*])", node.value
                ):
                    if not re.search(r"\.(db|egg)", name):
                        yield path.relative_to(ROOT).as_posix(), name


@pytest.mark.parametrize(("place", "name"), sorted(set(named_in_strings())))
def test_names_in_strings_exist(place, name):
    module, _, attribute = name.partition(":")
    if name in ("nnic.tuners", "nnic.assessors"):  # groups of entry points
        return
    while module not in MODULES:
        module, _, last = module.rpartition(".")
        attribute = f"{last}.{attribute}".rstrip(".")
        assert module, f"{place} names {name}"
    value = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        value = getattr(value, part)


@pytest.mark.parametrize("name", ["Makefile", "tests/processors.py", "tests/quick.py", "tests/fresh.py"])
def test_paths_of_tests_that_are_chosen_by_name_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for path in re.findall(r"(?<![\w/{])tests/[\w/]*\w(?:\.py)?", text):
        assert (ROOT / path).exists(), f"{name} names {path}"


def test_files_named_in_the_documentation_exist():
    for page in (*(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "README.md"):
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:nnic|runtime|tuners|tests|docs|benchmarks|examples)/[\w./]*)`", text):
            assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_the_list_of_packages_matches_the_folders():
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    found = set()
    for path in sources():
        if path.name == "__init__.py" and "site" not in path.relative_to(ROOT).as_posix():
            parts = path.parent.relative_to(ROOT).parts
            found.add(".".join(parts if parts[0] == "nnic" else ("nnic", *parts)))
    assert sorted(setup["packages"]) == sorted(found)


@pytest.mark.parametrize("layer", ["runtime", "tuners"])
def test_a_lower_layer_refuses_another_name(layer):
    result = subprocess.run(
        [sys.executable, "-c", f"import {layer}"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert f"imported as nnic.{layer}, not as {layer}" in result.stderr


def loaded_by(code, cwd):
    code += "\nimport sys; print('\\n'.join(sys.modules))"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "NNIC"))}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def test_lint_loads_nothing_heavy(tmp_path):
    script = tmp_path / "train.py"
    script.write_text("lr = 0.1  # @nni.loguniform(1e-4, 1e-1)\n# @nni.report_final_result(lr)\n")
    code = f"from nnic.cli import main\ntry: main(['lint', {str(script)!r}])"
    code += "\nexcept SystemExit as e: assert not e.code"
    loaded = loaded_by(code, tmp_path)
    assert not loaded & {
        "numpy",
        "scipy",
        "torch",
        "libcst",
        "astor",
        "rich",
        "sqlite3",
        "nnic.runtime.loop.experiment",
    }


def test_a_trial_loads_only_the_trial_module(tmp_path):
    loaded = loaded_by("import nnic.runtime.trial", tmp_path)
    ours = {name for name in loaded if name.split(".")[0] == "nnic"}
    assert all(name in ("nnic", "nnic.runtime") or name.startswith("nnic.runtime.trial") for name in ours)
    assert not loaded & {"numpy", "scipy", "torch", "dataclasses", "inspect", "typing"} - loaded_by(
        "pass", tmp_path
    )


def test_a_search_begins_without_scipy(tmp_path):
    """Its parts take longer to load than all else together, and the first model is made much later."""
    code = """
from nnic.tuners import Fidelity, Parameter, Problem, Sampler, SearchSpace, list_tuners, make_tuner
parameters = Parameter("x", Sampler.UNIFORM, (0, 1)), Parameter("n", Sampler.RANDINT, (0, 9))
problem = Problem(SearchSpace(parameters), fidelity=Fidelity(1, 9))
for entry in list_tuners():
    if entry.name not in ("sobol", "batch"):
        assert make_tuner(entry.name, problem).suggest(1).suggestions, entry.name
from nnic.runtime.manager.session import versions
assert {"numpy", "scipy"} <= versions().keys(), versions()
"""
    loaded = loaded_by(code, tmp_path)
    assert "numpy" in loaded
    assert not loaded & {"scipy.special", "scipy.linalg", "scipy.optimize", "scipy.stats", "threadpoolctl"}


def test_a_command_loads_the_file_of_no_other(tmp_path):
    code = "from nnic.cli import main\ntry: main(['trials', '--help'])"
    code += "\nexcept SystemExit as e: assert not e.code"
    loaded = loaded_by(code, tmp_path)
    assert "nnic.cli.commands.trials" in loaded
    assert not loaded & {
        "nnic.cli.commands.lint",
        "nnic.cli.commands.run",
        "nnic.cli.commands.apply",
        "nnic.cli.commands.doctor",
    }


def test_help_lists_every_command_that_a_file_registers():
    from nnic.cli import COMMANDS

    files = (ROOT / "nnic" / "cli" / "commands").glob("*.py")
    registering = {
        path.stem.rstrip("_") for path in files if "\n@app.command(" in path.read_text(encoding="utf-8")
    }
    assert set(COMMANDS) == registering
    result = subprocess.run(
        [sys.executable, "-m", "nnic", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = (
        result.stdout.partition("\n\nAnnotate")[2].partition("Other commands")[0].partition("Examples:")[0]
    )
    words = [line.split()[0] for line in listed.splitlines() if line.startswith("  ")]
    assert sorted(words) == sorted(COMMANDS)  # each is in a group of nnic/cli/help.py


def test_nothing_in_trial_imports_forking():
    """An ordinary trial loads none of it; the site decides whether a process is a template."""
    for path in (ROOT / "runtime" / "trial").glob("*.py"):
        names = [name for name in imported_modules(path) if "forking" in name]
        assert names == [], f"{path} imports {names}"
