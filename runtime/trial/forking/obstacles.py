"""What a process has that its forked children would share, or find too old."""

import os
import sys

from nnic.runtime.trial import stdlib
from nnic.runtime.trial.forking import system_calls as system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot

_HARMLESS = frozenset({"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"})


def find_obstacle(own: int) -> str:
    """Say what keeps this process from being forked, as what something "has" done; ``""`` for nothing.

    Parameters
    ----------
    own
        A descriptor that is ours.
    """
    return (
        _find_threads()
        or _find_children()
        or _find_descriptors(own)
        or _find_mappings()
        or _find_connections()
        or _find_hooks()
    )


def _find_threads() -> str:
    if not system.name_threads():
        return ""
    # Some libraries end their idle threads before a fork and start them again when they need them.
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    left = system.name_threads()
    return f"started threads ({', '.join(sorted(set(left)))})" if left else ""


def _find_children() -> str:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return ""
    return "started a process"


def _find_descriptors(own: int) -> str:
    for name in os.listdir("/proc/self/fd"):
        if int(name) in (0, 1, 2, own):
            continue
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:  # that of the listing
            continue
        if target == f"/proc/{os.getpid()}/fd" or target in _HARMLESS:
            continue
        if os.path.basename(target).startswith("libffi"):
            continue  # maps pages of itself where it makes code, and reads nothing
        if target.startswith("/dev/nvidia"):
            if "uvm" in target:
                return "initialised CUDA"
            continue  # asked for GPUs, without CUDA
        return f"opened {target}" if target.startswith("/") else f"opened a {target.partition(':')[0]}"
    return ""


def _find_mappings() -> str:
    with open("/proc/self/maps") as stream:
        for line in stream:
            fields = line.split(None, 5)
            path = fields[5].strip() if len(fields) > 5 else "no file"
            if fields[1][1] == "w" and fields[1][3] == "s" and not path.startswith("/dev/nvidia"):
                return f"shares memory with other processes ({path})"
    return ""


def _find_connections() -> str:
    sqlite = sys.modules.get("_sqlite3")
    if sqlite is None:
        return ""
    import gc

    # By type: isinstance would wake the lazy objects of torch.
    kind = sqlite.Connection
    for found in gc.get_objects():
        if type(found) is kind:
            try:
                found.total_changes  # noqa: B018
            except Exception:  # it is closed
                continue
            return "opened an sqlite connection"
    return ""


def _find_hooks() -> str:
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return "traces what runs"
    signal = sys.modules.get("signal")
    if signal is not None and any(signal.getitimer(which)[0] for which in (0, 1, 2)):
        return "set a timer"
    return ""


def is_users(program: "Snapshot", path: str) -> bool:
    """Whether a file belongs to the code directory, which an environment within it does not."""
    real, root = os.path.realpath(path), os.path.realpath(program.code_dir)
    if real != root and not real.startswith(root + "/"):
        return False
    environments = {os.path.realpath(place) for place in (sys.prefix, sys.base_prefix)} - {root}
    return not any(real.startswith(environment + "/") for environment in environments)


def check_modules(program: "Snapshot") -> None:
    """Refuse to go on when something has imported one of the user's own modules.

    Raises
    ------
    Unfit
        Naming it.
    """
    from nnic.runtime.trial.forking.template import Unfit

    script = sys.modules["__main__"]  # multiprocessing gives it a second name
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None) if module is not script else None
        # torch has modules whose file, "_ops.py", is nowhere.
        if not isinstance(path, str) or name.startswith("nnic.") or not os.path.exists(path):
            continue
        if is_users(program, path):
            raise Unfit(f"the imports import {name} ({path}), which is the program's own")


def take_signals() -> "dict[int, Any]":
    """Give signals with handlers of imported modules their defaults while the template serves."""
    signal = _signals()
    taken = {}
    for number in range(1, signal.NSIG):
        try:
            handler = signal.getsignal(number)
        except ValueError:
            continue
        if callable(handler) and handler is not signal.default_int_handler:
            taken[number] = signal.signal(number, signal.SIG_DFL)
    return taken


def refresh(signals: "dict[int, Any]") -> None:
    """Make a forked process what it would be if it had been started now."""
    import time

    signal = _signals()
    for number, handler in signals.items():
        signal.signal(number, handler)
    logging = sys.modules.get("logging")
    if logging is not None and hasattr(logging, "_startTime"):
        # Records tell the time since logging was imported; 3.13 counts in nanoseconds.
        whole = isinstance(logging._startTime, int)
        setattr(logging, "_startTime", time.time_ns() if whole else time.time())  # noqa: B010
    threading = sys.modules.get("threading")
    renumber = None if threading is None else getattr(threading.main_thread(), "_set_native_id", None)
    if renumber is not None:
        renumber()


def _signals() -> "Any":
    return stdlib.load("_signal", "signal", "signal", "getsignal", "default_int_handler", "SIG_DFL", "NSIG")
