"""Runs whose parameters have no effect say so, and don't search in vain."""

NEVER = """\
def never():
    lr = 0.1  # @nni.loguniform(1e-4, 1e-1)
    return lr

width = 4
# @nni.report_final_result(width)
"""
CONVERTED = """\
import ast
import inspect
import textwrap

def scripted(function):
    exec(compile(ast.parse(textwrap.dedent(inspect.getsource(function))), "<scripted>", "exec"), globals())
    return globals()[function.__name__]

def step(x):
    scale = 0.5  # @nni.uniform(0, 1)
    return x * scale

width = 4  # @nni.choice(4, 5)
result = scripted(step)(width)
# @nni.report_final_result(result)
"""


def test_a_run_that_reads_no_parameter_ends(project):
    project.write("train.py", NEVER)
    result = project.nnic("run", "train.py", "--trials", "3", status=1)
    assert "failed: trial #0 read none of its parameters, so all trials would be the same" in result.stderr
    assert "lr (train.py:2)" in result.stderr
    (trial,) = project.json("trials")
    assert trial["status"] == "succeeded"
    assert "read none" in project.nnic("resume", status=1).stderr
    assert len(project.json("trials")) == 1
    project.nnic("resume", "--keep-going")
    assert len(project.json("trials")) == 3


def test_keep_going_searches_all_the_same(project):
    project.write("train.py", NEVER)
    result = project.nnic("run", "train.py", "--trials", "2", "--keep-going")
    assert "train.py:2" in result.stderr
    assert len(project.json("trials")) == 2


def test_a_library_that_compiles_the_source_is_named(project):
    project.write("train.py", CONVERTED)
    result = project.nnic("run", "train.py", "--trials", "2")
    warning = (
        "train.py:6 compiles the text of train.py, lines 9 to 11, by itself, so these parameters have no"
    )
    assert f"{warning} effect: scale (train.py:10)" in result.stderr
    assert result.stderr.count("trial #0 never read scale (train.py:10)") == 1
    name = project.json("best")["experiment"]
    assert "unread  " in project.nnic("status", name).stdout


REPLACED = """\
import argparse
import json

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)  # @nni.uniform(0, 1)
parser.add_argument("--scale", type=float, default=0.1)  # @nni.uniform(0, 1)
args = parser.parse_args()
vars(args).update(json.loads('{"lr": 0.5}'))
args.scale *= 3
# @nni.report_final_result(args.lr + args.scale)
"""


def test_a_value_that_a_configuration_file_replaces_is_told(project):
    project.write("train.py", REPLACED)
    result = project.nnic("run", "train.py", "--trials", "2", "--tuner", "random")
    assert "lr (train.py:5) was 0.5 when trials #0 and #1 reported, although they were given" in result.stderr
    assert "scale (train.py:6) was" not in result.stderr
