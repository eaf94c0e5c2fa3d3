"""The functions of a trial, the module nni, and what loading them costs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PARAMETERS = {"lr": 0.5, "layers": [1, 2]}
SHOW = """
params = {"lr": 0.1, "seed": 1}
params.update(nni.get_next_parameter())
print(params, nni.get_next_parameter(), nni.get_current_parameter("lr"), nni.get_current_parameter("no"))
print(nni.get_experiment_id(), nni.get_trial_id(), nni.get_sequence_id())
nni.report_intermediate_result(1)
nni.report_final_result({"default": 2})
print(nni.__file__)
"""


def test_script_written_for_nni(project):
    project.add("train.py", "import nni\n" + SHOW)
    lines = project.run("train.py", parameters=PARAMETERS).stdout.splitlines()
    assert lines[0] == "{'lr': 0.5, 'seed': 1, 'layers': [1, 2]} {'lr': 0.5, 'layers': [1, 2]} 0.5 None"
    assert lines[1] == "train-7f3a 3 3"
    assert lines[2].endswith("site_nni/nni/__init__.py")
    assert project.reported() == [2]
    lines = project.run("train.py").stdout.splitlines()
    assert lines[0] == "{'lr': 0.1, 'seed': 1} {} None None"


def test_an_nni_of_the_users_goes_first(project):
    project.add_source("nni.py", "mine = 1\n")
    project.add(
        "train.py", "import nni\nprint(nni.mine, __import__('importlib.util').util.find_spec('nni').origin)\n"
    )
    assert project.run("train.py").stdout == f"1 {project.code / 'nni.py'}\n"


def test_without_a_program_there_are_values_and_reports(project):
    project.write_trial(PARAMETERS, program=None)
    (project.code / "train.py").write_text(
        "import nni\nprint(nni.get_next_parameter()['lr'])\nnni.report_final_result(1)\n"
    )
    assert project.start("train.py").stdout == "0.5\n"
    assert project.reported() == [1]


def test_a_changed_dictionary_is_the_callers_alone(project):
    project.add("train.py", "import nni\nnni.get_next_parameter().clear()\nprint(nni.get_next_parameter())\n")
    assert project.run("train.py", parameters=PARAMETERS).stdout == f"{PARAMETERS}\n"


HEAVY = {
    "dataclasses",
    "typing",
    "inspect",
    "pathlib",
    "re",
    "json",
    "ast",
    "_ast",
    "enum",
    "socket",
    "_socket",
    "fcntl",
    "functools",
    "collections",
    "threading",
    "logging",
    "subprocess",
    "importlib",
    "contextlib",
    "runpy",
    "warnings",
}


@pytest.mark.parametrize("parameters", [None, PARAMETERS])
def test_a_trial_loads_next_to_nothing(project, parameters):
    text = "import sys; print(*sys.modules)"
    project.add("train.py", text)
    bare = set(project.plain("-I", "-S", "-c", text).stdout.split())
    assert project.run("train.py").returncode == 0
    loaded = set(project.run("train.py", parameters=parameters, PYTHONNOUSERSITE="1").stdout.split())
    plain = set(project.plain("train.py", PYTHONNOUSERSITE="1").stdout.split())
    ours = {name for name in loaded - plain if name.startswith("nnic")}
    assert not (loaded - plain - bare) & HEAVY
    assert ours == {
        "nnic",
        "nnic.runtime",
        "nnic.runtime.trial",
        *(f"nnic.runtime.trial.{name}" for name in ("assignment", "hook", "json_text", "script", "snapshot")),
        *(f"nnic.runtime.trial.{name}" for name in ("left_files", "loading", "messages", "stdlib")),
        # Trial 0 alone watches who reads its source.
        *(["nnic.runtime.trial.rereading"] if parameters is None else []),
    }


def test_the_first_report_loads_no_json_and_no_socket(project):
    text = "«import»import sys\n«final 1»\nprint(*sys.modules)\n"
    project.add("train.py", text)
    project.run("train.py")
    loaded = set(project.run("train.py", parameters=PARAMETERS, NNIC_SOCKET="@nobody").stdout.split())
    plain = set(project.plain("-c", "import sys; print(*sys.modules)").stdout.split())
    assert not (loaded - plain) & (HEAVY - {"_socket", "fcntl", "warnings"})


@pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="not run from a checkout")
def test_the_site_folders_are_packaged():
    text = (ROOT / "pyproject.toml").read_text()
    assert '"nnic.runtime.trial" = ["site/*.py", "site_nni/nni/*.py"]' in text


@pytest.mark.parametrize("folder", ["nnic", "a checkout"])
def test_layouts(project, tmp_path, folder):
    """An installed nnic has runtime/ inside; a checkout, which may be called nnic, has it linked."""
    place = tmp_path / folder
    shutil.copytree(ROOT / "runtime", place / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    (place / "nnic").mkdir()
    shutil.copy(ROOT / "nnic/__init__.py", place / "nnic")
    (place / "nnic/runtime").symlink_to("../runtime")
    installed = tmp_path / "lib"
    installed.mkdir()
    shutil.copytree(place / "nnic", installed / "nnic")
    project.add("train.py", "«import»print(«a/b/choice = 1»)\n«final 1»\n")
    project.write_program()
    project.write_trial({"a/b/choice": 7})
    for site in (place / "runtime", place / "nnic/runtime", installed / "nnic/runtime"):
        env = project.environment(True, {}) | {"PYTHONPATH": str(site / "trial/site")}
        done = subprocess.run(
            [project.python, "-s", "train.py"], cwd=project.code, env=env, capture_output=True, text=True
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "7\n", ""), site
    assert len(project.reported()) == 3


def test_other_pythons_pass_by(project):
    """A trial may start a program in a Python that nnic doesn't know."""
    old = os.environ.get("NNIC_TEST_OLD_PYTHON", "")
    if not old:
        source = (ROOT / "runtime/trial/site/sitecustomize.py").read_text()
        assert "f'" not in source
        assert 'f"' not in source
        return
    project.write_trial(PARAMETERS)
    env = project.environment(True, {})
    done = subprocess.run([old, "-c", "print(1)"], env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")
