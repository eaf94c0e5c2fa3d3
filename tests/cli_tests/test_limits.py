"""Limits of a run, and what is kept of what trials print."""

import json
from pathlib import Path

from nnic.runtime.launchers.output import OutputBound

SLOW = """\
import time
x = 0.5  # @nni.uniform(0, 1)
if x != 0.5:
    print("before the loop")
    time.sleep(600)
'''@nni.report_final_result(x)'''
"""


def test_a_trial_over_its_time(project):
    project.write("train.py", SLOW)
    result = project.nnic("run", "train.py", "--trials", "2", "--trial-time", "400ms", status=2)
    assert "--trial-time '400ms' is no duration" in result.stderr
    result = project.nnic("run", "train.py", "--trials", "2", "--trial-time", "4.5s")
    assert "trial=1 failed" in result.stderr
    (trial,) = json.loads(project.nnic("trials", "--format", "json").stdout)[1:]
    assert (trial["status"], trial["error"]["kind"]) == ("failed", "time limit")
    assert "ran longer than its limit of 4.5 s" in project.nnic("trials").stdout


def test_your_own_values_over_their_time_tell_how_to_go_on(project):
    project.write("train.py", SLOW.replace("if x != 0.5:", "if x == 0.5:"))
    done = project.nnic("run", "train.py", "--trials", "3", "--trial-time", "2s", status=1)
    name = project.json("status")[0]["experiment"]
    assert f"  with more time for each:  nnic resume {name} --trial-time 4s" in done.stderr
    assert "  | before the loop" in done.stderr
    done = project.nnic("resume", "--trial-time", "4s", "--keep-going", "--trials", "2")
    said = f"{name}: 2 trials are done: 1 succeeded, 1 failed (ran longer than its limit of 2 s"
    assert said in done.stderr


def test_logs_say_what_was_left_out(project):
    project.write("train.py", SLOW)
    project.nnic("run", "train.py", "--trials", "1")
    path = project.nnic("logs", "0", "--path").stdout.strip()
    with open(path, "w") as stream:
        stream.write("first\n" + "x" * 3_000_000 + "\nlast\n")
    assert OutputBound(Path(path), 1 << 20).enforce()
    shown = project.nnic("logs", "0").stdout
    assert shown.startswith("first\n")
    assert shown.endswith("x\nlast\n")
    assert "\n[nnic: 2.1 MiB are not shown here]\n" in shown
