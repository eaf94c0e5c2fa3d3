"""What trial 0 tells of code that reads annotated text and compiles that, past the compiled program."""

import pytest

STEP = """
def step(x):
    scale = «train/scale/uniform = 0.5»  # @nni.uniform(0, 1)
    return scale * x
"""
# A library as AutoGraph, torch.jit.script, sacred and typeguard are: each compiles the user's text.
LIBRARY = """
import ast, inspect, textwrap

def converted(function):
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list = []
    names = dict(function.__globals__)
    exec(compile(tree, "<converted>", "exec"), names)
    return names[function.__name__]

def module_of(function):
    compile(inspect.getsource(inspect.getmodule(function)), "<module>", "exec")
    return function
"""


def told(project):
    (reads,) = [record for record in project.records() if record["kind"] == "reads"]
    assert reads["ended"] is True
    return reads


@pytest.mark.parametrize(
    ("use", "lines"),
    [
        ("@library.converted" + STEP, [5, 8]),
        (STEP + "step = library.converted(step)", [6, 9]),
        ("@library.module_of" + STEP, [1, 12]),
    ],
)
def test_a_library_that_compiles_the_source(project, use, lines):
    project.add_source("site-packages/library.py", LIBRARY)
    text = "«import»import sys\nsys.path.append('site-packages')\nimport library\n"
    project.add("train.py", f"{text}\n{use}\nprint(step(2))\n«final 1»\n")
    done = project.run("train.py")
    assert (done.stdout, done.stderr) == ("1.0\n", "")
    (entry,) = told(project)["reread"]
    assert entry[0].startswith("library (called at train.py:")
    assert entry[1] == "train.py"
    assert entry[2] <= lines[0] + 1
    assert entry[2] <= 8 <= entry[3]


def test_the_script_that_runs_a_text(project):
    project.add_source("other.py", "depth = 3  # @nni.choice(3, 4)\n")
    text = "«import»exec(open('other.py').read())\n"
    text += "exec(compile(open('other.py').read(), 'other.py', 'exec'))\nprint(depth)\n«final 1»\n"
    project.add("train.py", text)
    assert project.run("train.py").stdout == "3\n"
    assert told(project)["reread"] == [["train.py:1", "", 0, 0], ["train.py:2", "other.py", 0, 0]]


LOADERS = {
    "location": "import importlib.util as u\ns = u.spec_from_file_location('m', path)\n"
    "m = u.module_from_spec(s)\ns.loader.exec_module(m)",
    "run_path": "import runpy\nrunpy.run_path(path)",
    "source_loader": "from importlib.machinery import SourceFileLoader as L\nL('m', path).get_code('m')",
    "appended": "import sys\nsys.path.append(os.path.dirname(path))\nimport other",
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("folder", ["", "../elsewhere/"])
def test_files_that_are_no_part_of_the_program(project, loader, folder):
    path = project.add_source(f"{folder}other.py", "depth = 3  # @nni.choice(3, 4)\n").resolve()
    for _ in range(2):  # the second time from bytecode
        project.add("train.py", f"«import»import os\npath = {str(path)!r}\n{LOADERS[loader]}\n«final 1»\n")
        assert project.run("train.py").stderr == ""
        assert told(project)["uncompiled"] == [str(path) if folder else "other.py"]
        assert told(project)["reread"] == []


HARMLESS = {
    "traceback": "import traceback\ntry:\n    step(None)\nexcept TypeError:\n    traceback.format_exc()",
    "source": "import inspect\nassert '@nni' in inspect.getsource(step)",
    "dataclass": "import dataclasses\ndataclasses.make_dataclass('D', [('x', int, 3)])",
    "other text": "exec('y = 1  # nni')",
}


@pytest.mark.parametrize("use", HARMLESS)
def test_who_runs_nothing_of_the_text_is_not_told(project, use):
    project.add("train.py", f"«import»\n{STEP}\n{HARMLESS[use]}\nstep(2)\n«final 1»\n")
    assert project.run("train.py").returncode == 0
    assert (told(project)["reread"], told(project)["uncompiled"]) == ([], [])


def test_other_trials_do_not_watch(project):
    project.add(
        "train.py", "«import»lr = «train/lr/uniform = 1»\nexec('y = 1  # @nni.choice(1)')\n«final lr»\n"
    )
    project.run("train.py", parameters={"train/lr/uniform": 2})
    assert [record["kind"] for record in project.records()] == ["final"]
