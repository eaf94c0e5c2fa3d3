"""Tells the manager that the script has ended while threads or processes that it started go on.

The interpreter waits for threads that are no daemons, and ``multiprocessing`` for its processes, so a trial
could run for ever after its result. The manager gives them some time, then ends them.
"""

import sys

from nnic.runtime.trial import assignment, channel, messages

_told: "set[str]" = set()


def watch() -> None:
    """Have the manager told at the script's end; called again, it comes before what was registered since."""
    # Called where the interpreter begins to wait for threads; those of executors are joined there too.
    register = getattr(sys.modules.get("threading"), "_register_atexit", None)
    if register is None or not assignment.in_main_process():
        return  # There are no threads, nor processes of multiprocessing.
    try:
        register(_tell_holders)
    except RuntimeError:
        _tell_holders()  # The script has ended: it is one of its threads that reports.


def _tell_holders() -> None:
    try:
        _tell(_list_holders())
    except Exception:
        return  # An error of ours has no place in the script's output.


def _list_holders() -> "list[str]":
    threading = sys.modules["threading"]
    main = threading.main_thread()
    threads = [thread.name for thread in threading.enumerate() if not thread.daemon and thread is not main]
    children = list(getattr(sys.modules.get("multiprocessing.process"), "_children", ()))
    processes = [child.name for child in children if not child.daemon and child.is_alive()]
    return [f"the thread {name}" for name in threads] + [f"the process {name}" for name in processes]


def _tell(holders: "list[str]") -> None:
    if assignment.in_main_process() and not _told.issuperset(holders):
        _told.update(holders)
        channel.append(assignment.process.given, messages.script_ended(holders))
