"""Copies of the store."""

import json
import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.store.backup import back_up, put_back
from nnic.runtime.store.connection import StoreError, database_path
from nnic.runtime.store.lock import ExperimentLock
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentState
from nnic.runtime.store.writer import Store

GOLDEN = Path(__file__).parents[1] / "data"


@pytest.fixture
def done(project):
    project.run(project.config("leave_children.py", "children", trials=3))
    return project


def contents(home):
    with StoreReader(home) as reader:
        record = reader.experiment()
        return record, reader.trials(), reader.log()


def test_a_copy_brings_back_what_was_there(done, tmp_path):
    copy = tmp_path / "copy.db"
    back_up(done.home, copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    before = contents(done.home)
    resume_experiment(done.home, trials=5)
    assert len(contents(done.home)[1]) == 5
    kept = done.home / "nnic.db.replaced"
    put_back(done.home, copy, kept)
    assert contents(done.home) == before
    assert kept.exists()
    # The trials after it are run anew.
    assert resume_experiment(done.home, trials=5).state is ExperimentState.DONE
    assert [len(trial.reports) for trial in contents(done.home)[1]] == [3] * 5
    assert sorted(p.name for p in tmp_path.iterdir() if "copy" in p.name) == ["copy.db"]


def test_a_copy_of_a_running_experiment_is_whole(project, tmp_path):
    config = project.config("leave_children.py", "children", trials=200, jobs=2)
    manager = project.manage("run", config.name, json.dumps(config.to_json()))
    copies = []
    for count in range(6):
        manager.stdout.readline()
        folder = tmp_path / f"copy{count}"
        folder.mkdir()
        back_up(project.home, database_path(folder))
        with StoreReader(folder) as reader:
            copies.append(reader.log())
    with pytest.raises(StoreError, match=f"process {manager.pid}; stop it first: nnic stop {config.name}"):
        put_back(project.home, database_path(tmp_path / "copy0"), tmp_path / "kept")
    manager.terminate()
    manager.communicate(timeout=30)
    with project.reader() as reader:
        log = reader.log()
    for copy in copies:
        assert log[: len(copy)] == copy


def test_a_damaged_store_is_replaced(done, tmp_path):
    copy, path = tmp_path / "copy.db", database_path(done.home)
    back_up(done.home, copy)
    before = contents(done.home)
    path.write_bytes(b"damaged")
    put_back(done.home, copy, tmp_path / "kept")
    assert contents(done.home) == before
    assert (tmp_path / "kept").read_bytes() == b"damaged"


def test_what_is_no_copy_is_refused(done, tmp_path):
    before = contents(done.home)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE a (b)")
    connection.commit()
    connection.close()
    newer = tmp_path / "newer.db"
    shutil.copy(GOLDEN / "store_v1.db", newer)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to look like one " * 40)
    for source, message in (
        (other, "is not a database of nnic"),
        (newer, "newer nnic"),
        (text, "not a database"),
    ):
        with pytest.raises(StoreError, match=message):
            put_back(done.home, source, tmp_path / "kept")
    assert contents(done.home) == before
    with pytest.raises(StoreError, match="does not exist"):
        back_up(tmp_path / "nowhere", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="cannot write"):
        back_up(done.home, tmp_path / "missing" / "copy.db")


def test_a_copy_of_an_earlier_version_is_brought_up(tmp_path):
    put_back(tmp_path / "home", GOLDEN / "store_v1.db", tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
    assert contents(tmp_path / "home")[0].name == "train-7f3a"


def test_a_manager_of_another_experiment_keeps_the_store(done, tmp_path):
    back_up(done.home, tmp_path / "copy.db")
    (folder,) = (done.home / "experiments").iterdir()
    refused = pytest.raises(StoreError, match=f"by process {os.getpid()}")
    with ExperimentLock(done.home, folder.name), refused:
        put_back(done.home, tmp_path / "copy.db", tmp_path / "kept")
    Store(done.home).close()
