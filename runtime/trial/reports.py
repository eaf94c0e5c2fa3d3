"""Reports of a trial: to the manager through the channel, without one to stderr."""

import sys
import time

from nnic.runtime.trial import channel, messages, metrics, ranks
from nnic.runtime.trial.assignment import Assignment, in_main_process

# The exit status of a script that was stopped at a report: what shells call an end by SIGTERM.
STOPPED = 143
# How long a report waits for its answer at most, and the shortest wait in which one can come.
LONGEST_WAIT_S = 0.25
SHORTEST_WAIT_S = 0.0002

_last: "float | None" = None


def report(given: Assignment, kind: str, metric: object) -> None:
    """Report a metric; ``kind`` is ``intermediate`` or ``final``.

    Raises
    ------
    TypeError, ValueError
        When it is no metric and there is a manager, which is told so first.
    OSError
        When the metrics file can't be written.
    """
    if not ranks.is_first():
        return
    if given.trial is None:
        _print(kind, metric)
        return
    try:
        read = metrics.read_metric(f"report_{kind}_result", metric)
    except (TypeError, ValueError) as error:
        channel.append(given, messages.invalid(kind, str(error)))
        raise
    channel.append(given, messages.result(kind, read.value, read.metrics, read.extra))
    if kind == messages.INTERMEDIATE:
        _stop_if_told(given)


def _stop_if_told(given: Assignment) -> None:
    """End the script where the manager says so: with its ``finally`` blocks and ``atexit`` callbacks.

    The wait for the answer is a hundredth of the time since the last report, so a trial takes at most
    one per cent longer for it.
    """
    global _last
    since_s = time.process_time() if _last is None else time.monotonic() - _last
    wait_s = min(LONGEST_WAIT_S, since_s / 100)
    told = channel.heed(wait_s if given.judged and wait_s > SHORTEST_WAIT_S else 0.0)
    _last = time.monotonic()
    # Another process or thread would end alone: there the manager's signal has to do it.
    if told and in_main_process() and _is_main_thread():
        channel.append(given, messages.stopping())
        raise SystemExit(STOPPED)


def _is_main_thread() -> bool:
    threading = sys.modules.get("threading")
    return threading is None or threading.current_thread() is threading.main_thread()


def _print(kind: str, metric: object) -> None:
    number = metrics.as_number(metric)
    if sys.stderr is not None:
        print(f"nnic: {kind} result: {metric if number is None else number}", file=sys.stderr, flush=True)
