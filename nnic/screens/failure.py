"""Why a run failed, with the traceback in the user's own lines."""

from __future__ import annotations

import linecache
import os
from collections.abc import Sequence
from pathlib import Path

import nnic
from nnic.runtime.observer import RunResult
from nnic.runtime.records import ExperimentRecord, Frame, TrialRecord
from nnic.screens.format import format_seconds
from nnic.tuners.protocol import Failure, TrialState

MAX_FRAMES = 8
OUR_KINDS = ("signal", "exit", "launch", "output")  # of failures that are no exceptions
_OURS = os.path.join(os.path.dirname(nnic.__file__), "")


def render_failed_run(record: ExperimentRecord, result: RunResult, trials: Sequence[TrialRecord]) -> str:
    """Return what a person reads when a run has failed: what, where, and how to go on."""
    baseline = result.baseline
    if baseline is not None and baseline.status is TrialState.FAILED and len(trials) == 1:
        return _failed_baseline(record, baseline)
    lines = [f"{record.name} failed: {result.reason}"]
    failed = [trial for trial in trials if trial.status is TrialState.FAILED]
    if failed:
        lines.append(f"trial #{failed[-1].id}, the last of {len(failed)} that failed:")
        lines += _failure(failed[-1], record.config.cwd)
        lines.append(
            f"  Output: nnic logs {record.name} {failed[-1].id}. All trials: nnic trials {record.name}"
        )
    return "\n".join(lines)


def _failed_baseline(record: ExperimentRecord, trial: TrialRecord) -> str:
    after = "" if trial.seconds is None else f" after {format_seconds(trial.seconds)}"
    rest = record.config.trials
    others = "the others are" if rest is None else f"the other {rest - 1} are"
    lines = [f"trial #0 (your own values) failed{after}; {others} not started."]
    lines += _failure(trial, record.config.cwd)
    lines.append(
        f"  Trials run in the directory that you called nnic from. Output: nnic logs {record.name} 0."
    )
    lines.append(f"  Go on all the same: nnic resume {record.name} --keep-going")
    return "\n".join(lines)


def _failure(trial: TrialRecord, cwd: Path) -> list[str]:
    error = trial.error
    if error is None:
        return []
    own = [frame for frame in trial.frames if not _is_library(frame)]
    lines = [_frame(frame, cwd) for frame in own[-MAX_FRAMES:]]
    if len(own) > MAX_FRAMES:
        lines.insert(0, f"  ... {len(own) - MAX_FRAMES} more")
    place = "" if own or not error.line else f"{_relative(error.path, cwd)}:{error.line}  "
    return [*lines, f"  {place}{describe_failure(error)}"]


def describe_failure(error: Failure) -> str:
    """Return a failure as a sentence: an exception with its type, else the message alone."""
    if error.kind.isidentifier() and error.kind not in OUR_KINDS:
        return f"{error.kind}: {error.message}" if error.message else error.kind
    return error.message or error.kind


def short_failure(error: Failure) -> str:
    """Return a failure for a table: the exception's type, or what happened, and the line."""
    exception = error.kind.isidentifier() and error.kind not in OUR_KINDS
    what = error.kind if exception or error.kind in ("no result", "bad metric") else error.message
    return f"{what}  {os.path.basename(error.path)}:{error.line}" if error.line else what


def _is_library(frame: Frame) -> bool:
    if frame.path.startswith(_OURS):
        return True
    parts = Path(frame.path).parts
    return (
        frame.path.startswith("<") or "site-packages" in parts or ("lib" in parts and "python" in frame.path)
    )


def _frame(frame: Frame, cwd: Path) -> str:
    source = linecache.getline(frame.path, frame.line).strip()
    function = "" if frame.function == "<module>" else f" in {frame.function}"
    return f"  {_relative(frame.path, cwd)}:{frame.line}{function}  {source}".rstrip()


def _relative(path: str, cwd: Path) -> str:
    relative = os.path.relpath(path, cwd)
    return path if relative.startswith("..") else relative
