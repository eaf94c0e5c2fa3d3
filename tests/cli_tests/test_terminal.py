"""What only a terminal shows: tables cut to its width, and that lint found nothing."""

from __future__ import annotations

import os
import re

import pexpect
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
MANY = "".join(f"a_long_name_{i} = 0.5  # @nni.uniform(0, 1)\n" for i in range(9))


@pytest.fixture(autouse=True)
def terminals():
    try:
        ends = os.openpty()
    except OSError as error:
        pytest.skip(f"there is no terminal to be had: {error}")
    for end in ends:
        os.close(end)


def shown(project, *arguments, columns=80):
    environment = {k: v for k, v in project.environment.items() if k not in ("CI", "COLUMNS")}
    program, *rest = project.command(*arguments)
    terminal = pexpect.spawn(
        program,
        rest,
        cwd=str(project.root),
        env={**environment, "TERM": "xterm-256color"},
        dimensions=(40, columns),
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    return ESCAPES.sub("", terminal.before).replace("\r\n", "\n")


def test_lint_says_that_it_found_nothing_to_a_person_and_not_to_a_pipe(project):
    project.write("more/other.py", "x = 1\n")
    assert shown(project, "lint", "more", "train.py") == "2 files, 5 annotations, nothing found\n"
    assert project.nnic("lint", "more", "train.py").stdout == ""
    project.write("bad.py", "x = 1  # @nni.uniform(1, 0)\n")
    assert "nothing found" not in project.nnic("lint", status=1).stdout


def test_a_table_has_the_width_of_the_terminal(project):
    project.write("many.py", MANY + "# @nni.report_final_result(a_long_name_0)\n")
    project.nnic("run", "many.py", "--trials", "3", "--tuner", "random", "-q")
    cut = shown(project, "trials").splitlines()
    assert max(map(len, cut[:4])) <= 80
    assert re.search(r" \+\d more$", cut[0])
    whole = shown(project, "trials", columns=250).splitlines()
    assert "a_long_name_8" in whole[0]
    assert "a_long_name_8" in project.nnic("trials").stdout.splitlines()[0]


def test_the_output_of_a_running_trial_is_followed(project):
    project.write(
        "slow.py",
        "import time\nx = 0.5  # @nni.uniform(0, 1)\nfor i in range(6):\n    print('line', i, flush=True)\n"
        "    time.sleep(0.2)\n# @nni.report_final_result(x)\n",
    )
    environment = {k: v for k, v in project.environment.items() if k != "COLUMNS"}
    program, *rest = project.command("run", "slow.py", "--trials", "1", "--name", "one")
    run = pexpect.spawn(
        program, rest, cwd=str(project.root), env={**environment, "CI": "1"}, encoding="utf-8"
    )
    run.expect("trial=0 started", timeout=60)
    followed = project.nnic("logs", "one", "0", "--follow").stdout
    assert followed.split() == [word for i in range(6) for word in ("line", str(i))]
    run.expect(pexpect.EOF, timeout=60)
    run.close()
    two = project.nnic("logs", "one", "0", "0").stdout
    assert two == f"==> trial 0 <==\n{followed}==> trial 0 <==\n{followed}"
    assert project.nnic("logs", "one", "0", "0", "-f", status=2).stderr.startswith(
        "nnic: --follow is for one"
    )
