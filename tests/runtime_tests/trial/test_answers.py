"""What the manager answers to a report, and what it costs."""

import contextlib
import json
import threading

import pytest

LR = {"train/lr/loguniform": 0.5}


def receive(connection):
    try:
        return connection.recv(1 << 16)
    except ConnectionResetError:  # the script has ended with an answer unread
        return connection.recv(1 << 16)


@pytest.fixture
def run(project, manager):
    """Run a trial whose reports are answered by ``answer(number, sequence)``: bytes, or None for nothing."""

    def run(body, answer, judged=True, **env):
        def serve():
            connection, _ = manager.listener.accept()
            with connection:
                connection.settimeout(20)
                for number, message in enumerate(iter(lambda: receive(connection), b"")):
                    said = answer(number, json.loads(message)["sequence"])
                    with contextlib.suppress(OSError):  # the script has ended
                        _ = said is not None and connection.send(said)

        thread = threading.Thread(target=serve)
        thread.start()
        project.add("train.py", f"«import»import atexit, os, sys, time\n{body}\n")
        project.write_program()
        project.write_trial(LR, judged=judged)
        done = project.start("train.py", NNIC_SOCKET=manager.address, **env)
        thread.join()
        return done

    return run


PATIENT = "from nnic.runtime.trial import reports; reports.LONGEST_WAIT_S = 10; reports._last = -10_000"
LOOP = """
atexit.register(print, "at exit")
for step in range(20):
    PAUSE
    «intermediate step»
"""


def test_a_trial_that_is_told_to_stop_exits_at_that_report(run, project):
    done = run(
        LOOP.replace("PAUSE", f"if step == 3: {PATIENT}"), lambda n, s: b"stop" if n == 3 else b"%d" % s
    )
    assert (done.returncode, done.stdout, done.stderr) == (143, "at exit\n", "")
    assert project.reported("intermediate") == [0, 1, 2, 3]
    assert [record["kind"] for record in project.records()][-1] == "stopping"


def test_one_that_does_not_wait_exits_at_a_later_report(run, project):
    done = run(
        LOOP.replace("20", "1000").replace("PAUSE", "time.sleep(0.02)"),
        lambda n, s: b"stop" if n == 3 else None,
        judged=False,
    )
    assert done.returncode == 143
    assert 4 <= len(project.reported("intermediate")) < 1000


def test_an_answer_to_an_earlier_report_is_not_taken_for_that_to_the_last(run, project):
    said = []

    def answer(number, sequence):
        said.append(b"%d" % sequence)
        return b"stop" if number >= 3 else said[max(0, number - 1)]

    done = run(LOOP.replace("PAUSE", f"if step == 3: {PATIENT}"), answer)
    assert done.returncode == 143
    assert project.reported("intermediate") == [0, 1, 2, 3]


def test_a_final_result_is_not_stopped(run, project):
    body = "«intermediate 1»\ntime.sleep(0.1)\n«final 2»\nprint('done')"
    done = run(body, lambda n, s: b"stop" if n == 1 else b"%d" % s)
    assert (done.returncode, done.stdout) == (0, "done\n")


def test_a_manager_that_never_answers_costs_a_hundredth(run):
    body = """
for step in range(4):
    time.sleep(0.5)
    began = time.monotonic()
    «intermediate step»
    print(time.monotonic() - began)
"""
    waits = [float(line) for line in run(body, lambda n, s: None).stdout.split()]
    # At least the wait that is meant; what is more is the machine's, which no test can promise.
    assert all(wait >= 0.004 for wait in waits[1:])


def test_what_a_manager_that_is_gone_or_confused_says_ends_nothing(run, project):
    for text in (b"nonsense", b"-1", b"stopped", b"9" * 60):
        done = run(LOOP.replace("PAUSE", "time.sleep(0.001)"), lambda n, s, text=text: text)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(project.reported("intermediate")) == 20


def test_a_script_may_look_at_its_end(run):
    body = """
try:
    for step in range(100):
        time.sleep(0.2)
        «intermediate step»
except SystemExit as error:
    print(error.code)
"""
    done = run(body, lambda n, s: b"stop")
    assert (done.returncode, done.stdout) == (0, "143\n")


def test_the_wait_is_not_the_scripts_clock(run, project):
    """A script may replace time.sleep and time.monotonic; reports go on."""
    body = "time.monotonic = lambda: 0.0\n" + LOOP.replace("PAUSE", "pass")
    done = run(body, lambda n, s: b"%d" % s)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(project.reported("intermediate")) == 20
