"""Why an attempt that ended has no result, or that it has one."""

from __future__ import annotations

import signal

from nnic.runtime.launchers.base import Exit
from nnic.runtime.launchers.metrics import Crash, Invalid, Result
from nnic.tuners.protocol import Failure, FailureKind

NO_RESULT = "ended without a final result: the script never reached report_final_result"


def find_failure(
    exit: Exit, final: Result | None, invalid: Invalid | None, crash: Crash | None
) -> Failure | None:
    """``None`` for a success: exit code 0 and a final result, non-finite ones included."""
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


def _signal_name(number: int) -> str:
    try:
        return f"{signal.Signals(number).name} (signal {number})"
    except ValueError:
        return f"signal {number}"
