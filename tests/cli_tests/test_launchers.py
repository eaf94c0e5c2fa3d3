"""``nnic run -- COMMAND``: what starts the script is a launcher or a shell, and not Python itself."""

import os
import sys

import pytest

SCRIPT = """\
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.25)  # @nni.uniform(0, 1)
parser.add_argument("--epochs", type=int, default=1)
args = parser.parse_args()
print("rank", os.environ.get("RANK"), "lr", args.lr, "epochs", args.epochs, flush=True)
if args.epochs == 9:
    raise ValueError("nine")
# @nni.report_final_result(args.lr + 10 * int(os.environ.get("RANK", 0)))
"""
SHELL = '#!/bin/sh\nset -e\npython train.py \\\n  --epochs 3 "$@"\n'
RANDOM = ("--tuner", "random", "--trials", "2")


@pytest.fixture
def launched(project):
    project.write("train.py", SCRIPT)
    project.write("train.sh", SHELL)
    folder = os.path.dirname(sys.executable)
    project.environment["PATH"] = f"{folder}{os.pathsep}{project.environment['PATH']}"
    return project


def test_a_shell_script(launched):
    done = launched.nnic("run", *RANDOM, "--", "sh", "train.sh")
    assert "nnic: tunes train.py, which the command starts" in done.stderr
    first, second = launched.json("trials")
    assert first["metric"] == 0.25
    (value,) = second["parameters"].values()
    assert second["metric"] == value != 0.25
    assert f"lr {value} epochs 3" in launched.nnic("logs", "1").stdout
    name = launched.json("best")["experiment"]
    assert "command  sh train.sh" in launched.nnic("status", name).stdout
    launched.nnic("resume", name, "--trials", "3")
    assert launched.json("trials")[2]["metric"] is not None
    launched.nnic("apply", "--trial", "1")
    assert repr(value) in (launched.root / "train.py").read_text()


def test_arguments_of_the_script_fix_values_there_too(launched):
    launched.write("train.py", SCRIPT + "batch = 32  # @nni.choice(16, 32)\n")
    done = launched.nnic("run", *RANDOM, "--", "python", "train.py", "--lr", "0.5", "--epochs", "2")
    assert "fixed" in done.stderr
    assert [trial["metric"] for trial in launched.json("trials")] == [0.5, 0.5]


def test_an_error_in_a_process_of_a_launcher_is_the_scripts_own(launched):
    """torchrun would show its own instead. One process is enough: test_ranks has two."""
    pytest.importorskip("torch")
    torchrun = ("python", "-m", "torch.distributed.run", "--nproc_per_node", "1")
    failed = launched.nnic("run", *RANDOM, "--", *torchrun, "train.py", "--epochs", "9", status=1)
    assert "train.py:8" in failed.stderr
    assert "ValueError: nine" in failed.stderr
    assert launched.json("trials")[0]["error"]["kind"] == "ValueError"


def test_a_command_that_hides_nnic_from_its_python(launched):
    failed = launched.nnic("run", *RANDOM, "--", "env", "PYTHONPATH=src", "python", "train.py", status=1)
    assert "no Python process of the command ran train.py as nnic compiled it" in failed.stderr
    assert "PYTHONPATH" in failed.stderr


def test_arguments_behind_a_script_are_no_command(launched):
    launched.nnic("run", "train.py", *RANDOM, "--", "--epochs", "2")
    assert "epochs 2" in launched.nnic("logs", "0").stdout


def test_a_script_behind_the_dashes_is_a_script(launched):
    done = launched.nnic("run", *RANDOM, "--", "train.py", "--epochs", "2")
    assert "which the command starts" not in done.stderr
    assert len(launched.json("trials")) == 2


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (
            ("env", "train.py"),
            2,
            "env is a command, not a script; put it behind --: nnic run -- env train.py",
        ),
        (
            ("env", "--unset", "A", "train.py"),
            2,
            "A command stands behind --: nnic run -- env --unset A train.py",
        ),
        (("--", "nosuchthing", "train.py"), 2, "there is no command nosuchthing on your PATH"),
        (("--", "./train.sh"), 2, "chmod +x"),
        (("--", "A=1", "python", "train.py"), 2, "write: nnic run -- env A=1 python train.py"),
        (("--", "sh", "-c", "true"), 2, "nnic run --script train.py -- sh -c true"),
        (("--script", "x.py", "train.py"), 2, "to run train.py, name it alone: nnic run train.py"),
        (("--script", "gone.py", "--", "sh", "train.sh"), 2, "gone.py does not exist"),
        (
            ("--share", "prefix", "--", "sh", "train.sh"),
            2,
            "--share prefix needs a script that Python starts",
        ),
        (("--python", sys.executable, "--", "sh", "train.sh"), 2, "a command has the Python that it names"),
        (("-m", "--", "sh", "train.sh"), 2, "leave it out before a command"),
    ],
)
def test_what_is_said_of_other_words(launched, words, status, text):
    assert text in launched.nnic("run", *words, status=status).stderr
