"""The guard: the process that the supervisor is forked from, which ends what a killed supervisor leaves.

Loaded by the supervisor by path, so with the standard library and the files beside it alone. Processes
that lose their parent become children of the supervisor, and those that lose the supervisor become
children of the guard. So when the manager and the supervisor are killed in the same instant, there is
still one process that finds all that the trials have left, also what has cleaned its environment and
begun a session of its own. The guard also lets a supervisor go on that something has stopped.
"""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nnic.runtime.launchers import child_processes
else:
    import child_processes

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36


def hold(manager: int) -> int:
    """A descriptor of the manager's process, -1 where a kernel before 5.3 has none; ends when it is gone."""
    try:
        descriptor = os.pidfd_open(manager)
    except (OSError, AttributeError):
        descriptor = -1
    if os.getppid() != manager:
        sys.exit()
    return descriptor


def fork_supervisor(prctl: Callable[..., int], descriptors: Iterable[int]) -> None:
    """Fork the supervisor from this process, and return in it; this process becomes the guard.

    Parameters
    ----------
    prctl
        The system's, which ``os`` does not have.
    descriptors
        They are the supervisor's alone: the manager hears of its end from a socket that nobody else holds.
    """
    guard = os.getpid()
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    supervisor = os.fork()
    if supervisor == 0:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != guard:
            os._exit(1)  # The guard ended before the kernel knew what to do then.
        return
    try:
        for descriptor in descriptors:
            os.close(descriptor)
        _guard(supervisor, prctl)
    finally:
        os._exit(0)


def _guard(supervisor: int, prctl: Callable[..., int]) -> None:
    """Wait for the end of the supervisor, then end what it has left."""
    prctl(PR_SET_NAME, b"nnic-guard", 0, 0, 0)
    # A guard that is stopped together with the supervisor goes on when the manager ends.
    prctl(PR_SET_PDEATHSIG, signal.SIGCONT, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child_processes.send(supervisor, signal.SIGTERM))
    while True:
        found = os.waitid(os.P_PID, supervisor, os.WEXITED | os.WSTOPPED)
        if found is None or found.si_code not in (os.CLD_STOPPED, os.CLD_TRAPPED):
            break
        child_processes.send(supervisor, signal.SIGCONT)
    child_processes.end_children(os.getpid())
