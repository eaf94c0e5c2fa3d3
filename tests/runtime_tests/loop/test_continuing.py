"""A further attempt goes on from a checkpoint, and its curve from the reports before that."""

import json
import os
from pathlib import Path

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.attempt_records import begin_record
from nnic.runtime.loop.continuing import steps_kept
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_codec import decode_entry, encode_entry
from nnic.runtime.store.log_entries import Attempt, Baseline, Note, TrialReported
from nnic.runtime.store.records import AttemptRecord, AttemptState, TrialRecord
from nnic.runtime.store.rows import join_reports
from nnic.tuners.protocol import Report, TrialState

STARTED = 1_000_000.0


def report(value):
    return Report(0, (value,))


@pytest.fixture
def config(tmp_path):
    return RunConfig(home=tmp_path, name="lab", argv=("python",), cwd=tmp_path)


def attempt_of(config, number, started, times, steps=0):
    """An attempt that reported at these times after it had started."""
    folder = config.attempt_directory(1, number)
    folder.mkdir(parents=True)
    lines = [
        json.dumps({"trial": 1, "attempt": number, "kind": "intermediate", "value": 0.5, "time": started + t})
        for t in times
    ]
    (folder / "metrics.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return AttemptRecord(number, AttemptState.LOST, started, steps=steps)


def trial_of(*attempts, reports=9):
    curve = tuple(report(float(i)) for i in range(reports))
    return TrialRecord(1, TrialState.WAITING, 0, {}, Path(), reports=curve, attempts=attempts)


def save(config, time, name="state.pt"):
    folder = config.checkpoint_directory(1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")
    os.utime(folder / name, (time, time))


@pytest.mark.parametrize(
    ("saved", "kept"),
    [
        (30.5, 3),  # after the third report
        (29.5, 3),  # just before it: the same step
        (20.1, 2),
        (9.9, 1),
        (0.0, 0),
        (-5.0, 0),  # a copy of the parent's, from before the trial
        (99.0, 4),
    ],
)
def test_reports_up_to_the_checkpoint_are_kept(config, saved, kept):
    attempt = attempt_of(config, 0, STARTED, [10.0, 20.0, 30.0, 40.0])
    save(config, STARTED + saved)
    save(config, STARTED - 100, "older.pt")
    assert steps_kept(config, trial_of(attempt)) == kept


def test_nothing_is_kept_without_a_checkpoint_or_an_attempt(config):
    attempt = attempt_of(config, 0, STARTED, [10.0])
    assert steps_kept(config, trial_of(attempt)) == 0
    config.checkpoint_directory(1).mkdir(parents=True)
    assert steps_kept(config, trial_of(attempt)) == 0
    save(config, STARTED + 10)
    assert steps_kept(config, trial_of()) == 0


def test_an_attempt_that_was_continued_itself_adds_its_own(config):
    second = attempt_of(config, 1, STARTED + 100, [10.0, 20.0], steps=3)
    save(config, STARTED + 110)
    assert steps_kept(config, trial_of(second)) == 4
    save(config, STARTED + 40)  # the second one saved nothing, and began after three steps
    assert steps_kept(config, trial_of(second)) == 3


def test_a_metrics_file_that_is_gone_or_odd_keeps_nothing_of_that_attempt(config):
    attempt = attempt_of(config, 0, STARTED, [10.0])
    (config.attempt_directory(1, 0) / "metrics.jsonl").write_text("no json\n")
    save(config, STARTED + 10)
    assert steps_kept(config, trial_of(attempt)) == 0
    (config.attempt_directory(1, 0) / "metrics.jsonl").unlink()
    assert steps_kept(config, trial_of(attempt)) == 0


def test_the_record_the_log_and_the_store_have_the_same_curve():
    record = begin_record(trial_of(AttemptRecord(0, AttemptState.LOST, 0.0), reports=5), Path(), 1.0, (), 3)
    assert record.intermediate == (0.0, 1.0, 2.0)
    assert record.attempts[-1].steps == 3
    log = EventLog()
    log.apply(Baseline(1, {}))
    for i in range(5):
        log.apply(Note(TrialReported(1, 0, Report(i, (float(i),)))))
    log.apply(decode_entry(*encode_entry(Attempt(1, 1, 3))))
    assert tuple(r.values[0] for r in log[1].reports) == record.intermediate
    own = {0: [report(float(i)) for i in range(5)], 1: [report(9.0)]}
    curve = join_reports(record.attempts, own)
    assert [r.values[0] for r in curve] == [0.0, 1.0, 2.0, 9.0]


def test_an_entry_of_an_earlier_version_keeps_nothing():
    assert decode_entry("attempt", '{"trial":1,"attempt":2}') == Attempt(1, 2, 0)
    assert encode_entry(Attempt(1, 2)) == ("attempt", '{"trial":1,"attempt":2}')
