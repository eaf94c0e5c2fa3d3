"""Ends a trial that was forked: as the interpreter would, but for taking down what it shares.

Tearing down the modules that a template imported ahead costs more than most trials' starts
(torch: 0.3 s), and is of no use. So the last of the exit callbacks leaves, with the exit code that
the interpreter would have had. The code of an uncaught ``SystemExit`` is seen by nobody in Python;
to see it without a frame below the user's, the script runs as the ``flush`` of a buffered writer,
whose ``close`` adds the script's exception to one of ours, in C.

What must never be broken here:

- The exit code, what is shown of an uncaught exception, the order of exit callbacks and finalisers, and
  what ends up in open files are those of a process of its own. ``tests/runtime_tests/forking`` compares.
- There is no Python frame of ours below the user's, not even while an exception passes.
- Whatever about the end is not as usual (other threads, streams that can't be flushed, MPI) is left to the
  interpreter: :func:`_leave` then returns and does nothing.
- Objects of the user's are told their end (``__del__``) although the process is left with ``os._exit``.
- Whatever fails here fails in silence: a trial's output is the script's.
"""

import _thread
import atexit
import os
import sys
from io import BufferedWriter

from nnic.runtime.trial import stdlib
from nnic.runtime.trial.forking import system_calls as system
from nnic.runtime.trial.forking import taking_down

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# A script may replace them.
_exit, _getpid, _kill = os._exit, os.getpid, os.kill
_signal = stdlib.load("_signal", "signal", "signal", "SIGINT", "SIG_DFL")
_warnings = stdlib.load("_warnings", "warnings", "filters")

# Modules that have work to do at the process' own end, which os._exit would skip.
_NEED_A_FULL_END = frozenset({"mpi4py", "mpi4py.MPI"})

_status: "int | None" = None
_interrupted = False
_before_fork: "Callable[[BaseException | None], None] | None" = None


class _End(SystemExit):
    """Raised when the script has ended; its context is what the script ended with."""

    @property
    def code(self) -> "Any":  # type: ignore[override]
        """Asked by the interpreter for the exit code, after which it calls the exit callbacks."""
        global _status, _interrupted
        error = self.__context__
        if _before_fork is not None:
            _before_fork(error)
        code: Any = None
        if isinstance(error, SystemExit):
            code = error.code
        elif error is not None:
            code = show(error)
            _interrupted = isinstance(error, KeyboardInterrupt) and type(error) is KeyboardInterrupt
        _status = _as_status(code)
        return code


class _Raw:
    """What the writer writes to: nothing."""

    closed = False

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def close(self) -> None:
        """Called by the writer when the script has ended."""
        self.closed = True
        raise _End


class _Writer(BufferedWriter):
    """A writer whose ``flush`` can be replaced; a class of Python's has attributes."""


def wrap(run: "Callable[[], object]") -> "Callable[[], object]":
    """Return what runs ``run`` in C and ends with an :class:`_End` in any case."""
    writer = _Writer(_Raw())  # type: ignore[arg-type]
    writer.flush = run  # type: ignore[assignment, method-assign]
    return writer.close


def report_before_fork(report: "Callable[[BaseException | None], None] | None") -> None:
    """Have ``report`` called with what the script ended with, while this process is not a trial's yet.

    It does not return. None takes that back, in the trial.
    """
    global _before_fork
    _before_fork = report


def leave_last() -> None:
    """Have this process, and those that it forks, leave after all other exit callbacks; called first."""
    system.find_flush()
    atexit.register(_leave)


def show(error: BaseException) -> "object":
    """Do what the interpreter does with an uncaught exception; return the exit code."""
    trace = error.__traceback__
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, trace
    hook = getattr(sys, "excepthook", None)
    if hook is None:
        _write("sys.excepthook is missing\n")
        hook = sys.__excepthook__
    sys.audit("sys.excepthook", hook, type(error), error, trace)
    try:
        hook(type(error), error, trace)
    except SystemExit as end:
        return end.code
    except BaseException as second:
        _write("Error in sys.excepthook:\n")
        # The traceback is shown without the frame of this function.
        below = second.__traceback__.tb_next if second.__traceback__ is not None else None
        second = second.with_traceback(below)
        second.__context__ = None if second.__context__ is error else second.__context__
        sys.__excepthook__(type(second), second, below)
        _write("\nOriginal exception was:\n")
        sys.__excepthook__(type(error), error, trace)
    return 1


def _write(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(text)


def _as_status(code: object) -> int:
    if code is None:
        return 0
    if not isinstance(code, int):
        return 1
    return code & 0xFF if -(1 << 63) <= code < 1 << 63 else 0xFF


def _leave() -> None:
    """Leave, unless something about the end is not as usual: then the interpreter goes on with it."""
    try:
        if not _can_leave():
            return
        _flush_standard()
    except BaseException:
        return
    status, interrupted = _status, _interrupted
    _take_down()
    try:
        taking_down.flush_all()
        if interrupted:
            _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
            _kill(_getpid(), _signal.SIGINT)
    finally:
        _exit(status or 0)


def _take_down() -> None:
    try:
        taking_down.take_down()
    except BaseException:
        return  # What was not taken down goes with the process.


def _can_leave() -> bool:
    """Whether the script has ended, and nothing is left that only the interpreter can end.

    Other threads end when it takes the lock away from them, and a warning of a file that was left open
    would name a line of ours.
    """
    usual = not _has_threads() and _NEED_A_FULL_END.isdisjoint(sys.modules)
    return _status is not None and usual and not _warns_of_open_files()


def _warns_of_open_files() -> bool:
    filters = getattr(sys.modules.get("warnings"), "filters", None) or _warnings.filters
    for action, message, category, module, line in filters:
        if message is None and module is None and not line and issubclass(ResourceWarning, category):
            return bool(action != "ignore")
    return False


def _flush_standard() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()


def _has_threads() -> bool:
    """Whether threads of Python's run beside the first, or any at all where that can't be told."""
    count = getattr(_thread, "_count", None)
    return bool(system.name_threads() if count is None else count())
