"""What the trial's main process tells at its end: why it failed, and which parameters it read."""

import os
import sys

from nnic.runtime.trial import channel, messages
from nnic.runtime.trial.assignment import Assignment

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
        tell_reads(given, keys, own, [] if program is None else list_uncompiled(program))


def tell_reads(
    given: Assignment, keys: "list[str]", own: "dict[str, object]", uncompiled: "list[str] | None" = None
) -> None:
    """Tell which parameters were asked for, what was there instead, and what was not compiled."""
    finite = {k: v for k, v in own.items() if not isinstance(v, float) or v - v == 0}
    _append(given, messages.reads(keys, finite, uncompiled or []))


def tell_fork_point(given: Assignment, seconds: float, at: str) -> None:
    """Tell after how long, and where, as ``train.py:31``, the script asked for what is the trial's own."""
    _append(given, messages.fork_point(seconds, at))


def list_uncompiled(program: "Snapshot") -> "list[str]":
    """List the modules below the code directory that hold annotations and are no part of the program."""
    root = os.path.realpath(program.code_dir) + os.sep
    environment = os.path.realpath(sys.prefix) + os.sep
    found = []
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or not path.endswith(".py"):
            continue
        real = os.path.realpath(path)
        if real.startswith(root) and not real.startswith(environment) and not program.find_real(path):
            try:
                with open(real, "rb") as file:
                    annotated = b"@nni." in file.read()
            except OSError:
                continue
            if annotated:
                found.append(real[len(root) :])
    return sorted(set(found))


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
