"""The entries of the log: their form in the store, which stays, and those that are not known."""

import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import get_args

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.manager.resume import ResumeError, resume_experiment
from nnic.runtime.program import Program
from nnic.runtime.store.connection import StoreError, database_path
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_codec import UnknownEntryError, decode_entry, encode_entry
from nnic.runtime.store.log_entries import (
    Ask,
    Attempt,
    Baseline,
    Begin,
    Change,
    Decided,
    Enqueued,
    Event,
    Imported,
    LogEntry,
    Note,
    Proposal,
    TrialEnded,
    TrialReported,
    TrialStarted,
    Turned,
)
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.writer import Store
from nnic.tuners.protocol import BatchStatus, Decision, Failure, FailureKind, Report, Suggestion, TrialState
from nnic.tuners.space import SearchSpace

DATA = Path(__file__).parents[1] / "data"
SUGGESTION = Suggestion({"lr": 0.5, "act": "relu", "n": 3, "on": True, "no": None}, 9.0, 4, 2, '{"a": 1}')
PLAIN = '"config":{"lr":0.5,"act":"relu","n":3,"on":true,"no":null},"budget":9.0,"parent":4,"parent_step":2'
SUGGESTED = PLAIN + ',"tag":"{\\"a\\": 1}"'
LOST = json.dumps('{"kind":"lost","message":"gone","path":"","line":null,"exit_code":null}')
ENTRIES = [
    (Begin(7, 2, None), "begin", '{"seed":7,"jobs":2,"trials":null}'),
    (Turned(False), "direction", '{"maximize":false}'),
    (Attempt(5, 2, 3), "attempt", '{"trial":5,"attempt":2,"steps":3}'),
    (Baseline(0, {"lr": 0.5}), "baseline", '{"trial":0,"config":{"lr":0.5}}'),
    (
        Ask(2, BatchStatus.READY, "", (Proposal(5, SUGGESTION),)),
        "ask",
        f'{{"n":2,"status":"ready","reason":"","suggestions":[{{"trial":5,{SUGGESTED}}}]}}',
    ),
    (
        Ask(1, BatchStatus.EXHAUSTED, "no more", (), promotions=True),
        "ask",
        '{"n":1,"status":"exhausted","reason":"no more","suggestions":[],"promotions":true}',
    ),
    (Enqueued(5, SUGGESTION), "enqueue", f'{{"trial":5,{SUGGESTED}}}'),
    (Imported(5, SUGGESTION), "import", f'{{"trial":5,{SUGGESTED}}}'),
    (Attempt(3, 1), "attempt", '{"trial":3,"attempt":1}'),
    (Event(4, TrialStarted(3)), "event", '{"order":4,"event":"started","trial":3}'),
    (
        Note(TrialReported(3, 1, Report(0, (math.inf,), {"loss": 0.25}))),
        "note",
        '{"event":"report","trial":3,"attempt":1,"step":0,"value":{"$float":"inf"},"metrics":{"loss":0.25}}',
    ),
    (
        Event(5, TrialReported(3, 1, Report(1, (0.5,)))),
        "event",
        '{"order":5,"event":"report","trial":3,"attempt":1,"step":1,"value":0.5,"metrics":{}}',
    ),
    (
        Event(6, TrialEnded(3, TrialState.FAILED, None, Failure(FailureKind.LOST, "gone"))),
        "event",
        f'{{"order":6,"event":"ended","trial":3,"state":"failed","value":null,"failure":{LOST}}}',
    ),
    (
        Event(7, TrialEnded(0, TrialState.SUCCEEDED, 0.75, imported=True)),
        "event",
        '{"order":7,"event":"imported","trial":0,"state":"succeeded","value":0.75,"failure":null}',
    ),
    (
        Decided(5, 3, Decision.CONTINUE, Decision.STOP),
        "decision",
        '{"order":5,"trial":3,"tuner":0,"assessor":2}',
    ),
]


def test_every_kind_is_here():
    assert {type(entry) for entry, _, _ in ENTRIES} == set(get_args(LogEntry))
    changes = {type(entry.change) for entry, _, _ in ENTRIES if isinstance(entry, (Note, Event))}
    assert changes == set(get_args(Change))


@pytest.mark.parametrize(("entry", "kind", "text"), ENTRIES, ids=lambda part: type(part).__name__)
def test_an_entry_is_stored_as_it_always_was(entry, kind, text):
    assert encode_entry(entry) == (kind, text)
    assert decode_entry(kind, text) == entry


@pytest.mark.parametrize("path", sorted(DATA.glob("store_v*.db")), ids=lambda path: path.stem)
def test_logs_of_earlier_stores_are_written_again_byte_for_byte(path):
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT kind, data FROM log ORDER BY experiment, position").fetchall()
    assert len(rows) > 20
    assert [encode_entry(decode_entry(*row)) for row in rows] == rows


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("pruned", '{"trial":3}'),
        ("attempt", '{"trial":3,"attempt":1,"version":2}'),
        ("event", '{"order":0,"event":"teleported","trial":3}'),
    ],
)
def test_what_a_newer_nnic_wrote_is_not_known(kind, text):
    with pytest.raises(UnknownEntryError):
        decode_entry(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("attempt", '{"trial":3}'),
        ("attempt", '{"trial":true,"attempt":1}'),
        ("attempt", "[3, 1]"),
        ("attempt", '{"trial":3,'),
        ("baseline", '{"trial":0,"config":{"lr":[1]}}'),
        ("event", '{"order":0,"event":"report","trial":1,"attempt":0,"step":0,"value":"x","metrics":{}}'),
        ("note", '{"event":"ended","trial":1,"state":"asleep","value":null,"failure":null}'),
        ("note", '{"event":"ended","trial":1,"state":"failed","value":null,"failure":"{}"}'),
        ("ask", '{"n":1,"status":"later","reason":"","suggestions":[]}'),
        ("decision", '{"order":5,"trial":3,"tuner":0,"assessor":7}'),
    ],
)
def test_damage_is_told_apart_from_what_is_newer(kind, text):
    with pytest.raises(ValueError, match=r".") as caught:
        decode_entry(kind, text)
    assert not isinstance(caught.value, UnknownEntryError)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("pruned", '{"trial":3}'), "its kind is 'pruned'.*a newer nnic wrote it; use that version"),
        (("attempt", '{"trial":1,"attempt":1,"version":2}'), "its version is 2.*a newer nnic wrote it"),
        (("attempt", '{"trial":1}'), "is damaged: it has no 'attempt'.*nnic backup --restore"),
    ],
)
def test_a_log_that_is_not_understood_is_neither_read_nor_gone_on_with(project, row, words):
    config = project.config("leave_children.py", "leave_children", trials=2)
    project.run(config)
    with closing(sqlite3.connect(database_path(project.home))) as connection:
        (length,) = connection.execute("SELECT count(*) FROM log").fetchone()
        connection.execute("INSERT INTO log VALUES (1, ?, ?, ?, 0.0)", (length, *row))
        connection.commit()
    whole = rf"nnic\.db: entry {length} of the log of {config.name} .*{words}"
    with project.reader() as reader, pytest.raises(StoreError, match=whole):
        reader.log()
    with pytest.raises(StoreError, match=whole):
        resume_experiment(project.home, trials=3)
    with project.reader() as reader:
        assert len(reader.trials()) == 2  # what does not need the log is shown


def test_a_log_that_skips_an_event_is_no_log():
    event_log = EventLog()
    event_log.apply(Baseline(0, {"lr": 0.5}))
    with pytest.raises(ValueError, match="the log has event 3 where 0 belongs"):
        event_log.apply(Event(3, TrialStarted(0)))
    with pytest.raises(ValueError, match="mentions trial 7 before it exists"):
        event_log.apply(Attempt(7, 1))


def test_a_log_that_contradicts_itself_is_not_gone_on_with(project):
    config = project.config("leave_children.py", "leave_children", trials=2)
    project.run(config)
    with closing(sqlite3.connect(database_path(project.home))) as connection:
        connection.execute("DELETE FROM log WHERE kind = 'ask'")
        connection.commit()
    with pytest.raises(ResumeError, match=r"mentions trial 1 before it exists; restore a copy"):
        resume_experiment(project.home, trials=3)


def test_what_is_appended_is_read(tmp_path):
    with closing(Store(tmp_path)) as store:
        config = RunConfig(home=tmp_path, name="t-0001", argv=("python",), cwd=tmp_path)
        store.create(config, Program("/", "t.py", (), SearchSpace()), 0.0, Begin(7, 2, None))
        for entry, _, _ in ENTRIES[1:]:
            store.append(entry)
        store.commit()
    with StoreReader(tmp_path) as reader:
        assert list(reader.log()) == [entry for entry, _, _ in ENTRIES]
