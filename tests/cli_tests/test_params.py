import json
import subprocess
import sys

import pytest

NESTED = """\
import nni

def SGD(lr, momentum=0.9): return lr * momentum
def Adam(lr, betas=(0.9, 0.99)): return lr / betas[0]

# @nni.function_choice(SGD(nni.loguniform(1e-3, 1.0), momentum=nni.choice(0.5, nni.uniform(0, 0.99))),
#                      Adam(lr=nni.loguniform(1e-5, 1e-2)), name=opt)
opt = Adam(
    lr=1e-4,  # the rate
)
depth = nni.randint(1, 9)
act = nni.choice({'a': min, 'b': max}, name='act')
metric = opt + depth + act(1, 2)
print(repr(metric))
# @nni.report_final_result(metric)
"""
OPT = "nested/opt/function_choice"
SGD = {
    OPT: "SGD(..., momentum=...)",
    f"{OPT}/0/0/loguniform": 0.25,
    f"{OPT}/0/momentum/choice": "...",
    f"{OPT}/0/momentum/choice/1/uniform": 0.75,
    "nested/__line11/randint": 3,
    "nested/act/choice": "b",
}


@pytest.fixture
def project(project):
    project.write("nested.py", NESTED)
    return project


def script(project, values, *options, status=0, target="nested.py"):
    project.write("values.json", json.dumps(values))
    arguments = ("compile", target, "--params", "values.json", *(options or ("--out", "-")))
    return project.nnic(*arguments, status=status)


def test_nested_and_smart_parameters_become_plain_code(project):
    text = script(project, SGD).stdout
    assert "nni" not in text
    assert "opt = SGD(2.5e-1, momentum=0.75)\ndepth = 3\nact = max\n" in text


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(
            {
                "opt": {
                    "_name": "SGD(..., momentum=...)",
                    "0": 0.25,
                    "momentum": {"_name": "...", "uniform": 0.75},
                },
                "__line11": 3,
                "act": "b",
            },
            id="nni's-nested-form",
        ),
        pytest.param(
            {
                "opt": SGD[OPT],
                "0/0": 0.25,
                "momentum": "...",
                "choice/1": 0.75,
                "__line11": 3.0,
                "act/choice": "b",
            },
            id="short-names",
        ),
        pytest.param(
            {"experiment": "x", "trial": 4, "metric": 0.5, "parameters": SGD, "baseline": None},
            id="nnic-best",
        ),
    ],
)
def test_values_by_other_names(project, values):
    assert script(project, values).stdout == script(project, SGD).stdout


def test_the_authors_own_call_keeps_its_layout(project):
    values = {"opt": "Adam(lr=...)", "lr": 0.00123, "__line11": 3, "act": "a"}
    assert (
        "opt = Adam(\n    lr=1.23e-3,  # the rate\n)\ndepth = 3\nact = min\n"
        in script(project, values).stdout
    )


def test_everything_that_is_wrong_is_named(project):
    values = {"opt": "Adam(lr=...)", "lr": 0.5, "__line11": 30, "momentum": 0.5, "width": 2}
    message = script(project, values, status=2).stderr
    assert "there is no parameter width; there are opt" in message
    assert "lr can't be 0.5; it is a number of loguniform(1e-5, 0.01)" in message
    assert "__line11 can't be 30; it is a whole number of randint(1, 9)" in message
    assert "momentum exists only when opt is 'SGD(..., momentum=...)'" in message
    assert "act has no value; it is one of 'a', 'b'" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1]", "contains no values by name"),
        ("{", "is not JSON"),
        ('{"opt": {"lr": 1}}', "needs the chosen option as '_name'"),
    ],
)
def test_files_that_make_no_sense(project, content, message):
    project.write("bad.json", content)
    arguments = ("compile", "nested.py", "--params", "bad.json", "--out", "-")
    assert message in project.nnic(*arguments, status=2).stderr
    assert "No such file" in project.nnic(*arguments[:3], "none.json", status=2).stderr


def test_the_tree_runs_without_nnic_and_reports_the_metric_of_its_trial(project):
    project.write("data/rows.csv", "1,2\n")
    project.nnic("run", "nested.py", "--trials", "4", "-q", "--seed", "5")
    trials = project.json("trials")
    code = "import runpy, sys; sys.modules.update(nnic=None, nni=None); runpy.run_path(sys.argv[1])"
    for trial in trials[1:]:
        result = script(project, trial, "--out", "final")
        assert "final/code/nested.py" in result.stdout
        command = [sys.executable, "-I", "-c", code, "final/code/nested.py"]
        done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=True)
        assert float(done.stdout) == trial["metric"]
        assert json.loads((project.root / "final/parameters.json").read_text()) == trial["parameters"]
    assert (project.root / "final/code/data/rows.csv").read_text() == "1,2\n"


def test_one_file_is_printed_and_several_are_not(project):
    project.write("part.py", "x = 1  # @nni.choice(1, 2)\n")
    project.write("whole.py", "import part\ny = 1  # @nni.choice(1, 2)\n# @nni.report_final_result(y)\n")
    values = {"part/x/choice": 2, "y": 2}
    message = script(project, values, status=2, target="whole.py").stderr
    assert "values go into part.py too; give --out a folder" in message
    script(project, values, "--out", "final", target="whole.py")
    assert (project.root / "final/code/part.py").read_text() == "x = 2\n"
    assert (project.root / "final/code/whole.py").read_text() == "import part\ny = 2\n"
    script(project, values, "--out", "final", target="whole.py")  # ours is replaced, others' are not
    project.write("mine/notes.txt", "precious")
    assert (
        "choose another --out" in script(project, values, "--out", "mine", status=1, target="whole.py").stderr
    )


def test_an_own_value_outside_of_the_range_is_legal(project):
    project.write("own.py", "lr = 5.0  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n")
    assert script(project, {"lr": 5.0}, target="own.py").stdout == "lr = 5.0\n"
