"""Decides why an attempt that ended has no result, and when a whole run has none."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nnic.runtime.failures import describe_failure
from nnic.runtime.launchers.base import Exit
from nnic.runtime.launchers.metrics import Crash, Invalid, Result
from nnic.runtime.store.records import TrialRecord
from nnic.tuners.protocol import Failure, FailureKind, TrialState

NO_RESULT = "ended without a final result: the script never reached report_final_result"


def find_failure(
    exit: Exit, final: Result | None, invalid: Invalid | None, crash: Crash | None
) -> Failure | None:
    """Return why an attempt has no result; ``None`` for a success, which is an exit code of 0 and a final
    result, a non-finite one included."""
    if exit.problem:
        return Failure(FailureKind(exit.kind), exit.problem, exit_code=exit.code)
    if exit.signal is not None:
        return Failure(FailureKind.SIGNAL, f"killed by {_signal_name(exit.signal)}")
    if crash is not None and exit.code != 0:
        bad = invalid is not None and invalid.message == crash.message
        kind = FailureKind.BAD_METRIC if bad else crash.type
        return Failure(kind, crash.message, crash.path, crash.line, exit_code=exit.code)
    if exit.code != 0:
        return Failure(FailureKind.EXIT, f"exited with {exit.code}", exit_code=exit.code)
    if final is not None:
        return None
    if invalid is not None:
        return Failure(FailureKind.BAD_METRIC, invalid.message, exit_code=exit.code)
    return Failure(FailureKind.NO_RESULT, NO_RESULT, exit_code=exit.code)


def not_reached(failure: Failure, script: Sequence[str]) -> Failure:
    """Return why trial 0 has no result where no process of a launcher's command ran the compiled script."""
    if failure.kind is not FailureKind.NO_RESULT:
        return failure
    text = (
        f"no Python of the command ran {' '.join(script)} as nnic compiled it: does the command replace "
        "PYTHONPATH, start Python with -I, -E or -S, or run it in a container or on another machine?"
    )
    return replace(failure, message=text)


def describe_all_failed(trials: Iterable[TrialRecord]) -> str:
    """Return that every trial failed, and why the last one did; ``""`` when one did not, or none ended."""
    ended = [trial for trial in trials if trial.status is not TrialState.CANCELLED]
    if not ended or any(trial.status is not TrialState.FAILED for trial in ended):
        return ""
    error = ended[-1].error
    return f"every trial failed; the last: {describe_failure(error)}" if error else "every trial failed"


def _signal_name(number: int) -> str:
    try:
        return f"{signal.Signals(number).name} (signal {number})"
    except ValueError:
        return f"signal {number}"
