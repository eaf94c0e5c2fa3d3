"""A full disk: a message with a way out, nothing acknowledged is lost, the run goes on once there is room."""

import errno
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager

import pytest

from nnic.runtime import disk_space as room
from nnic.runtime.disk_space import find_shortage
from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.program import Program
from nnic.runtime.store.connection import StoreError
from nnic.runtime.store.log_entries import Ask, Begin
from nnic.runtime.store.records import AttemptState, ExperimentState
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import BatchStatus


def mount(folder, size):
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    return subprocess.run(command, capture_output=True).returncode == 0


@contextmanager
def small_disk(folder):
    folder.mkdir(parents=True)
    if not mount(folder, "4m"):
        pytest.skip("only root may mount a small disk")
    yield
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small(project):
    """A project whose home is a disk of 4 MiB."""
    with small_disk(project.home):
        yield project


@pytest.fixture
def small_trials(project):
    """A project whose trials, but not the store, are on a disk of 4 MiB."""
    with small_disk(project.home / "experiments"):
        yield project


def fill(folder, spare=0):
    """Take all space but ``spare`` bytes."""
    with open(folder / "filler", "ab") as stream:
        stat = os.statvfs(folder)
        os.posix_fallocate(stream.fileno(), 0, max(1, stat.f_bavail * stat.f_frsize - spare))


def acknowledged(project):
    with project.reader() as reader:
        log = reader.log()
        return log, {(t.id, a.number) for t in reader.trials() for a in t.attempts}


def test_trials_that_fail_for_want_of_space_are_repeated(small_trials):
    small, filler = small_trials, small_trials.home / "experiments" / "filler"
    config = small.config("disk.py", str(filler), trials=5, jobs=2, light=False)
    result = small.run(config)
    assert result.state is ExperimentState.INTERRUPTED
    assert "is full; free some space (nnic clean" in result.reason
    log, attempts = acknowledged(small)
    with small.reader() as reader:
        states = {a.state for t in reader.trials() for a in t.attempts}
    assert AttemptState.INTERRUPTED in states
    assert AttemptState.FAILED not in states
    filler.unlink()
    assert resume_experiment(small.home).state is ExperimentState.DONE
    whole, more = acknowledged(small)
    assert whole[: len(log)] == log
    assert attempts <= more
    with small.reader() as reader:
        assert [t.status.value for t in reader.trials()] == ["succeeded"] * 5


def test_a_store_that_cannot_grow_keeps_what_it_has(small):
    config = small.config("leave_children.py", "children", trials=4)
    store = Store(small.home)
    store.create(config, Program.load(config.program), 0.0, Begin(0, 1, 3))
    fill(small.home, 65536)
    kept, message = 1, ""
    while not message:
        store.append(Ask(kept, BatchStatus.READY, "x" * 4000, ()))
        try:
            store.commit()
            kept += 1
        except StoreError as error:
            message = str(error)
    assert re.search(r"is full; free some space .* then continue: nnic resume", message)
    assert 1 < kept < 1000
    with small.reader() as reader:
        assert len(reader.log()) == kept
    (small.home / "filler").unlink()
    store.commit()  # what was queued is still there
    with small.reader() as reader:
        assert len(reader.log()) == kept + 1
    store.close()


def test_a_full_disk_can_be_looked_at(small):
    assert small.run(small.config("leave_children.py", "children", trials=2)).state is ExperimentState.DONE
    fill(small.home)
    assert not list(small.home.glob("nnic.db-*"))
    with small.reader() as reader:
        assert len(reader.trials()) == 2
    subprocess.run(["mount", "-o", "remount,ro", str(small.home)], check=True)
    with small.reader() as reader:
        assert len(reader.trials()) == 2
    with pytest.raises(StoreError, match=r"Read-only.*NNIC_HOME"):
        Store(small.home)


def test_no_room_to_begin(small):
    config = small.config("leave_children.py", "children", trials=2)
    fill(small.home)
    with pytest.raises((StoreError, OSError)) as caught:
        small.run(config)
    assert isinstance(caught.value, StoreError) or caught.value.errno == errno.ENOSPC


def test_a_write_limit_is_told_too(project):
    """RLIMIT_FSIZE stands in where no small disk can be mounted: the same failing writes."""
    config = project.config("leave_children.py", "children", trials=40)
    code = (
        "import json, pathlib, resource, sys\nfrom nnic.runtime.config import RunConfig\n"
        "from nnic.runtime.manager.run import run_experiment\nhome, name, data = sys.argv[1:]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, resource.RLIM_INFINITY))\n"
        "run_experiment(RunConfig.from_json(pathlib.Path(home), name, json.loads(data)))\n"
    )
    command = [sys.executable, "-c", code, str(project.home), config.name, json.dumps(config.to_json())]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "StoreError: cannot write" in ended.stderr
    assert "What was committed is kept" in ended.stderr
    log, _ = acknowledged(project)
    assert resume_experiment(project.home, trials=6).state is ExperimentState.DONE
    whole, _ = acknowledged(project)
    assert whole[: len(log)] == log


def test_a_shortage_is_found_by_writing(tmp_path, monkeypatch):
    assert find_shortage(tmp_path) is None
    assert find_shortage(tmp_path / "missing") is None

    def shortage_at(number):
        def refuse(descriptor, data):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(room.os, "write", refuse)
        return find_shortage(tmp_path)

    assert "is full" in shortage_at(errno.ENOSPC)
    assert "quota" in shortage_at(errno.EDQUOT)
    assert shortage_at(errno.EIO) is None
    assert not list(tmp_path.iterdir())


def test_a_failure_on_a_full_disk_is_nobodys_fault(lab, monkeypatch):
    lab.behaviour = lambda launch: lab.fail(launch) if launch.key.trial == 2 else lab.succeed(launch, 0.5)
    monkeypatch.setattr("nnic.runtime.loop.collector.find_shortage", lambda folder: "the disk is full")
    result = lab.run(jobs=2)
    assert (result.state, result.reason) == (ExperimentState.INTERRUPTED, "the disk is full")
    assert "terminate 1.0" in lab.launcher.calls
    assert lab.states() == ["succeeded", "waiting", "waiting"]
    assert "ended" not in [line.split()[0] for line in lab.log.lines if line.endswith((" 1", " 2"))]
