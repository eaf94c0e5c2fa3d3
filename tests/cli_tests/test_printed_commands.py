"""Every command that is printed can be typed as it stands, in the folder in which it was printed."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

SCRIPT = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, required=True)
epochs = parser.parse_args().epochs
lr = 0.3  # @nni.uniform(0, 1)
kind = "a b"  # @nni.choice("a b", "c")
assert lr < 0.9, "too fast"
# @nni.report_final_result(lr * epochs)
"""
BROKEN = "lr = 0.1  # @nni.uniform(0, 1)\nopen('nowhere')\n# @nni.report_final_result(lr)\n"
# Up to what ends a command in a sentence or a table.
COMMAND = re.compile(r"\bnnic ([a-z]+(?:(?!  |; |;$|, |\. |\.$|[)`]|  ).)*)", re.MULTILINE)
PLACEHOLDERS = re.compile(r"\b(SCRIPT|EXP|FILE|NAME|TRIAL|N)\b|\.\.\.")
VERBS = (
    *("run", "resume", "best", "trials", "logs", "status", "apply", "importance"),
    *("stop", "retry", "enqueue", "update", "clean", "backup"),
)


def printed(text: str) -> list[str]:
    """The commands that a text proposes, without those in which something is left to fill in."""
    found = [f"nnic {command.rstrip(' .:')}" for command in COMMAND.findall(text)]
    return [c for c in dict.fromkeys(found) if c.split()[1] in VERBS and not PLACEHOLDERS.search(c)]


def test_commands_are_found_in_sentences():
    text = "it: nnic best x-1. All: nnic trials x-1; nnic logs x-1 3, or `nnic stop x-1` (nnic run SCRIPT)"
    assert printed(text) == ["nnic best x-1", "nnic trials x-1", "nnic logs x-1 3", "nnic stop x-1"]


@pytest.fixture(scope="module")
def searched(new_project, tmp_path_factory):
    """A project with a run, in which one trial at least failed, and one whose own values fail."""
    project = new_project(tmp_path_factory.mktemp("printed"))
    project.write("my script.py", SCRIPT)
    project.write("broken.py", BROKEN)
    options = ["--name", "wide", "--tuner", "random", "--trials", "14", "--minimize", "--seed", "1"]
    project.ended = project.nnic("run", "my script.py", *options, "--", "--epochs", "2")
    project.failed = project.nnic("run", "broken.py", "--tuner", "random", "--trials", "2", status=1)
    project.asked = project.nnic("run", "my script.py", "--trials", "3", "--jobs", "2", status=1)
    return project


def typed(project, command: str) -> subprocess.CompletedProcess:
    words = shlex.split(command)[1:]
    result = subprocess.run(
        project.command(*words), cwd=project.root, env=project.environment, capture_output=True, text=True
    )
    assert result.returncode not in (2, 3, 70), f"{command}\n{result.stderr}"
    return result


def test_what_a_run_proposes_at_its_end(searched):
    proposed = printed(searched.ended.stderr)
    assert [command.split()[1] for command in proposed] == ["logs", "apply", "trials", "importance"]
    assert "13 succeeded, 1 failed (AssertionError): nnic logs wide" in searched.ended.stderr
    for command in proposed:
        assert typed(searched, command).returncode == 0, command


def test_what_a_failed_run_proposes(searched):
    proposed = printed(searched.failed.stderr)
    assert [command.split()[1] for command in proposed] == ["logs", "run", "resume", "resume"]
    assert proposed[1] == "nnic run broken.py --tuner random --trials 2"
    for command in proposed:
        result = typed(searched, command)
        assert "nowhere" in result.stdout + result.stderr, command


def test_missing_arguments_of_the_script_are_proposed_with_the_options_that_were_typed(searched):
    assert "'my script.py' --trials 3 --jobs 2 -- --epochs ..." in searched.asked.stderr


def test_applying_proposes_what_was_asked_for(searched):
    shown = searched.nnic("apply", "wide", "--dry-run", "--narrow", "--digits", "3")
    (command,) = printed(shown.stderr)
    assert re.fullmatch(r"nnic apply wide --trial \d+ --digits 3 --narrow", command)
    written = typed(searched, command)
    assert written.stdout == shown.stdout
    (undo,) = printed(written.stderr)
    assert typed(searched, undo).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "wide"),
        ("retry", "wide"),
        ("enqueue", "wide", "lr=0.5"),
        ("stop", "wide"),
        ("logs", "wide", "999"),
        ("clean",),
        ("backup",),
        ("doctor",),
        ("retry", "wide", "0"),
    ],
    ids=" ".join,
)
def test_what_other_commands_propose(searched, arguments):
    result = subprocess.run(
        searched.command(*arguments),
        cwd=searched.root,
        env=searched.environment,
        capture_output=True,
        text=True,
    )
    for command in printed(result.stdout + result.stderr):
        if not command.startswith(("nnic resume", "nnic clean")):  # they are typed last
            typed(searched, command)
