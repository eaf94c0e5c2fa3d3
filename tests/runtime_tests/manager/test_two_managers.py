"""Two runs in one project at the same time, and two managers that want the same experiment."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nnic.runtime.config import experiment_directory
from nnic.runtime.manager import run as run_module
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.manager.run import create_experiment
from nnic.runtime.store.connection import database_path
from nnic.runtime.store.lock import find_manager
from nnic.runtime.store.records import ExperimentState
from nnic.runtime.store.schema import MIGRATIONS, backup_path

GOLDEN = Path(__file__).parents[1] / "data" / "store_v1.db"
MANAGERS = 3


def run_of(config):
    return "run", config.name, json.dumps(config.to_json())


def ends(manager):
    """Status and error text of a manager at its end."""
    errors = manager.communicate(timeout=120)[1]
    return manager.returncode, errors


@pytest.mark.parametrize("store", ["none", "old"])
def test_runs_that_begin_at_the_same_instant(project, kills, tally, store):
    """There is no store yet, or each of them finds one that is to be migrated."""
    for _ in range(max(1, kills // 2)):
        configs = [
            project.config("leave_children.py", "children", trials=3, jobs=2, seed=n) for n in range(MANAGERS)
        ]
        if store == "old":
            shutil.copy(GOLDEN, database_path(project.home))
        managers = project.race(*map(run_of, configs))
        assert [ends(manager) for manager in managers] == [(0, "")] * MANAGERS
        with project.reader() as reader:
            earlier = [] if store == "none" else ["train-7f3a"]
            assert {e.name for e in reader.experiments()} == {*earlier, *(c.name for c in configs)}
            for config in configs:
                assert reader.experiment(config.name).state is ExperimentState.DONE
                trials = reader.trials(config.name)
                assert [t.status.value for t in trials] == ["succeeded"] * 3
                assert all(len(t.intermediate) == 3 and len(t.attempts) == 1 for t in trials)
        kept = [backup_path(database_path(project.home), n + 1) for n in range(len(MIGRATIONS) - 1)]
        assert sorted(project.home.glob("nnic.db.*")) == ([] if store == "none" else kept)
        tally("runs at once", f"{store} store", MANAGERS, left=len(project.survivors()))
        shutil.rmtree(project.home)


def test_a_run_beside_another(project):
    """The second neither waits for the first nor takes anything from it."""
    first = project.config("linger.py", retries=9)
    manager = project.manage(*run_of(first))
    project.read_until(manager, "report 0")
    assert project.run(project.config("leave_children.py", trials=4, jobs=2)).state is ExperimentState.DONE
    assert manager.poll() is None
    assert project.survivors() != []  # those of the first
    manager.terminate()
    assert manager.communicate(timeout=30)[0].split()[-1] == "interrupted"
    with project.reader() as reader:
        assert [len(reader.trials(e)) for e in reader.experiments()] == [1, 4]


def test_of_several_that_resume_at_the_same_instant_one_does(project, kills):
    config = project.config("linger.py", retries=99)
    manager = project.manage(*run_of(config))
    for _ in range(max(1, kills // 4)):
        project.read_until(manager, "report 0")
        manager.kill()
        manager.communicate(timeout=60)
        managers = project.race(*[("resume",)] * MANAGERS)
        project.until(lambda: sum(m.poll() is not None for m in managers) == MANAGERS - 1)  # noqa: B023
        (manager,) = (m for m in managers if m.poll() is None)
        refused = [ends(m) for m in managers if m is not manager]
        assert refused == [(1, f"busy {manager.pid}\n")] * (MANAGERS - 1)
    project.read_until(manager, "report 0")
    manager.terminate()
    assert ends(manager) == (0, "")


STAYS = """
import time
import nnic.runtime.trial as nni
if nni.get_sequence_id() == 1:
    nni.report_intermediate_result(0.5)
    time.sleep(600)
nni.report_final_result(0.5)
"""


def test_a_killed_manager_holds_nothing_whatever_its_tuner_forked(project):
    """Such a process inherits the lock and the socket to the supervisor."""
    workers, script = project.folder / "workers", project.folder / "stays.py"
    workers.touch()
    script.write_text(STAYS)
    tuner = f"{Path(__file__).parents[1] / 'scripts' / 'forking_tuner.py'}:Forking"
    config = project.config(script, light=False, tuner=tuner, trials=2, retries=9)
    action = run_of(config)
    try:
        for count in range(2):
            manager = project.manage(*action, WORKERS=str(workers))
            metrics = config.directory / "trials" / "1" / str(count) / "metrics.jsonl"
            project.until(metrics.exists)
            # A resume's replay tells the tuner of the report, and has a process forked too.
            project.until(lambda: len(workers.read_text().split()) > count)  # noqa: B023
            manager.kill()
            manager.wait()
            assert project.left_over() == []
            action = ("resume",)
    finally:
        for pid in workers.read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
    with project.reader() as reader:
        assert len(reader.trials()[1].attempts) == 2


FORKED = """
import os, pathlib, sys
from nnic.runtime.store.lock import ExperimentLock
with ExperimentLock(pathlib.Path(sys.argv[1]), sys.argv[2]):
    if os.fork() == 0:
        sys.exit()
    os.wait()
    print(flush=True)
    sys.stdin.read()
"""


def test_a_process_that_was_forked_from_the_holder_ends_nothing(tmp_path):
    name = create_experiment(tmp_path, "t")
    command = [sys.executable, "-c", FORKED, str(tmp_path), name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        assert find_manager(tmp_path, name).pid == holder.pid
        holder.stdin.close()
    assert find_manager(tmp_path, name) is None


def test_a_pid_that_another_process_has_by_now(project):
    """The record of a killed manager, whose pid went to a process that lives."""
    config = project.config("leave_children.py", trials=2)
    manager = project.manage(*run_of(config), NNIC_FAULT="after-commit:3")
    manager.communicate(timeout=60)
    path = experiment_directory(project.home, config.name) / "lock"
    record = json.loads(path.read_text())
    assert record["pid"] == manager.pid
    path.write_text(json.dumps({**record, "pid": os.getpid()}))
    assert find_manager(project.home, config.name) is None
    assert resume_experiment(project.home).state is ExperimentState.DONE


def test_names_are_given_once(tmp_path, monkeypatch):
    """Those who draw the same draw again."""
    draws = iter([f"{n:04x}" for n in range(40) for _ in range(5)])
    monkeypatch.setattr(run_module.secrets, "token_hex", lambda count: next(draws))
    barrier, names = threading.Barrier(8), []

    def work():
        barrier.wait()
        names.extend(create_experiment(tmp_path / "home", "train") for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == len(set(names)) == 40
