"""``nnic run`` and ``nnic resume``, killed from another terminal, and two of them at once."""

import signal
import subprocess
import time

from nnic.runtime.processes import SUPERVISOR_MARK, TRIAL_MARK, find_marked

SCRIPT = """\
import time
lr = 0.5  # @nni.uniform(0, 1)
for step in range(5):
    time.sleep(0.05)
    # @nni.report_intermediate_result(lr * step)
# @nni.report_final_result(lr)
"""


def start(project, *arguments):
    return subprocess.Popen(
        project.command(*arguments),
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def left_over(project):
    """What runs of the trials when no supervisor is at work any more."""

    def ours(value):
        return value.startswith(str(project.root))

    deadline = time.monotonic() + 60
    while find_marked(SUPERVISOR_MARK, ours):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return find_marked(TRIAL_MARK, ours)


def test_a_run_and_its_resume_are_killed_and_resumed(project):
    project.write("slow.py", SCRIPT)
    command = ("run", "slow.py", "--trials", "8", "--jobs", "2", "--tuner", "random", "--seed", "3")
    logs = []
    for started in ("trial=2 started", "trial=5 started"):
        manager = start(project, *command)
        while started not in manager.stderr.readline():
            assert manager.poll() is None
        manager.send_signal(signal.SIGKILL)
        manager.communicate()
        assert left_over(project) == []
        assert project.json("status")[0]["state"] == "killed"
        logs.append([(t["trial"], t["parameters"]) for t in project.json("trials")])
        command = ("resume",)
    assert "8 trials are done" in project.nnic("resume").stderr
    trials = project.json("trials")
    assert [trial["status"] for trial in trials] == ["succeeded"] * 8
    for log in logs:
        assert [(t["trial"], t["parameters"]) for t in trials][: len(log)] == log


def test_a_second_resume_says_who_has_it_and_how_to_end_that(project):
    project.write("slow.py", SCRIPT)
    manager = start(project, "run", "slow.py", "--trials", "500", "--tuner", "random")
    while "trial=1 started" not in manager.stderr.readline():
        assert manager.poll() is None
    name = project.json("status")[0]["experiment"]
    said = project.nnic("resume", "--trials", "900", status=1).stderr
    expected = f"experiment {name} is being run by process {manager.pid}; to end it: nnic stop {name}"
    assert said.strip().endswith(expected)
    project.nnic("stop", "--now")
    manager.communicate(timeout=60)
    assert manager.returncode == 130


def test_runs_of_the_same_instant(project):
    project.write("slow.py", SCRIPT)
    managers = [
        start(project, "run", "slow.py", "--trials", "3", "--tuner", "random", "-q") for _ in range(2)
    ]
    assert [(m.communicate(timeout=120)[1], m.returncode) for m in managers] == [("", 0)] * 2
    experiments = project.json("status")
    assert len({entry["experiment"] for entry in experiments}) == 2
    assert [entry["state"] for entry in experiments] == ["done"] * 2
    for entry in experiments:
        assert [t["status"] for t in project.json("trials", entry["experiment"])] == ["succeeded"] * 3
