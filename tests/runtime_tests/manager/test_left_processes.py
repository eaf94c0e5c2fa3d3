"""What trials leave running ends with them or with the run, whichever process is killed or stopped."""

import json
import os
import resource
import signal
import time
from pathlib import Path

import pytest

from nnic.runtime.launchers import client
from nnic.runtime.loop.observer import Observer
from nnic.runtime.manager.run import NotRunningError, stop_experiment
from nnic.runtime.manager.session import DRAIN
from nnic.runtime.processes import read_stat
from nnic.runtime.store.records import ExperimentState


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def daemons(folder):
    """The daemons' pids, by trial."""
    lines = (folder / "pids").read_text().splitlines() if (folder / "pids").exists() else []
    return {int(trial): int(pid) for trial, pid in (line.split() for line in lines)}


def start(project, script, *arguments, **options):
    config = project.config(script, *arguments, **options)
    manager = project.manage("run", config.name, json.dumps(config.to_json()))
    project.read_until(manager, "report 0")
    return manager


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "daemons"
    made.mkdir()
    yield made
    for pid in daemons(made).values():
        if runs(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("killed", [("manager", "supervisor"), ("manager", "guard"), ("guard",)])
def test_nothing_is_left_when_several_are_killed_at_once(project, folder, killed):
    manager = start(project, "daemons.py", str(folder), retries=9)
    pids = project.processes(manager)
    first = daemons(folder)[0]
    project.kill_at_once(*(pids[name] for name in killed))
    if "manager" not in killed:
        project.until(lambda: daemons(folder)[0] != first)  # The trial was lost, and runs again.
        manager.terminate()
    manager.communicate(timeout=30)
    assert project.left_over() == []
    project.until(lambda: not runs(first))
    assert not runs(daemons(folder)[0])


def test_a_daemon_without_a_mark_ends_when_all_trials_that_may_have_started_it_have_ended(project, folder):
    """Trials 1 and 2 run together, then 2 and 3: what 1 and 2 have left is gone before 3 ends."""
    left = {}

    class Watcher(Observer):
        def trial_started(self, trial):
            if trial.id == 0:
                (folder / "0").touch()
            elif trial.id == 3:
                (folder / "2").touch()

        def trial_reported(self, trial):
            if trial.id == 2 and trial.metric is None:
                (folder / "1").touch()

        def trial_ended(self, trial):
            left[trial.id] = [number for number, pid in daemons(folder).items() if runs(pid)]
            if trial.id == 2:
                (folder / "3").touch()

    config = project.config("daemons.py", str(folder), trials=4, jobs=2)
    assert project.run(config, Watcher()).state is ExperimentState.DONE
    assert left[0] == []
    assert left[2] in ([], [3])
    assert left[3] == []


@pytest.mark.parametrize("stopped", [("supervisor",), ("guard", "supervisor")])
@pytest.mark.parametrize("number", [DRAIN, signal.SIGTERM])
def test_a_stopped_supervisor_does_not_hold_up_the_end(project, folder, stopped, number):
    manager = start(project, "daemons.py", str(folder))
    pids = project.processes(manager)
    for name in stopped:
        os.kill(pids[name], signal.SIGSTOP)
    manager.send_signal(number)
    (folder / "0").touch()
    assert manager.communicate(timeout=60)[0].split()[-1] == "interrupted"
    assert project.survivors() == []
    assert not runs(daemons(folder)[0])


def test_a_stopped_supervisor_ends_with_its_manager(project, folder):
    manager = start(project, "daemons.py", str(folder))
    pids = project.processes(manager)
    for name in ("supervisor", "guard"):
        os.kill(pids[name], signal.SIGSTOP)
    manager.kill()
    manager.communicate()
    assert project.left_over() == []
    assert not runs(daemons(folder)[0])


def test_stop_ends_what_a_killed_run_has_left(project, folder):
    """All three of nnic's processes are killed at once, so that none of them could do it."""
    manager = start(project, "linger.py")
    project.kill_at_once(*project.processes(manager).values())
    manager.communicate()
    project.until(lambda: len(project.left_over()) == 1)
    (left,) = project.survivors()
    with pytest.raises(NotRunningError) as caught:
        stop_experiment(project.home)
    assert caught.value.ended == (left.pid,)
    assert project.survivors() == []
    with pytest.raises(NotRunningError) as caught:
        stop_experiment(project.home)
    assert caught.value.ended == ()


def test_a_process_is_not_taken_for_gone_when_there_are_no_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            read_stat(os.getpid())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_supervisor_that_does_not_go_on_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE_S", 0.3)
    monkeypatch.setattr(client, "LOOK_S", 0.1)
    before = set(children_of(os.getpid()))
    made = client.SupervisorClient(tmp_path)
    while not made.receive():
        time.sleep(0.01)
    (guard,) = set(children_of(os.getpid())) - before
    kill_group = os.killpg
    monkeypatch.setattr(os, "killpg", lambda *sent: None if sent[1] == signal.SIGCONT else kill_group(*sent))
    os.kill(guard, signal.SIGSTOP)
    assert made.close() is False
    assert not runs(guard)
