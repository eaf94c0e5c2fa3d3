"""Why a run failed, with the traceback in the user's own lines."""

from __future__ import annotations

import linecache
import os
from collections.abc import Sequence
from pathlib import Path

import nnic
from nnic.runtime import failures
from nnic.runtime.loop.observer import RunResult
from nnic.runtime.loop.without_effect import describe_unread, reads_nothing
from nnic.runtime.store.records import ExperimentRecord, Frame, TrialRecord
from nnic.screens.format import format_seconds, printable
from nnic.tuners.protocol import Failure, FailureKind, TrialState

MAX_FRAMES = 8
TAIL_BYTES, TAIL_LINES, TAIL_WIDTH = 4096, 3, 200
_WITHOUT_TRACEBACK = (FailureKind.EXIT, FailureKind.SIGNAL, FailureKind.TIME_LIMIT)
_OURS = os.path.join(os.path.dirname(nnic.__file__), "")


def render_failed_run(record: ExperimentRecord, result: RunResult, trials: Sequence[TrialRecord]) -> str:
    """Return what a person reads when a run has failed: what, where, and how to go on."""
    baseline = result.baseline
    if baseline is not None and baseline.status is TrialState.FAILED and len(trials) == 1:
        return _failed_baseline(record, baseline)
    lines = [f"{record.name} failed: {result.reason}"]
    if len(trials) == 1 and record.never_read and reads_nothing(record.space, _read(record)):
        return "\n".join([*lines, *_nothing_read(record)])
    failed = [trial for trial in trials if trial.status is TrialState.FAILED]
    if failed:
        lines.append(f"trial #{failed[-1].id}, the last of {len(failed)} that failed:")
        lines += _failure(failed[-1], record.config.cwd)
        lines.append(
            f"  Output: nnic logs {record.name} {failed[-1].id}. All trials: nnic trials {record.name}"
        )
        lines += _more_time(record, failed[-1])
    if len(failed) < len(trials):
        lines.append(f"  Go on when that is mended: nnic resume {record.name}")
    return "\n".join(lines)


def unread_lines(record: ExperimentRecord) -> list[str]:
    """Return which parameters had no effect in trial 0, where some had none."""
    if not record.never_read:
        return []
    return [f"  {text}" for text in describe_unread(record.space, _read(record), ())]


def _read(record: ExperimentRecord) -> set[str]:
    return {parameter.key for parameter in record.space} - set(record.never_read)


def _failed_baseline(record: ExperimentRecord, trial: TrialRecord) -> str:
    after = "" if trial.seconds is None else f" after {format_seconds(trial.seconds)}"
    limit = record.config.trials
    others = "" if limit == 1 else f"; the other{'s' if limit is None else f' {limit - 1}'} are not started"
    lines = [f"trial #0 (your own values) failed{after}{others}."]
    lines += _failure(trial, record.config.cwd)
    lines.append(
        f"  Trials run in the directory that you called nnic from. Output: nnic logs {record.name} 0."
    )
    lines.append(
        f"  Again, the code as it was: nnic resume {record.name}; the code as you edit it: nnic run ...\n"
        f"  Go on all the same: nnic resume {record.name} --keep-going"
    )
    lines += _more_time(record, trial)
    return "\n".join(lines)


def _nothing_read(record: ExperimentRecord) -> list[str]:
    """What to do where trial 0 succeeded and the run ended all the same: it read no parameter."""
    return [
        "  Does the script run the code that is annotated? Is it a copy that is installed, or started with",
        "  python -I, which nnic can't compile?",
        f"  Go on all the same: nnic resume {record.name} --keep-going",
    ]


def _more_time(record: ExperimentRecord, trial: TrialRecord) -> list[str]:
    """How to go on with a longer limit, which a resume keeps otherwise."""
    limit = record.config.trial_time_s
    if limit is None or trial.error is None or trial.error.kind is not FailureKind.TIME_LIMIT:
        return []
    again = "" if trial.baseline else f"nnic retry {record.name}; "
    return [f"  With more time for each: {again}nnic resume {record.name} --trial-time {2 * limit:g}s"]


def _failure(trial: TrialRecord, cwd: Path) -> list[str]:
    error = trial.error
    if error is None:
        return []
    own = [frame for frame in trial.frames if not _is_library(frame)]
    lines = [_frame(frame, cwd) for frame in own[-MAX_FRAMES:]]
    if len(own) > MAX_FRAMES:
        lines.insert(0, f"  ... {len(own) - MAX_FRAMES} more")
    place = "" if own or not error.line else f"{_relative(error.path, cwd)}:{error.line}  "
    lines.append(f"  {place}{describe_failure(error)}")
    if error.kind == "EOFError":
        lines.append("  (a trial has nothing to read on its standard input)")
    if error.kind in _WITHOUT_TRACEBACK:
        lines += [f"  | {line}" for line in _last_output(trial)]
    return lines


def _last_output(trial: TrialRecord) -> list[str]:
    """The last lines that a trial printed, for a failure that left no traceback."""
    try:
        with open(trial.directory / "output.log", "rb") as stream:
            stream.seek(max(0, os.fstat(stream.fileno()).st_size - TAIL_BYTES))
            data = stream.read()
    except OSError:
        return []
    lines = data.decode("utf-8", "replace").splitlines()
    return [printable(line)[:TAIL_WIDTH] for line in lines if line.strip()][-TAIL_LINES:]


def describe_failure(error: Failure) -> str:
    """Return a failure as a sentence: an exception with its type, else the message alone."""
    return printable(failures.describe_failure(error))


def short_failure(error: Failure) -> str:
    """Return a failure for a table: the exception's type, or what happened, and the line."""
    what = " ".join(printable(failures.name_failure(error)).split())
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
