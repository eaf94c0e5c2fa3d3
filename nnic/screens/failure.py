"""Why a run failed, with the traceback in the user's own lines."""

from __future__ import annotations

import linecache
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import nnic
from nnic.runtime import failures
from nnic.runtime.config import RunConfig
from nnic.runtime.loop.observer import RunResult
from nnic.runtime.noticing.without_effect import describe_unread, reads_nothing
from nnic.runtime.store.records import ExperimentRecord, Frame, TrialRecord
from nnic.screens.commands import command, run_again
from nnic.screens.format import format_seconds, printable
from nnic.screens.missing_module import explain_missing
from nnic.tuners.protocol import Failure, FailureKind, TrialState

MAX_FRAMES = 8
FEW_WORDS = 40  # columns of a failure that is counted
TAIL_BYTES, TAIL_LINES, TAIL_WIDTH = 4096, 3, 200
# What argparse, click, typer, fire and docopt print where an argument is missing.
_ASKS = re.compile(
    r"arguments? (is|are) required(: (?P<names>.*))?|missing (option|argument|parameter)|required argument",
    re.IGNORECASE,
)
_WITHOUT_TRACEBACK = (FailureKind.EXIT, FailureKind.SIGNAL, FailureKind.TIME_LIMIT)
_OURS = os.path.join(os.path.dirname(nnic.__file__), "")


def render_failed_run(
    record: ExperimentRecord, result: RunResult, trials: Sequence[TrialRecord], again: str = ""
) -> str:
    """Return what a person reads when a run has failed: what, where, and how to go on.

    Parameters
    ----------
    again
        The command that starts such a run anew; by default it is made of the run's settings.
    """
    baseline = result.baseline
    if baseline is not None and baseline.status is TrialState.FAILED and len(trials) == 1:
        return _failed_baseline(record, baseline, again or run_again(record.config))
    lines = [f"{record.name} failed: {result.reason}"]
    if len(trials) == 1 and record.never_read and reads_nothing(record.space, _read(record)):
        return "\n".join([*lines, *_nothing_read(record)])
    failed = [trial for trial in trials if trial.status is TrialState.FAILED]
    if failed:
        lines.append(f"trial #{failed[-1].id}, the last of {len(failed)} that failed:")
        lines += _failure(failed[-1], record.config)
        lines.append(f"  what it printed: {command('logs', record.name, failed[-1].id)}")
        lines.append(f"  all trials:      {command('trials', record.name)}")
        lines += _more_time(record, failed[-1])
    if len(failed) < len(trials):
        lines.append(f"  when that is fixed: {command('resume', record.name)}")
    return "\n".join(lines)


def unread_texts(record: ExperimentRecord) -> list[str]:
    """Return which parameters had no effect in trial 0, where some had none."""
    if not record.never_read:
        return []
    read = _read(record)
    # A run of which trial 0 read nothing has failed with that reason.
    told = record.config.keep_going or not reads_nothing(record.space, read)
    return describe_unread(record.space, read, (), others=told)


def _read(record: ExperimentRecord) -> set[str]:
    return {parameter.key for parameter in record.space} - set(record.never_read)


def _failed_baseline(record: ExperimentRecord, trial: TrialRecord, again: str) -> str:
    after = "" if trial.seconds is None else f" after {format_seconds(trial.seconds)}"
    limit = record.config.trials
    others = "" if limit == 1 else f"; the other{'s' if limit is None else f' {limit - 1}'} are not started"
    lines = [f"trial #0 (your own values) failed{after}{others}."]
    lines += _failure(trial, record.config)
    lines += _missing_arguments(record, trial)
    if trial.error is not None and trial.error.kind == "FileNotFoundError":
        lines.append(f"  Trials run in {record.config.cwd}.")
    lines += [
        f"  what it printed:          {command('logs', record.name, 0)}",
        f"  run the edited script:    {again}",
        f"  again with the same code: {command('resume', record.name)}",
        f"  search anyway:            {command('resume', record.name, '--keep-going')}",
    ]
    lines += _more_time(record, trial)
    return "\n".join(lines)


def _nothing_read(record: ExperimentRecord) -> list[str]:
    """What to do where trial 0 succeeded and the run ended all the same: it read no parameter."""
    return [
        "  Does the script run the annotated code? It may import an installed copy, or start python -I,",
        "  which nnic can't compile.",
        f"  Search anyway: {command('resume', record.name, '--keep-going')}",
    ]


def _more_time(record: ExperimentRecord, trial: TrialRecord) -> list[str]:
    """How to go on with a longer limit, which a resume keeps otherwise."""
    limit = record.config.trial_time_s
    if limit is None or trial.error is None or trial.error.kind is not FailureKind.TIME_LIMIT:
        return []
    longer = command("resume", record.name, "--trial-time", f"{2 * limit:g}s")
    retry = "" if trial.baseline else f"{command('retry', record.name)}; "
    return [f"  with more time for each:  {retry}{longer}"]


def _missing_arguments(record: ExperimentRecord, trial: TrialRecord) -> list[str]:
    """Say how a script gets its arguments, when what it printed last asks for some."""
    if trial.error is None or trial.error.kind is not FailureKind.EXIT:
        return []
    asked = next(filter(None, map(_ASKS.search, _last_output(trial))), None)
    if asked is None:
        return []
    names = [name.strip() for name in (asked["names"] or "").split(",") if name.strip()]
    wanted = [word for name in names for word in ((name, "...") if name.startswith("-") else ("...",))]
    given = record.config.argv[3:] if record.config.argv[1:2] == ("-m",) else record.config.argv[2:]
    example = run_again(record.config, [*given, *(wanted or ["..."])])
    return [f"  The script asks for arguments. They come after --: {example}"]


def _failure(trial: TrialRecord, config: RunConfig) -> list[str]:
    error, cwd = trial.error, config.cwd
    if error is None:
        return []
    own = [frame for frame in trial.frames if not _is_library(frame)]
    lines = [_frame(frame, cwd) for frame in own[-MAX_FRAMES:]]
    if len(own) > MAX_FRAMES:
        lines.insert(0, f"  ... {len(own) - MAX_FRAMES} more")
    place = "" if own or not error.line else f"{_relative(error.path, cwd)}:{error.line}  "
    lines.append(f"  {place}{describe_failure(error)}")
    lines += explain_missing(error, config)
    if error.kind == "EOFError":
        lines.append("  (a trial gets no standard input)")
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


def count_failures(trials: Iterable[TrialRecord]) -> str:
    """Return what trials failed of, the most frequent first: ``AssertionError x2, ValueError``."""
    counts = Counter(_kind(trial.error) for trial in trials if trial.error is not None)
    return ", ".join(f"{kind} x{count}" if count > 1 else kind for kind, count in counts.most_common())


def _kind(error: Failure) -> str:
    """Return what happened in few words, without the place."""
    what = " ".join(printable(failures.name_failure(error)).split())
    return what if len(what) <= FEW_WORDS else f"{what[: FEW_WORDS - 1]}…"


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
