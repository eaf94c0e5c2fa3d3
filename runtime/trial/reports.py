"""Reports of a trial: to the manager through the channel, without one to stderr."""

import sys
import time

from nnic.runtime.trial import channel, lingering, messages, metrics, ranks, stopping
from nnic.runtime.trial.assignment import Assignment

# How long a report waits for its answer at most, and the shortest wait in which one can come.
LONGEST_WAIT_S = 0.25
SHORTEST_WAIT_S = 0.0002

_last: "float | None" = None


def report(given: Assignment, kind: str, metric: object) -> None:
    """Report a metric, ``intermediate`` or ``final``, and end the script where the manager says so.

    Raises
    ------
    TypeError, ValueError
        When it is no metric and there is a manager, which is told so first.
    OSError
        When the metrics file can't be written.
    """
    told = _submit(given, kind, metric)
    if kind == messages.INTERMEDIATE:
        stopping.end_script(given, told)


def report_and_decide(given: Assignment, kind: str, metric: object) -> bool:
    """Do as :func:`report`, but return whether the script is to stop instead of ending it."""
    told = _submit(given, kind, metric)
    return stopping.decide(given, told)


def should_stop(given: Assignment) -> bool:
    """Whether the script is to stop, as far as this process has been told."""
    return stopping.decide(given, channel.heed(0.0))


def _submit(given: Assignment, kind: str, metric: object) -> bool:
    """Write and send a report; return whether the manager tells this process to stop."""
    if kind == messages.INTERMEDIATE:
        stopping.count_report()
    if not ranks.is_first():
        return False
    if given.trial is None:
        _print(kind, metric)
        return False
    try:
        read = metrics.read_metric(f"report_{kind}_result", metric)
    except (TypeError, ValueError) as error:
        channel.append(given, messages.invalid(kind, str(error)))
        raise
    channel.append(given, messages.result(kind, read.value, read.metrics, read.extra))
    if kind == messages.FINAL:
        lingering.watch()
    return kind == messages.INTERMEDIATE and _is_told(given)


def _is_told(given: Assignment) -> bool:
    """Whether the manager tells this process to stop.

    The wait for the answer is a hundredth of the time since the last report, so a trial takes at most
    one per cent longer for it.
    """
    global _last
    since_s = time.process_time() if _last is None else time.monotonic() - _last
    wait_s = min(LONGEST_WAIT_S, since_s / 100)
    told = channel.heed(wait_s if given.judged and wait_s > SHORTEST_WAIT_S else 0.0)
    _last = time.monotonic()
    return told


def _print(kind: str, metric: object) -> None:
    number = metrics.as_number(metric)
    if sys.stderr is not None:
        print(f"nnic: {kind} result: {metric if number is None else number}", file=sys.stderr, flush=True)
