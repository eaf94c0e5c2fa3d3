"""Decides why an attempt that ended has no result, and when a whole run has none."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nnic.runtime.failures import describe_failure
from nnic.runtime.launchers.base import Exit
from nnic.runtime.launchers.metrics import Crash, Invalid, Result
from nnic.runtime.loop.attempt_records import AttemptProgress
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
        f"no Python process of the command ran {' '.join(script)} as nnic compiled it: does the command "
        "replace PYTHONPATH, start Python with -I, -E or -S, or run it in a container or on another machine?"
    )
    return replace(failure, message=text)


def find_note(
    failure: Failure | None, progress: AttemptProgress, by_itself: bool, linger_s: float
) -> Failure | None:
    """Return what went wrong after the final result of an attempt, which has succeeded all the same.

    Parameters
    ----------
    failure
        How it ended, as if it had no result.
    by_itself
        Whether nobody asked it to end.
    """
    if progress.lingered:
        names = ", ".join(progress.holders)
        text = f"{names} still ran {linger_s:g} s after the script had ended, so the trial was ended"
        return Failure(FailureKind.LINGERING, text)
    if progress.limit_s and failure is not None:
        text = f"it ran longer than its limit of {progress.limit_s:g} s, and was ended"
        return Failure(FailureKind.TIME_LIMIT, text)
    return failure if by_itself else None


def describe_note(note: Failure, trial: int) -> str:
    """Return a sentence that tells a person of what went wrong after the result of a trial."""
    if note.kind is FailureKind.LINGERING:
        advice = "Join or close what the script starts, make its threads daemons, or set --linger."
        return f"trial {trial} has a result, but {note.message}. {advice}"
    place = f" ({note.path}:{note.line})" if note.line else ""
    return f"trial {trial} has a result, which counts, but failed after that: {describe_failure(note)}{place}"


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
