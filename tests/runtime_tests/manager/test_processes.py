"""Telling processes apart, and the lock of an experiment."""

import os
import signal
import subprocess
import sys

import pytest

from nnic.runtime.config import RunConfig, experiment_directory
from nnic.runtime.manager.run import NotRunningError, create_experiment, stop_experiment
from nnic.runtime.processes import (
    ProcessId,
    boot_id,
    find_marked,
    identify,
    kill_marked,
    mark_of,
    read_stat,
    send,
)
from nnic.runtime.store.connection import StoreError
from nnic.runtime.store.lock import ExperimentBusyError, ExperimentLock, find_manager


@pytest.fixture
def sleeper():
    def start(**environment):
        process = subprocess.Popen(["sleep", "60"], env={**os.environ, **environment})
        started.append(process)
        return process

    started = []
    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_process_is_its_boot_pid_and_start_time(sleeper):
    process = sleeper()
    found = identify(process.pid)
    assert found.alive
    assert found.boot == boot_id() != ""
    assert not ProcessId("another boot", found.pid, found.start_time).alive
    assert not ProcessId(found.boot, found.pid, found.start_time - 1).alive
    assert read_stat(process.pid).parent == os.getpid()
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not found.alive  # a zombie
    process.wait()
    assert identify(process.pid) is None


def test_a_signal_goes_to_exactly_that_process(sleeper):
    process = sleeper()
    found = identify(process.pid)
    assert not send(ProcessId(found.boot, found.pid, found.start_time + 1), signal.SIGKILL)
    assert process.poll() is None
    assert send(found, signal.SIGTERM)
    assert process.wait() == -signal.SIGTERM
    assert not send(found, signal.SIGTERM)


def test_marked_processes_are_found_and_killed(sleeper, tmp_path):
    mark = str(tmp_path / "trials")
    ours, other = sleeper(NNIC_TEST_MARK=f"{mark}/1"), sleeper(NNIC_TEST_MARK="/elsewhere")
    assert find_marked("NNIC_TEST_MARK", lambda value: value.startswith(mark)) == [identify(ours.pid)]
    assert kill_marked("NNIC_TEST_MARK", lambda value: value.startswith(mark)) == 1
    assert ours.poll() is not None
    assert other.poll() is None


def test_a_process_is_found_while_it_loads_a_program(tmp_path):
    """Its environment is empty then, for a moment; this one does nothing else."""
    script = tmp_path / "again.sh"
    script.write_text('exec /bin/sh "$0"\n')
    mark = str(tmp_path)
    with subprocess.Popen(["/bin/sh", str(script)], env={**os.environ, "NNIC_TEST_MARK": mark}) as process:
        missed = sum(mark_of(process.pid, "NNIC_TEST_MARK") != mark for _ in range(3000))
        process.kill()
    assert missed == 0


def test_names_of_experiments(tmp_path):
    home = tmp_path / "p" / ".nnic"
    names = {create_experiment(home, "my train.v2") for _ in range(20)}
    assert len(names) == 20
    for name in names:
        assert name.rsplit("-", 1)[0] == "my-train.v2"
        assert int(name.rsplit("-", 1)[1], 16) < 1 << 16
    assert (home / ".gitignore").read_text() == "*\n"
    assert home.stat().st_mode & 0o777 == 0o700
    assert create_experiment(home, "///").startswith("experiment-")


def test_a_second_holder_is_refused_with_the_pid_of_the_first(tmp_path):
    name = create_experiment(tmp_path, "t")
    with ExperimentLock(tmp_path, name):
        assert find_manager(tmp_path, name).pid == os.getpid()
        code = (
            "import sys, pathlib\nfrom nnic.runtime.store.lock import *\n"
            "try: ExperimentLock(pathlib.Path(sys.argv[1]), sys.argv[2])\n"
            "except ExperimentBusyError as error: print(error)\n"
        )
        said = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), name], capture_output=True, text=True, check=True
        )
        assert f"is being run by process {os.getpid()}; to end it: nnic stop {name}" in said.stdout
    assert find_manager(tmp_path, name) is None
    with ExperimentLock(tmp_path, name):
        pass


def test_the_record_of_a_dead_holder_means_nothing(tmp_path):
    name = create_experiment(tmp_path, "t")
    path = experiment_directory(tmp_path, name) / "lock"
    for text in (
        "",
        "{",
        "[]",
        '{"boot":"x","pid":1,"start_time":1}',
        f'{{"boot":"{boot_id()}","pid":1,"start_time":-1}}',
    ):
        path.write_text(text)
        assert find_manager(tmp_path, name) is None
        with ExperimentLock(tmp_path, name):
            pass


def test_a_lock_that_cannot_be_had_says_so_without_a_record(tmp_path):
    assert "another process" in str(ExperimentBusyError("t-1", None))


def test_stopping_what_does_not_run(project):
    with pytest.raises(StoreError):
        stop_experiment(project.home)
    config = project.config("leave_children.py", trials=1)
    project.run(config)
    with pytest.raises(NotRunningError, match=f"{config.name} is not running"):
        stop_experiment(project.home)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"jobs": 0}, "jobs must be at least 1, got 0"),
        ({"trials": 0}, "trials must be at least 1"),
        ({"time_s": 0.0}, "time_s must be positive"),
        ({"retries": -1}, "must not be negative"),
        ({"argv": ()}, "argv is empty"),
    ],
)
def test_configurations_that_make_no_sense(tmp_path, options, text):
    with pytest.raises(ValueError, match=text):
        RunConfig(**{"home": tmp_path, "name": "t-1", "argv": ("python",), "cwd": tmp_path, **options})
