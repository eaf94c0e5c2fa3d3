"""Kills at named points: nothing survives, nothing acknowledged is lost, nothing counts twice."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from nnic.runtime import faults
from nnic.runtime.launchers.spawn import MAX_SUPERVISORS
from nnic.runtime.loop.replay import replay
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.manager.session import problem_of
from nnic.runtime.processes import SUPERVISOR_MARK, TRIAL_MARK, find_marked
from nnic.runtime.program import Program
from nnic.runtime.store.connection import database_path
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_entries import Begin, Event, TrialEnded, TrialReported
from nnic.runtime.store.records import AttemptState, ExperimentState
from nnic.tuners.registry import make_tuner

POINTS = [
    f"{when}-{what}" for what in ("commit", "launch", "report", "final") for when in ("before", "after")
]
CAMPAIGN = 20  # kills of ``make faults``; the tests of every day take one of a kind where it is slow
# A process of a trial is known once it was started and has reported.
TRIAL_POINTS = ["after-commit", "before-report", "after-report", "before-final", "after-final"]


def lines_of(path):
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def damage(project, name):
    """Of an experiment at its end, however it got there: acknowledged metrics that the store does not have as
    they were written, metrics that it has twice, and processes that are left."""
    folder = project.home / "experiments" / name
    written = {
        (record["trial"], record["attempt"], record["sequence"]): (record["kind"], record["value"])
        for path in folder.glob("trials/*/*/metrics.jsonl")
        for record in lines_of(path)
        if record["kind"] in ("intermediate", "final")
    }
    connection = sqlite3.connect(database_path(project.home))
    rows = connection.execute(
        "SELECT trial, attempt, sequence, kind, value FROM report "
        "WHERE experiment = (SELECT id FROM experiment WHERE name = ?)",
        (name,),
    ).fetchall()
    connection.close()
    stored = {tuple(row[:3]): (row[3], json.loads(row[4])) for row in rows}
    lost = sum(stored.get(key) != value for key, value in written.items())
    return lost, len(rows) - len(stored.keys() & written.keys()), len(project.survivors())


def check(project, name):
    """What must hold of an experiment at its end, however it got there."""
    assert damage(project, name) == (0, 0, 0)
    check_trials(project)
    check_log(project, name)


def check_trials(project):
    with project.reader() as reader:
        trials = reader.trials()
        log = reader.log()
    changes = [entry.change for entry in log if isinstance(entry, Event)]
    told = [(change.trial, change.report.step) for change in changes if isinstance(change, TrialReported)]
    assert len(told) == len(set(told))
    for trial in trials:
        if trial.status.value == "succeeded":
            lr = trial.parameters["train/lr/uniform"]
            assert trial.intermediate == (lr, lr + 1, lr + 2)
            assert trial.metric == lr
    ended = [change.trial for change in changes if isinstance(change, TrialEnded)]
    assert sorted(ended) == [
        trial.id for trial in trials if trial.id > 0 or trial.status.value == "succeeded"
    ]


def check_log(project, name):
    """The whole log, whoever wrote its parts, is what one tuner says to its events."""
    with project.reader() as reader:
        record, log = reader.experiment(name), reader.log(name)
    program = Program.load(record.config.program)
    begin = next(entry for entry in log if isinstance(entry, Begin))
    problem = problem_of(record.config, program, begin)
    event_log = EventLog()
    gateway = TunerGateway(make_tuner(record.config.tuner, problem), None, record.space, event_log.history)
    assert replay(log, gateway, event_log).mismatch == ""


@pytest.mark.parametrize("point", POINTS)
def test_the_manager_is_killed(project, kills, tally, point):
    done = 0
    while done < kills:
        done += kill_managers(project, kills - done, tally, point)


def kill_managers(project, kills, tally, point):
    """Kill the managers of one experiment, at most ``kills`` times; return how often it came to that."""
    config = project.config("leave_children.py", "children", trials=3, jobs=2, retries=kills)
    action = ("run", config.name, json.dumps(config.to_json()))
    logs = []
    for count in range(kills):
        manager = project.manage(*action, NNIC_FAULT=f"{point}:{1 + count % 2}")
        manager.communicate(timeout=60)
        if manager.returncode == 0:  # too little was left to get to the point
            break
        assert manager.returncode == -9
        action = ("resume",)
        with project.reader() as reader:
            logs.append(reader.log())
    assert logs
    result = resume_experiment(project.home)
    assert result.state is ExperimentState.DONE
    tally("manager killed", point.replace("-", " "), len(logs), *damage(project, config.name))
    check(project, config.name)
    with project.reader() as reader:
        whole = reader.log()
        states = [a.state for trial in reader.trials() for a in trial.attempts]
    for log in logs:
        assert whole[: len(log)] == log
    assert set(states) <= {AttemptState.LOST, AttemptState.SUCCEEDED}
    return len(logs)


@pytest.mark.parametrize("point", POINTS)
def test_the_supervisor_is_killed(project, monkeypatch, kills, tally, point):
    for count in range(kills):
        monkeypatch.setattr(faults, "_passed", {})
        # The first commits and launches come before there is a supervisor.
        monkeypatch.setenv("NNIC_FAULT", f"supervisor@{point}:{2 + count % 2}")
        config = project.config("leave_children.py", "children", trials=3, jobs=2)
        assert project.run(config).state is ExperimentState.DONE
        assert faults._passed[point] >= 2 + count % 2
        tally("supervisor killed", point.replace("-", " "), 1, *damage(project, config.name))
        check(project, config.name)
    monkeypatch.delenv("NNIC_FAULT")
    with project.reader() as reader:
        attempts = [a.state for e in reader.experiments() for t in reader.trials(e) for a in t.attempts]
    assert AttemptState.LOST in attempts
    assert project.survivors() == []


@pytest.mark.parametrize("point", TRIAL_POINTS)
def test_the_guard_is_killed(project, monkeypatch, kills, tally, point):
    for count in range(kills if kills >= CAMPAIGN else 1):
        monkeypatch.setattr(faults, "_passed", {})
        monkeypatch.setenv("NNIC_FAULT", f"guard@{point}:{2 + count % 2}")
        config = project.config("leave_children.py", "children", trials=3, jobs=2)
        assert project.run(config).state is ExperimentState.DONE
        assert faults._passed[point] >= 2 + count % 2
        tally("guard killed", point.replace("-", " "), 1, *damage(project, config.name))
        check(project, config.name)


@pytest.mark.parametrize("point", POINTS)
def test_the_template_is_killed(project, monkeypatch, kills, tally, point):
    opened = set()
    for count in range(kills if kills >= CAMPAIGN else 1):
        monkeypatch.setattr(faults, "_passed", {})
        # It is known when the first trial was started.
        monkeypatch.setenv("NNIC_FAULT", f"template@{point}:{2 + count % 3}")
        config = project.config("leave_children.py", "children", trials=4, jobs=2, light=False)
        assert project.run(config).state is ExperimentState.DONE
        assert faults._passed[point] >= 2 + count % 3
        tally("template killed", point.replace("-", " "), 1, *damage(project, config.name))
        check(project, config.name)
        with project.reader() as reader:
            attempts = [a.state for t in reader.trials() for a in t.attempts]
        assert attempts.count(AttemptState.SUCCEEDED) == 4
        assert set(attempts) <= {AttemptState.LOST, AttemptState.SUCCEEDED}
        opened.add(len(list(config.directory.glob("templates/*"))))
    assert opened <= {1, 2}


def test_others_are_killed_beside_a_template(project, kills, tally):
    for count in range(kills if kills >= CAMPAIGN else 1):
        config = project.config("leave_children.py", "children", trials=3, jobs=2, retries=kills, light=False)
        point = POINTS[count % len(POINTS)]
        manager = project.manage("run", config.name, json.dumps(config.to_json()), NNIC_FAULT=f"{point}:2")
        manager.communicate(timeout=60)
        assert manager.returncode == -9
        assert resume_experiment(project.home).state is ExperimentState.DONE
        tally("manager with a template killed", "every point in turn", 1, *damage(project, config.name))
        check(project, config.name)
        config = project.config("leave_children.py", "children", trials=3, jobs=2, light=False)
        fault = f"supervisor@{point}:2"
        manager = project.manage("run", config.name, json.dumps(config.to_json()), NNIC_FAULT=fault)
        manager.communicate(timeout=60)
        assert manager.returncode == 0
        tally("supervisor with a template killed", "every point in turn", 1, *damage(project, config.name))
        check(project, config.name)


@pytest.mark.parametrize("point", TRIAL_POINTS)
def test_a_trial_is_killed(project, monkeypatch, kills, tally, point):
    ends = set()
    for count in range(kills):
        monkeypatch.setattr(faults, "_passed", {})
        monkeypatch.setenv("NNIC_FAULT", f"trial@{point}:{1 + count % 2}")
        config = project.config("leave_children.py", "children", trials=2, keep_going=True)
        project.run(config)
        assert faults._passed[point] >= 1 + count % 2
        with project.reader() as reader:
            trials = reader.trials()
        ends |= {trial.error.message if trial.error else "" for trial in trials}
        assert all(len(trial.attempts) == 1 for trial in trials)
        tally("trial killed", point.replace("-", " "), 1, *damage(project, config.name))
        check(project, config.name)
    assert ends <= {"", "killed by SIGKILL (signal 9)"}


@pytest.mark.parametrize("target", ["manager", "supervisor", "trial"])
def test_kills_at_random_times(project, kills, tally, target):
    """In the midst of whatever the run is doing: a tenth of a second is about a trial."""
    rng = random.Random(target)
    config = project.config(
        "leave_children.py", "children", trials=200, jobs=2, retries=10**6, keep_going=True
    )
    action, done, logs = ("run", config.name, json.dumps(config.to_json())), 0, []
    manager = None
    while done < kills:
        if manager is None:
            manager = project.manage(*action)
            assert "started" in manager.stdout.readline()
            action = ("resume",)
        assert manager.poll() is None
        time.sleep(rng.uniform(0.0, 0.15))
        victim = find_victim(project, manager, target, rng)
        if victim is None:
            continue
        with contextlib.suppress(ProcessLookupError):  # it ended at this moment
            os.kill(victim, signal.SIGKILL)
            done += 1
        # The loop gives up on a supervisor that is killed over and over.
        if target == "manager" or (target == "supervisor" and done % (MAX_SUPERVISORS - 1) == 0):
            manager.kill()
            manager.communicate(timeout=60)
            manager = None
            with project.reader() as reader:
                logs.append(reader.log())
    if manager is not None:
        manager.kill()
        manager.communicate(timeout=60)
    with project.reader() as reader:
        trials = len(reader.trials())
    result = resume_experiment(project.home, trials=trials)
    assert result.state is ExperimentState.DONE
    tally(f"{target} killed", "at random times", done, *damage(project, config.name))
    check_log(project, config.name)
    with project.reader() as reader:
        whole = reader.log()
    for log in logs:
        assert whole[: len(log)] == log


def leads_a_session(pid):
    """As the main process of a trial does, unlike what it leaves behind."""
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def find_victim(project, manager, target, rng):
    """The pid of a process to kill; ``None`` when there is none at this moment."""
    if target == "manager":
        return manager.pid
    mark = SUPERVISOR_MARK if target == "supervisor" else TRIAL_MARK
    found = find_marked(mark, lambda value: value.startswith(str(project.home)))
    pids = sorted(p.pid for p in found if target == "supervisor" or leads_a_session(p.pid))
    return rng.choice(pids) if pids else None


def test_what_hides_goes_with_a_killed_supervisor(project, monkeypatch, tmp_path):
    monkeypatch.setattr(faults, "_passed", {})
    monkeypatch.setenv("NNIC_FAULT", "supervisor@after-report:1")
    pids = tmp_path / "pids"
    assert project.run(project.config("hide.py", str(pids), trials=2)).state is ExperimentState.DONE
    monkeypatch.delenv("NNIC_FAULT")
    hidden = [int(pid) for pid in pids.read_text().split()]
    assert len(hidden) >= 6  # those of the lost attempt too
    assert [pid for pid in hidden if Path(f"/proc/{pid}").exists()] == []


def test_a_supervisor_that_is_always_killed_ends_the_run(project, monkeypatch):
    monkeypatch.setattr("nnic.runtime.launchers.spawn.MAX_SUPERVISORS", 1)
    monkeypatch.setattr(faults, "_passed", {})
    monkeypatch.setenv("NNIC_FAULT", "supervisor@after-report:1")
    result = project.run(project.config("leave_children.py", "children", trials=2))
    assert (result.state, result.reason) == (
        ExperimentState.FAILED,
        "the supervisor process was killed 1 times",
    )


def test_manager_supervisor_and_guard_are_killed_at_once(project):
    config = project.config("linger.py", trials=2, retries=9)
    manager = project.manage("run", config.name, json.dumps(config.to_json()))
    project.read_until(manager, "report 0")
    project.kill_at_once(*project.processes(manager).values())
    manager.communicate()
    # The grandchild in a session of its own has lost everybody; a resume finds it.
    assert project.survivors() != []
    manager = project.manage("resume")
    project.read_until(manager, "report 0")
    manager.terminate()
    assert manager.communicate(timeout=30)[0].split() == ["stopping", "False", "interrupted"]
    assert project.survivors() == []


def test_kills_cost_nothing_when_none_is_wanted(monkeypatch):
    monkeypatch.delenv("NNIC_FAULT", raising=False)
    for _ in range(3):
        faults.pass_point("before-commit")
    assert "before-commit" not in faults._passed or faults._passed["before-commit"] == 0
