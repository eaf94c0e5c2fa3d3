"""Stores of every version so far are brought to the latest, with a backup, and go on."""

import json
import math
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nnic.runtime.manager.resume import resume_experiment
from nnic.runtime.program import Program
from nnic.runtime.store.connection import database_path
from nnic.runtime.store.lock import ExperimentLock
from nnic.runtime.store.log_entries import Begin
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import AttemptState, ExperimentState, Origin
from nnic.runtime.store.schema import MIGRATIONS, StoreError, backup_path, migrate
from nnic.runtime.store.trust import seal_experiment
from nnic.runtime.store.writer import Store
from nnic.tuners.space import SearchSpace

DATA = Path(__file__).parents[1] / "data"
GOLDEN = {int(path.stem.rpartition("v")[2]): path for path in DATA.glob("store_v*.db")}
LATEST = len(MIGRATIONS)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "dir with space é" / ".nnic"


def tables_of(path):
    """The columns of every table, however their text came about."""
    connection = sqlite3.connect(path)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in sorted(names)}
    connection.close()
    return columns


def copy(version, home):
    home.mkdir(parents=True)
    shutil.copy(GOLDEN[version], database_path(home))


def test_there_is_a_golden_database_of_every_version():
    assert sorted(GOLDEN) == list(range(1, LATEST + 1))


@pytest.mark.parametrize("version", sorted(GOLDEN))
def test_a_golden_database_is_what_the_migrations_make(home, version):
    home.mkdir(parents=True)
    path = database_path(home)
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, path, MIGRATIONS[:version])
    connection.close()
    assert tables_of(path) == tables_of(GOLDEN[version])


@pytest.mark.parametrize("opens", [Store, StoreReader])
@pytest.mark.parametrize("version", sorted(GOLDEN))
def test_a_store_of_an_earlier_version_is_brought_up_and_keeps_everything(home, version, opens):
    copy(version, home)
    opens(home).close()
    if version < LATEST:
        assert tables_of(backup_path(database_path(home), version)) == tables_of(GOLDEN[version])
    assert {path.suffix for path in home.glob("nnic.db.*")} <= {".backup"}
    with StoreReader(home) as reader:
        record = reader.experiment()
        trials, log = reader.trials()[:6], reader.log()
    assert (record.name, record.state, record.reason) == (
        "train-7f3a",
        ExperimentState.INTERRUPTED,
        "stopped by its user",
    )
    assert [t.status.value for t in trials] == [
        "succeeded", "succeeded", "failed", "succeeded", "waiting", "succeeded"
    ]  # fmt: skip
    assert [a.state for a in trials[3].attempts] == [AttemptState.LOST, AttemptState.SUCCEEDED]
    assert repr(trials[1].intermediate) == repr((0.25, math.nan, math.inf))
    assert (trials[2].error.kind, trials[2].frames[0].line) == ("FileNotFoundError", 22)
    assert {trial.origin for trial in trials} == {Origin.TUNER}
    assert (record.config.trials, record.config.jobs, str(record.config.cwd)) == (6, 2, "/project")
    assert (log[0], len(log)) == (Begin(0, 2, 5), 50)


@pytest.mark.parametrize("version", sorted(GOLDEN))
def test_an_experiment_of_an_earlier_version_goes_on(project, version):
    copy(version, project.home)
    script = Path(__file__).parents[1] / "scripts" / "leave_children.py"
    connection = sqlite3.connect(database_path(project.home))
    (text,) = connection.execute("SELECT config FROM experiment").fetchone()
    config = {**json.loads(text), "argv": [sys.executable, "-S", str(script)], "cwd": str(project.folder)}
    connection.execute("UPDATE experiment SET config = ?", (json.dumps(config),))
    connection.commit()
    (space,) = connection.execute("SELECT space FROM experiment").fetchone()
    connection.close()
    program = project.home / "experiments" / "train-7f3a" / "program"
    program.mkdir(parents=True)
    made = Program("/project", "train.py", (), SearchSpace.from_json(json.loads(space)))
    (program / "program.json").write_text(json.dumps(made.to_json()))
    Store(project.home).close()
    with project.reader() as reader:
        seal_experiment(reader.experiment().config)  # It comes from another machine.
    assert resume_experiment(project.home).state is ExperimentState.DONE
    with project.reader() as reader:
        assert [trial.status.value for trial in reader.trials()][4] == "succeeded"


def test_a_run_of_an_older_nnic_is_not_disturbed(home):
    copy(1, home)
    (home / "experiments" / "train-7f3a").mkdir(parents=True)
    code = (
        "import sys, pathlib\nfrom nnic.runtime.store import lock\nlock.MIGRATIONS = ()\n"
        "with lock.ExperimentLock(pathlib.Path(sys.argv[1]), 'train-7f3a'):\n"
        "    print(flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(StoreError, match=rf"train-7f3a \(process {holder.pid}\) is using it"):
            Store(home)
        holder.stdin.close()
    with ExperimentLock(home, "train-7f3a"):  # as a resume holds it
        Store(home).close()


def test_a_migration_that_fails_changes_nothing(home):
    copy(1, home)
    path = database_path(home)
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.Error):
        migrate(connection, path, (MIGRATIONS[0], (*MIGRATIONS[1], "ALTER TABLE nothing ADD COLUMN a TEXT")))
    assert not connection.in_transaction
    connection.close()
    assert tables_of(path) == tables_of(GOLDEN[1])


def test_a_new_database_has_no_versions_behind_it(home):
    Store(home).close()
    assert not list(home.glob("*.backup"))


def test_migrations_go_forward_with_a_backup_before_each(home):
    Store(home).close()
    path = database_path(home)
    connection = sqlite3.connect(path, isolation_level=None)
    added = (
        *MIGRATIONS,
        ("ALTER TABLE trial ADD COLUMN note TEXT",),
        ("CREATE TABLE more (a INTEGER) STRICT",),
    )
    migrate(connection, path, added)
    now = len(MIGRATIONS)
    assert connection.execute("PRAGMA user_version").fetchone() == (now + 2,)
    connection.execute("SELECT note FROM trial, more")
    connection.close()
    for version in (now, now + 1):
        backup = backup_path(path, version)
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600
        old = sqlite3.connect(backup)
        assert old.execute("PRAGMA user_version").fetchone() == (version,)
        old.close()
    for use in (Store, StoreReader):
        with pytest.raises(StoreError, match="newer nnic"):
            use(home)
