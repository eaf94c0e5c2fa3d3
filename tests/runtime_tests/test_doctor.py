"""What the doctor says of projects in good and in bad health."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from nnic.runtime.doctor import Level, examine, versions
from nnic.runtime.doctor.findings import Finding
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.processes import TRIAL_MARK
from nnic.runtime.store.connection import database_path
from nnic.runtime.store.request_kinds import RetryTrials
from nnic.runtime.store.requests import post_request
from nnic.runtime.store.schema import MIGRATIONS

LATEST = len(MIGRATIONS)
GOLDEN = Path(__file__).with_name("data")


@pytest.fixture
def healthy(project):
    """A project with an experiment that is done."""
    project.run(project.config("leave_children.py", "children", trials=2))
    return project


def found(home, level):
    return [finding for finding in examine(home) if finding.level is level]


def problem(home):
    (finding,) = found(home, Level.PROBLEM)
    return finding


def test_a_healthy_project_has_no_problem(healthy):
    findings = list(examine(healthy.home))
    assert not found(healthy.home, Level.PROBLEM)
    texts = {f.subject: f.message for f in findings if f.level is Level.OK}
    assert f"nnic.db is intact: version {LATEST}, 1 experiment" in texts["store"]
    assert f"Python {sys.version.split()[0]}" in texts["versions"]
    assert "free on the disk" in texts["disk"]
    assert "CPU" in texts["cpus"]
    assert texts["leftovers"].startswith("no process, lock")


def test_a_python_that_is_too_old_or_newer_than_any_tested(tmp_path, monkeypatch):
    monkeypatch.setattr(versions.sys, "version_info", (3, 10, 20))
    assert "nnic supports Python 3.11 to 3.15, this is 3.10" in problem(tmp_path).message
    monkeypatch.setattr(versions.sys, "version_info", (3, 16, 0))
    assert not found(tmp_path, Level.PROBLEM)
    assert any("this is 3.16" in note.message for note in found(tmp_path, Level.NOTE))


def test_nothing_is_made_where_there_is_nothing(tmp_path):
    notes = found(tmp_path / ".nnic", Level.NOTE)
    assert any("no experiments" in note.message for note in notes)
    assert not list(tmp_path.iterdir())


def test_a_problem_has_a_next_step():
    with pytest.raises(ValueError, match="without a next step"):
        Finding(Level.PROBLEM, "store", "it is damaged")


def test_a_damaged_database(healthy):
    path = database_path(healthy.home)
    with open(path, "r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * (path.stat().st_size - 4096))
    assert "is damaged" in problem(healthy.home).message
    assert f"mv {path}" in problem(healthy.home).next


@pytest.mark.parametrize(
    ("entry", "words", "way"),
    [
        (("pruned", "{}"), "a newer nnic wrote entry 2 of the log of", "upgrade nnic"),
        (("attempt", '{"trial":0}'), "is damaged: entry 2 of the log of", "move it away"),
    ],
)
def test_a_log_that_cannot_be_read(healthy, entry, words, way):
    with sqlite3.connect(database_path(healthy.home)) as connection:
        connection.execute("UPDATE log SET kind = ?, data = ? WHERE position = 2", entry)
    connection.close()
    assert words in problem(healthy.home).message
    assert way in problem(healthy.home).next


def test_a_configuration_that_is_not_understood(healthy):
    with sqlite3.connect(database_path(healthy.home)) as connection:
        connection.execute("UPDATE experiment SET config = replace(config, '\"seed\"', '\"moon\"')")
    connection.close()
    assert "has an unknown setting, 'moon'" in problem(healthy.home).message
    assert "pip install --upgrade nnic" in problem(healthy.home).next


def test_a_log_with_a_hole(healthy):
    with sqlite3.connect(database_path(healthy.home)) as connection:
        connection.execute("DELETE FROM log WHERE position = 3")
    connection.close()
    assert "log are missing" in problem(healthy.home).message


def test_rows_that_belong_to_nothing(healthy):
    with sqlite3.connect(database_path(healthy.home)) as connection:
        connection.execute("DELETE FROM trial WHERE id = 1")
    connection.close()
    assert "1 row belongs to nothing" in problem(healthy.home).message


def test_databases_of_other_versions(tmp_path):
    shutil.copy(GOLDEN / "store_v1.db", database_path(tmp_path))
    (old,) = [f for f in found(tmp_path, Level.NOTE) if f.subject == "store"]
    assert f"older nnic (version 1 of {LATEST})" in old.message
    assert database_path(tmp_path).read_bytes() == (GOLDEN / "store_v1.db").read_bytes()
    connection = sqlite3.connect(database_path(tmp_path))
    connection.execute("PRAGMA user_version=99")
    connection.close()
    assert "newer nnic" in problem(tmp_path).message


def test_a_network_file_system(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"srv:/x {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr("nnic.runtime.filesystem.MOUNTS", str(mounts))
    assert "network file system (nfs4)" in problem(tmp_path / ".nnic").message
    assert "NNIC_HOME=" in problem(tmp_path / ".nnic").next


def test_a_full_disk(healthy, monkeypatch):
    monkeypatch.setattr("nnic.runtime.doctor.disk.find_shortage", lambda folder: "it is full; free some")
    assert (problem(healthy.home).message, problem(healthy.home).next) == ("it is full", "free some")


def test_what_a_killed_manager_leaves(project):
    config = project.config("linger.py", trials=2, retries=9)
    manager = project.manage("run", config.name, json.dumps(config.to_json()))
    project.read_until(manager, "report 0")
    (running,) = [f for f in found(project.home, Level.NOTE) if f.subject == "running"]
    assert f"process {manager.pid}" in running.message
    project.kill_at_once(*project.processes(manager).values())
    manager.communicate()
    # The kernel ends the supervisor and the trial in its own time; what has left them stays.
    project.until(lambda: len(project.left_over()) == 1)
    processes, killed = found(project.home, Level.PROBLEM)
    pids = [int(word) for word in processes.message.rpartition(": ")[2].split()]
    assert all(str(project.home).encode() in Path(f"/proc/{p}/environ").read_bytes() for p in pids)
    assert (pids, killed.next) == (sorted(pids), f"continue it: nnic resume {config.name}")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    project.until(lambda: not project.survivors())
    assert problem(project.home).message.startswith(f"{config.name} was killed")


def test_a_stray_process_is_not_blamed_on_a_living_manager(project, tmp_path):
    folder = project.home / "experiments" / "other-0001"
    folder.mkdir(parents=True)
    environment = {**os.environ, TRIAL_MARK: str(folder / "trials" / "0" / "0")}
    with subprocess.Popen([sys.executable, "-c", "input()"], env=environment, stdin=subprocess.PIPE) as stray:
        while str(stray.pid) not in "".join(f.message for f in found(project.home, Level.PROBLEM)):
            assert stray.poll() is None
    assert not found(project.home, Level.PROBLEM)


def test_interrupted_runs_unheeded_requests_and_folders(project):
    config = project.config("leave_children.py", "children", trials=3)
    manager = project.manage("run", config.name, json.dumps(config.to_json()), NNIC_FAULT="before-commit:9")
    manager.communicate()
    post_request(project.home, config.name, RetryTrials(()))
    (project.home / "experiments" / "never-0001").mkdir()
    notes = " ".join(f"{f.message} -> {f.next}" for f in found(project.home, Level.NOTE))
    assert "has not taken in a request yet" in notes
    assert "never began: never-0001 -> remove them: nnic clean" in notes
    resume_experiment(project.home)
    shutil.rmtree(config.directory)
    notes = " ".join(f"{f.message} -> {f.next}" for f in found(project.home, Level.NOTE))
    assert f"folders of {config.name} were deleted" in notes
