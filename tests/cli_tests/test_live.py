"""The live view, on a terminal of its own."""

import os
import re

import pexpect
import pytest

# Of a fork, beside threads of the tests'.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SLOW = """\
import time
lr = 0.5  # @nni.uniform(0, 1)
for i in range(5):
    time.sleep(0.05)
    # @nni.report_intermediate_result(lr * i)
# @nni.report_final_result(lr)
"""


@pytest.fixture(autouse=True)
def terminals():
    try:
        ends = os.openpty()
    except OSError as error:
        pytest.skip(f"there is no terminal to be had: {error}")
    for end in ends:
        os.close(end)


def start(project, *arguments):
    project.write("slow.py", SLOW)
    environment = {k: v for k, v in project.environment.items() if k not in ("CI", "COLUMNS")}
    environment["TERM"] = "xterm-256color"
    program, *rest = project.command("run", "slow.py", *arguments)
    return pexpect.spawn(
        program,
        rest,
        cwd=str(project.root),
        env=environment,
        dimensions=(30, 100),
        encoding="utf-8",
        timeout=60,
    )


def test_the_last_picture_stays(project):
    terminal = start(project, "--trials", "4", "--jobs", "2")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    text = ESCAPES.sub("", terminal.before)
    picture = text[text.rindex("   maximize") :]
    assert "4/4  4 done" in picture
    assert "█" * 34 in picture
    assert "better than your values, #0)" in picture or "(your own values)" in picture
    assert "▁▃▅▆█" in picture or "▁▃▅▆" in picture


def test_ctrl_c_once_lets_running_trials_end(project):
    terminal = start(project, "--trials", "500", "--jobs", "2")
    terminal.expect("2 running")
    terminal.sendintr()
    terminal.expect("Ctrl-C again stops them now")
    terminal.expect("to continue it: nnic resume slow-")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130
    assert {trial["status"] for trial in project.json("trials")} == {"succeeded"}


def test_ctrl_c_twice_stops_at_once(project):
    terminal = start(project, "--trials", "500", "--jobs", "2")
    terminal.expect("2 running")
    terminal.sendintr()
    terminal.expect("Ctrl-C again")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 130


def test_a_narrow_picture_keeps_numbers_and_states(project):
    fails = "if lr != 0.5:\n    raise FileNotFoundError('a rather long message')\n"
    project.write("bad.py", SLOW.replace("# @nni.report_final", fails + "# @nni.report_final"))
    program, *rest = project.command("run", "bad.py", "--trials", "3")
    environment = {k: v for k, v in project.environment.items() if k not in ("CI", "COLUMNS")}
    environment["TERM"] = "xterm-256color"
    terminal = pexpect.spawn(
        program, rest, cwd=str(project.root), env=environment, dimensions=(14, 60), encoding="utf-8"
    )
    terminal.expect(pexpect.EOF)
    terminal.close()
    text = ESCAPES.sub("", terminal.before)
    picture = text[text.rindex("   maximize") :]
    assert re.search(r"^ failed #2  FileNotFoundError  bad.py:\d", picture, re.MULTILINE)
    assert re.search(r"^ +2  failed +5  \S+", picture, re.MULTILINE)
    assert "…" not in picture.split(" #  ")[-1]
