"""Every kind of failure on every screen: what happened is said once, in words for a person."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from nnic.cli.output import print_json
from nnic.results.entries import trial_entry
from nnic.runtime.config import RunConfig
from nnic.runtime.failures import failure_from_text, failure_to_text
from nnic.runtime.loop.observer import RunResult
from nnic.runtime.store.records import ExperimentRecord, ExperimentState, TrialRecord
from nnic.screens.failure import render_failed_run
from nnic.screens.lines import LineScreen
from nnic.screens.live import render_run
from nnic.screens.run_state import RunState
from nnic.screens.trials import render_trials
from nnic.tuners.protocol import Failure, FailureKind, TrialState
from nnic.tuners.space import SearchSpace

MESSAGES = {
    FailureKind.EXIT: "exited with 3",
    FailureKind.SIGNAL: "killed by SIGKILL (signal 9)",
    FailureKind.LAUNCH: "python is not there",
    FailureKind.OUTPUT: "printed more than 1000000 bytes and was ended",
    FailureKind.NO_RESULT: "ended without a final result",
    FailureKind.BAD_METRIC: "the metric is a list",
    FailureKind.TIME_LIMIT: "ran longer than its limit of 4 s",
    FailureKind.DISCARDED: "the user discarded its result: 0.5",
    FailureKind.LINGERING: "the thread writer still ran 30 s after the script had ended",
    FailureKind.LOST: "lost 3 times, the last time because its supervisor was killed",
}
SHORT = {FailureKind.NO_RESULT: "no result", FailureKind.BAD_METRIC: "bad metric"}
EXCEPTIONS = ("ValueError", "main.<locals>.Bad", "lost", "exit")


def config() -> RunConfig:
    return RunConfig(Path("/home"), "exp", ("python", "train.py"), Path("/work"))


def trial(failure: Failure) -> TrialRecord:
    return TrialRecord(3, TrialState.FAILED, 0, {}, Path("/nowhere"), started=1.0, ended=2.0, error=failure)


def record() -> ExperimentRecord:
    return ExperimentRecord(
        "exp", ExperimentState.FAILED, "", 0.0, 2.0, 2.0, config(), SearchSpace(()), {}, {}, {}
    )


def on_lines(failed: TrialRecord) -> str:
    stream = io.StringIO()
    screen = LineScreen(stream)
    screen.state = RunState.begin(config(), SearchSpace(()))
    screen.trial_ended(failed)
    return stream.getvalue()


def on_live(failed: TrialRecord) -> str:
    state = RunState.begin(config(), SearchSpace(()), [failed])
    console = Console(file=io.StringIO(), width=200, height=20, record=True)
    console.print(render_run(state, 200, 20))
    return console.export_text()


def at_the_end(failed: TrialRecord) -> str:
    result = RunResult("exp", ExperimentState.FAILED, "every trial failed", None, None)
    return render_failed_run(record(), result, [failed])


def in_table(failed: TrialRecord) -> str:
    return render_trials(record(), (failed,), False)


@pytest.mark.parametrize("kind", FailureKind, ids=str)
def test_a_kind_is_no_part_of_its_sentence(kind):
    failed = trial(Failure(kind, MESSAGES[kind]))
    short = SHORT.get(kind, MESSAGES[kind])
    for text, wanted in (
        (on_lines(failed), MESSAGES[kind]),
        (at_the_end(failed), MESSAGES[kind]),
        (on_live(failed), short),
        (in_table(failed), short),
    ):
        assert wanted in text
        assert f"{kind}:" not in text


@pytest.mark.parametrize("kind", FailureKind, ids=str)
def test_a_kind_without_a_message_says_its_name(kind):
    failed = trial(Failure(kind))
    for text in (on_lines(failed), at_the_end(failed), on_live(failed), in_table(failed)):
        assert str(kind) in text


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_has_its_type(name):
    failed = trial(Failure(name, "3 is too many", "/home/ada/train.py", 7, 1))
    for text in (on_lines(failed), at_the_end(failed)):
        assert f"{name}: 3 is too many" in text
    for text in (on_live(failed), in_table(failed)):
        assert f"{name}  train.py:7" in text


@pytest.mark.parametrize(
    "failure",
    [
        *(Failure(kind, message, exit_code=1) for kind, message in MESSAGES.items()),
        *(Failure(name, "no", "/home/ada/train.py", 7, 1) for name in EXCEPTIONS),
        Failure(FailureKind.BAD_METRIC, "the metric is a list", "/home/ada/train.py", 7, 1),
    ],
    ids=lambda failure: str(failure.kind),
)
def test_the_store_gives_back_what_it_was_given(failure):
    found = failure_from_text(failure_to_text(failure))
    assert found == failure
    assert found.is_exception is failure.is_exception


def test_programs_read_what_they_always_did(capsys):
    print_json([trial_entry(trial(Failure(FailureKind.TIME_LIMIT, "too long")))])
    assert '"kind": "time limit"' in capsys.readouterr().out
