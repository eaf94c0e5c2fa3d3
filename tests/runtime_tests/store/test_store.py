import math
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.filesystem import network_filesystem
from nnic.runtime.manager.run import create_experiment
from nnic.runtime.processes import ProcessId
from nnic.runtime.program import Program, ProgramFile
from nnic.runtime.store import connection as schema
from nnic.runtime.store.connection import MIGRATIONS, StoreError, database_path
from nnic.runtime.store.log_entries import Ask, Attempt, Begin, Event, TrialReported
from nnic.runtime.store.reader import StoreReader, UnknownExperimentError
from nnic.runtime.store.records import (
    AttemptRecord,
    AttemptState,
    ExperimentState,
    Frame,
    ReportRecord,
    TrialRecord,
    best_of,
    better,
)
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import BatchStatus, Failure, Report, TrialState
from nnic.tuners.space import Parameter, Sampler, SearchSpace

SPACE = SearchSpace(
    (
        Parameter("t/opt/choice", Sampler.CHOICE, ("adam", 1, None, True), default="adam"),
        Parameter("t/lr/uniform", Sampler.UNIFORM, (0.0, 1.0), default=0.1),
    )
)
BEGIN = Begin(0, 1, None)
PROGRAM = Program("/code", "t.py", (ProgramFile("t.py", "abc", True),), SPACE)


REPORT = Event(0, TrialReported(0, 0, Report(0, (math.inf,))))


def ask(n, reason=""):
    return Ask(n, BatchStatus.READY, reason, ())


@pytest.fixture
def home(tmp_path):
    return tmp_path / "dir with space é" / ".nnic"


@pytest.fixture
def store(home):
    store = Store(home)
    yield store
    store.close()


def config(home, name="t-0001", **more):
    return RunConfig(home=home, name=name, argv=("python", "t.py"), cwd=home, **more)


def trial(home, number=0, **more):
    values = {
        "status": TrialState.RUNNING,
        "attempt": 0,
        "parameters": {"t/opt/choice": None, "t/lr/uniform": 0.25},
    }
    directory = home / "experiments" / "t-0001" / "trials" / str(number) / "0"
    attempts = (AttemptRecord(0, AttemptState.RUNNING, 2.0, process=ProcessId("boot", 12, 34)),)
    return TrialRecord(
        **{"id": number, "directory": directory, "attempts": attempts, "started": 2.0, **values, **more}
    )


def test_what_is_written_is_read(home, store):
    settings = config(home, maximize=False, tuner_options={"a": [1]}, environment={"X": "ü"}, time_s=1.5)
    store.create(settings, PROGRAM, 1.0, BEGIN)
    failure = Failure("OSError", "no file", "/code/t.py", 3, 1)
    frames = (Frame("/code/t.py", 3, "<module>"),)
    ended = AttemptRecord(0, AttemptState.FAILED, 2.0, 3.5, None, 1, None, failure, frames)
    first = trial(
        home,
        status=TrialState.FAILED,
        error=failure,
        frames=frames,
        attempts=(ended,),
        ended=3.5,
        budget=3.0,
        parent=0,
    )
    store.put_trial(first)
    store.put_trial(trial(home, 1))
    store.append(ask(1))
    store.append(REPORT)
    store.set_versions({"nnic": "1"})
    store.set_never_read(("t/lr/uniform",))
    store.set_elapsed(4.5)
    store.set_state(ExperimentState.DONE, "2 trials are done", 9.0)
    store.commit()
    store.put_tuner_state(b"\0state")
    with StoreReader(home) as reader:
        record = reader.experiment()
        assert record == reader.experiment("t-0001")
        assert (record.config, record.space, record.sources) == (settings, SPACE, {"t.py": "abc"})
        assert (record.state, record.reason, record.ended) == (ExperimentState.DONE, "2 trials are done", 9.0)
        assert (record.elapsed_s, record.versions, record.never_read) == (
            4.5,
            {"nnic": "1"},
            ("t/lr/uniform",),
        )
        assert record.counts == {TrialState.FAILED: 1, TrialState.RUNNING: 1}
        assert not record.maximize
        assert reader.trials(record) == (first, trial(home, 1))
        assert reader.trial("t-0001", 1).seconds is None
        assert reader.trial("t-0001", 0).seconds == 1.5
        assert reader.log() == (BEGIN, ask(1), REPORT)
        assert reader.tuner_state("t-0001") == (3, b"\0state")


def test_the_type_of_a_value_survives(home, store):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    for number, value in enumerate(("adam", 1, None, True, 1.0)):
        store.put_trial(trial(home, number, parameters={"t/opt/choice": value}))
    store.commit()
    with StoreReader(home) as reader:
        read = [t.parameters["t/opt/choice"] for t in reader.trials()]
    assert [(type(v), v) for v in read] == [
        (str, "adam"),
        (int, 1),
        (type(None), None),
        (bool, True),
        (float, 1.0),
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.1])
def test_metrics_that_are_not_finite_survive(home, store, value):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    store.put_trial(trial(home, status=TrialState.SUCCEEDED, metric=value, metrics={"a": value}))
    store.add_report(ReportRecord(0, 0, 0, False, 0, value, {"b": value}, {"note": "x"}, 5.0))
    store.commit()
    with StoreReader(home) as reader:
        read = reader.trial(None, 0)
        best = reader.best()
    for number in (read.metric, read.metrics["a"], read.intermediate[0], read.reports[0].metrics["b"]):
        assert repr(number) == repr(value)
    assert (best is None) == (not math.isfinite(value))


def test_a_metric_counts_once_and_by_its_attempt(home, store):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    store.put_trial(trial(home))
    for _ in range(3):
        store.add_report(ReportRecord(0, 0, 10, False, 0, 1.0, time=5.0))
        store.commit()
    again = AttemptRecord(1, AttemptState.RUNNING, 6.0)
    store.put_trial(trial(home, attempt=1, attempts=(*trial(home).attempts, again), started=6.0))
    store.add_report(ReportRecord(0, 1, 10, False, 0, 2.0, time=6.0))
    store.commit()
    with StoreReader(home) as reader:
        read = reader.trial(None, 0)
    assert read.reports == (Report(0, (2.0,)),)
    assert [attempt.number for attempt in read.attempts] == [0, 1]
    assert read.directory.name == "1"
    with sqlite3.connect(database_path(home)) as connection:
        assert connection.execute("SELECT count(*) FROM report").fetchone() == (2,)
    connection.close()


@pytest.mark.parametrize(
    ("metrics", "maximize", "best"),
    [([1.0, 3.0, 3.0, 2.0], True, 1), ([1.0, 3.0, 0.5], False, 2), ([math.nan, math.inf, -1.0], True, 2)],
)
def test_the_best_is_the_first_of_the_best_finite_ones(home, store, metrics, maximize, best):
    store.create(config(home, maximize=maximize), PROGRAM, 1.0, BEGIN)
    for number, value in enumerate(metrics):
        store.put_trial(trial(home, number, status=TrialState.SUCCEEDED, metric=value))
    store.put_trial(trial(home, 9, status=TrialState.STOPPED, metric=None))
    store.commit()
    with StoreReader(home) as reader:
        assert reader.best().id == best
        assert reader.best() == best_of(reader.trials(), maximize)
        assert [t.id for t in reader.first_and_best(reader.experiment())] == sorted({0, best})


@pytest.mark.parametrize(
    ("value", "other", "expected"), [(math.nan, None, False), (1.0, math.nan, True), (1.0, 1.0, False)]
)
def test_better(value, other, expected):
    assert better(value, other, True) is expected
    assert better(value, other, False) is expected


def test_what_was_discarded_is_not_written(home, store):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    store.append(ask(1))
    store.discard()
    store.append(ask(2))
    store.commit()
    with StoreReader(home) as reader:
        assert reader.log() == (
            BEGIN,
            ask(2),
        )


def test_the_database_is_durable_and_private(home, store):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    connection = store._database.connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    assert {name for name, strict in tables if not strict and not name.startswith("sqlite_")} == set()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for path in home.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_names_are_unique_and_unknown_ones_say_what_there_is(home, store):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    with pytest.raises(ValueError, match="t-0001"):
        store.create(config(home), PROGRAM, 1.0, BEGIN)
    store.create(config(home, "t-0002"), PROGRAM, 2.0, BEGIN)
    with StoreReader(home) as reader:
        assert [record.name for record in reader.experiments()] == ["t-0001", "t-0002"]
        assert reader.experiment().name == "t-0002"
        with pytest.raises(UnknownExperimentError, match=r"'nope'.*t-0001, t-0002"):
            reader.experiment("nope")
        with pytest.raises(UnknownExperimentError, match="no trial 7"):
            reader.trial(None, 7)


def test_readers_see_what_was_committed_and_cannot_write(home, store):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    with StoreReader(home) as reader:
        store.put_trial(trial(home))
        assert reader.trials() == ()
        store.commit()
        assert len(reader.trials()) == 1
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._connection.execute("DELETE FROM trial")


def test_two_experiments_of_a_project_write_at_once(home):
    def write(name):
        store = Store(home)
        store.create(config(home, name), PROGRAM, 1.0, BEGIN)
        for number in range(40):
            store.put_trial(trial(home, number))
            store.append(ask(number))
            store.commit()
        store.close()

    errors = []

    def guarded(name):
        try:
            write(name)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(f"t-{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with StoreReader(home) as reader:
        for i in range(4):
            assert [entry.n for entry in reader.log(f"t-{i}")[1:]] == list(range(40))


def test_without_a_database_there_are_no_experiments(home):
    with pytest.raises(StoreError, match="no experiments here yet"):
        StoreReader(home)


def test_an_sqlite_without_strict_tables_is_refused(home, monkeypatch):
    monkeypatch.setattr(schema, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreError, match=r"SQLite 3\.37 or newer"):
        Store(home)


def test_a_full_disk_is_said_and_loses_nothing(home, store):
    store.create(config(home), PROGRAM, 1.0, BEGIN)
    store.append(ask(1))
    store.commit()
    pages = store._database.connection.execute("PRAGMA page_count").fetchone()[0]
    store._database.connection.execute(f"PRAGMA max_page_count={pages}")
    store.append(ask(1, "x" * 1_000_000))
    with pytest.raises(StoreError, match=r"full.*nnic resume"):
        store.commit()
    with StoreReader(home) as reader:
        assert reader.log() == (
            BEGIN,
            ask(1),
        )


def test_a_read_only_folder_is_said(home, monkeypatch):
    def refuse(*args, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(schema.os, "open", refuse)
    with pytest.raises(StoreError, match=r"cannot open .*nnic\.db.*Permission denied"):
        Store(home)


def test_network_file_systems_are_found_and_refused(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    lines = [
        "/dev/a / ext4 rw 0 0",
        f"srv:/x {tmp_path}/far\\040away nfs4 rw 0 0",
        f"t {tmp_path}/far\\040away/l tmpfs rw 0 0",
    ]
    mounts.write_text("\n".join(lines))
    assert network_filesystem(tmp_path / "far away" / "p" / ".nnic", str(mounts)) == "nfs4"
    assert network_filesystem(tmp_path / "far away" / "l" / "x", str(mounts)) is None
    assert network_filesystem(tmp_path / "far away too", str(mounts)) is None
    monkeypatch.setattr(schema, "network_filesystem", lambda path: "nfs4")
    with pytest.raises(StoreError, match="NNIC_HOME"):
        Store(tmp_path)


def test_nothing_is_made_on_a_network_file_system(tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nsrv:/x {tmp_path}/far fuse.sshfs rw 0 0\n")
    monkeypatch.setattr("nnic.runtime.filesystem.MOUNTS", str(mounts))
    home = tmp_path / "far" / "my project" / ".nnic"
    (tmp_path / "far").mkdir()
    for use in (Store, StoreReader, lambda home: create_experiment(home, "train")):
        with pytest.raises(StoreError, match=r"fuse\.sshfs.*export NNIC_HOME='/?.*nnic-\d+-my project'"):
            use(home)
    assert not any((tmp_path / "far").iterdir())
    create_experiment(tmp_path / "near" / ".nnic", "train")


def test_a_writer_that_is_killed_leaves_what_it_committed(home):
    code = (
        "import os, sys, pathlib\n"
        "from nnic.runtime.store.log_entries import Attempt, Begin\n"
        "from nnic.runtime.store.writer import Store\n"
        "from nnic.runtime.config import RunConfig\n"
        "from nnic.runtime.program import Program\n"
        "from nnic.tuners.space import SearchSpace\n"
        "home = pathlib.Path(sys.argv[1])\n"
        "store = Store(home)\n"
        "config = RunConfig(home=home, name='t-1', argv=('x',), cwd=home)\n"
        "store.create(config, Program('/', 't.py', (), SearchSpace()), 1.0, Begin(0, 1, None))\n"
        "store.append(Attempt(0, 1)); store.commit()\n"
        "store.append(Attempt(0, 2))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(home)], check=False).returncode == -9
    with StoreReader(home) as reader:
        assert reader.log() == (
            BEGIN,
            Attempt(0, 1),
        )


def test_a_configuration_that_is_not_understood_is_said(tmp_path):
    store = Store(tmp_path)
    config = RunConfig(home=tmp_path, name="train-7f3a", argv=("python", "train.py"), cwd=tmp_path)
    store.create(config, PROGRAM, 1.0, BEGIN)
    store.commit()
    store.close()
    with closing(sqlite3.connect(tmp_path / "nnic.db")) as connection, connection:
        connection.execute("UPDATE experiment SET config = replace(config, '\"seed\"', '\"moon\"')")
    with (
        closing(StoreReader(tmp_path)) as reader,
        pytest.raises(StoreError, match=r"train-7f3a in .*nnic\.db .*unknown setting, 'moon'; if a newer"),
    ):
        reader.experiment("train-7f3a")
