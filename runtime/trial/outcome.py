"""What the trial's main process tells at its end: why it failed, and which parameters it read."""

import os
import sys

from nnic.runtime.trial import channel, messages, rereading
from nnic.runtime.trial.assignment import Assignment, process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from nnic.runtime.trial.snapshot import Snapshot


def tell(given: Assignment, keys: "list[str]", own: "dict[str, object]", program: "Snapshot | None") -> None:
    """Tell both, and the values that were the script's ``own``.

    Called at exit, when the interpreter has shown an uncaught exception.
    """
    error = uncaught_exception()
    if error is not None:
        _append(given, describe_failure(error, "" if program is None else program.code_dir))
    if given.baseline:
        uncompiled = [] if program is None else list_uncompiled(program)
        reread = [] if program is None else rereading.list_reread(program, process.loaded)
        _append(given, messages.reads(keys, _finite(own), uncompiled, reread, True))


def tell_reads(given: Assignment, keys: "list[str]", own: "dict[str, object]") -> None:
    """Tell which parameters a process other than the main one asked for, and what was there instead."""
    _append(given, messages.reads(keys, _finite(own), [], [], False))


def _finite(own: "dict[str, object]") -> "dict[str, object]":
    return {k: v for k, v in own.items() if not isinstance(v, float) or v - v == 0}


def tell_fork_point(given: Assignment, seconds: float, at: str) -> None:
    """Tell after how long, and where, as ``train.py:31``, the script asked for what is the trial's own."""
    _append(given, messages.fork_point(seconds, at))


def list_uncompiled(program: "Snapshot") -> "list[str]":
    """List the files that were loaded, hold annotations and are no part of the program.

    Those of Python's environments and of nnic itself are no user's. Paths are relative to the code
    directory, or absolute outside of it.
    """
    root = os.path.realpath(program.code_dir) + os.sep
    modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    environments = {
        sys.prefix,
        sys.base_prefix,
        os.path.dirname(os.__file__),
        f"{ours}/nnic",
        f"{ours}/runtime",
    }
    found = set()
    for path in {*modules, *process.loaded}:
        if not isinstance(path, str) or not path.endswith(".py") or program.find_real(path):
            continue
        real = os.path.realpath(path)
        installed = "site-packages" in real or any(rereading.is_below(real, e) for e in environments)
        if not installed and _is_annotated(real):
            found.add(real[len(root) :] if real.startswith(root) else real)
    return sorted(found)


def _is_annotated(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return b"@nni." in file.read()
    except OSError:
        return False


def uncaught_exception() -> "BaseException | None":
    """Return the exception that ends this process, if one does.

    The interpreter leaves it in :mod:`sys` before it calls ``sys.excepthook``, which stays the
    user's alone.
    """
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if not isinstance(error, BaseException):
        # Before 3.12 a C function may leave the exception's text only.
        return None
    trace = error.__traceback__
    # An extension that prints an exception leaves it too, from a deeper frame, and goes on.
    while trace is not None and trace.tb_frame.f_globals.get("__name__") == "runpy":
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_globals.get("__name__") == "__main__":
        return error
    return None


def describe_failure(error: BaseException, code_dir: str) -> "dict[str, object]":
    """Build the message about an uncaught exception."""
    frames = _list_frames(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename:
        frames.append([error.filename, error.lineno or 0, "<module>"])
    own = [frame for frame in frames if code_dir and str(frame[0]).startswith(code_dir + os.sep)]
    path, line, _ = own[-1] if own else frames[-1] if frames else ("", 0, "")
    try:
        message = str(error)
    except Exception:
        message = "(its text can't be shown)"
    return messages.failed(type(error).__qualname__, message, frames, str(path), line)


def _list_frames(trace: "TracebackType | None") -> "list[list[str | int]]":
    frames: list[list[str | int]] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append([code.co_filename, trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    return frames


def _append(given: Assignment, record: "dict[str, object]") -> None:
    try:
        channel.append(given, record)
    except OSError:
        # The script's own message and exit code are what counts now.
        return
