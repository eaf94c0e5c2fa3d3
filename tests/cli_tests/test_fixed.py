"""A value that the script's arguments fix is not searched, and every command says so."""

import pytest

SCRIPT = """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.1)  # @nni.loguniform(1e-3, 1)
parser.add_argument("--size", type=int, default=8)  # @nni.choice(8, 16, 32)
args = parser.parse_args()
print("rate", args.learning_rate)
# @nni.report_final_result(args.learning_rate * args.size)
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory, new_project):
    made = new_project(tmp_path_factory.mktemp("fixed"))
    made.write("train.py", SCRIPT)
    made.result = made.nnic("run", "train.py", "--trials", "3", "--", "--lear=0.5")
    return made


def test_the_run_says_what_is_fixed_and_does_not_search_it(searched):
    assert (
        "train.py:4:68: warning[NNI215]: learning_rate is fixed by your arguments" in searched.result.stderr
    )
    assert "parameters=1" in searched.result.stderr
    trials = searched.json("trials")
    assert {name for trial in trials for name in trial["parameters"]} == {"train/size/choice"}
    assert sorted(trial["metric"] for trial in trials) == [4, 8, 16]


def test_status_and_best_repeat_it(searched):
    name = searched.json("best")["experiment"]
    assert "  fixed    learning_rate by --learning-rate 0.5\n" in searched.nnic("status", name).stdout
    assert "learning_rate is not searched: it is fixed by --learning-rate 0.5" in searched.nnic("best").stdout


def test_apply_leaves_it_alone(searched):
    result = searched.nnic("apply", "--dry-run")
    assert '+parser.add_argument("--size", type=int, default=32)' in result.stdout
    assert '+parser.add_argument("--learning-rate' not in result.stdout
    assert "learning_rate is not written: the search had --learning-rate 0.5" in result.stdout + result.stderr


def test_a_value_of_it_is_refused(searched):
    result = searched.nnic("enqueue", "learning_rate=0.3", status=2)
    assert "learning_rate is fixed by your arguments: --learning-rate 0.5" in result.stderr
    words = ("--enqueue", "learning_rate=0.3", "--", "--learning-rate", "0.5")
    result = searched.nnic("run", "train.py", *words, status=2)
    assert "learning_rate is fixed by your arguments: --learning-rate 0.5" in result.stderr


def test_a_run_of_which_all_is_fixed_does_not_start(searched):
    before = searched.json("status")
    result = searched.nnic("run", "train.py", "--", "--learning-rate", "1", "--size=8", status=1)
    assert "nothing is left to search in train.py: your arguments fix" in result.stderr
    assert "learning_rate (--learning-rate 1), size (--size 8)" in result.stderr
    assert searched.json("status") == before
