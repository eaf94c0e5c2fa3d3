"""What a process has that its forked children would share, or find too old.

What must never be broken here:

- What is found here was seen to go wrong: a shared file offset gave two trials disjoint rows of one file,
  with no error. What can't be told for sure counts as an obstacle.
- Objects are looked through by ``type(found) is``. ``isinstance`` wakes the lazy attributes of torch.
- Nothing here changes the process that it looks at, but for what is named so and is put back in the trial:
  the handlers of signals, and the bars of tqdm.
- CUDA is never asked, only looked for: asking initialises it.
"""

import os
import sys

from nnic.runtime.trial import stdlib
from nnic.runtime.trial.forking import system_calls as system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot

THREAD = "thread"
PROCESS = "process"
FILE = "file"
SOCKET = "socket"
MEMORY = "memory"
SQLITE = "sqlite"
CUDA = "cuda"
HOOK = "hook"

# The background thread of jemalloc, which pyarrow starts when it is imported (by pandas, too). jemalloc stops
# it before a fork and starts it again in the child (``pthread_atfork``); seen with pyarrow 26.0.1.
_SURVIVES_A_FORK = frozenset({"jemalloc_bg_thd"})
_HARMLESS = frozenset({"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"})


class Unfit(Exception):
    """Why trials can't be forked from this process."""


class Obstacle:
    """Something that keeps a process from being forked.

    Parameters
    ----------
    text
        What was done, to follow the name of what did it: "opened /data/rows.bin".
    path
        Of an open file.
    """

    def __init__(self, kind: str, text: str, path: str = "") -> None:
        self.kind = kind
        self.text = text
        self.path = path


def find_obstacle(own: int) -> "Obstacle | None":
    """Find what keeps this process from being forked.

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


def _find_threads() -> "Obstacle | None":
    if not _list_threads():
        return None
    # Some libraries end their idle threads before a fork and start them again when they need them.
    pid = system.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    left = _list_threads()
    if not left:
        return None
    return Obstacle(THREAD, f"started threads ({', '.join(sorted(set(left)))})")


def _list_threads() -> "list[str]":
    return [name for name in system.name_threads() if name not in _SURVIVES_A_FORK]


def _find_children() -> "Obstacle | None":
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return Obstacle(PROCESS, "started a process")


def _find_descriptors(own: int) -> "Obstacle | None":
    for name in os.listdir("/proc/self/fd"):
        if int(name) in (0, 1, 2, own):
            continue
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            # This is the descriptor of the listing itself, which is closed by now.
            continue
        if target == f"/proc/{os.getpid()}/fd" or target in _HARMLESS:
            continue
        if os.path.basename(target).startswith("libffi"):
            continue  # It maps pages of itself where it makes code, and reads nothing.
        if target.startswith("/dev/nvidia"):
            if "uvm" in target:
                return Obstacle(CUDA, "initialised CUDA")
            continue  # It was asked which GPUs there are, without CUDA.
        if target.startswith("/"):
            return Obstacle(FILE, f"opened {target}", target)
        what = target.partition(":")[0]  # The kernel writes "socket:[12345]".
        return Obstacle(SOCKET if what == "socket" else FILE, f"opened a {what}")
    return None


def _find_mappings() -> "Obstacle | None":
    with open("/proc/self/maps") as stream:
        for line in stream:
            fields = line.split(None, 5)
            path = fields[5].strip() if len(fields) > 5 else "no file"
            if fields[1][1] == "w" and fields[1][3] == "s" and not path.startswith("/dev/nvidia"):
                return Obstacle(MEMORY, f"shares memory with other processes ({path})")
    return None


def _find_connections() -> "Obstacle | None":
    sqlite = sys.modules.get("_sqlite3")
    if sqlite is None:
        return None
    import gc

    # Compared by type, since isinstance would wake the lazy objects of torch.
    kind = sqlite.Connection
    for found in gc.get_objects():
        if type(found) is kind:
            try:
                found.total_changes  # noqa: B018
            except Exception:
                continue  # It is closed.
            return Obstacle(SQLITE, "opened an sqlite connection")
    return None


def _find_hooks() -> "Obstacle | None":
    if sys.gettrace() is not None or sys.getprofile() is not None:
        return Obstacle(HOOK, "traces what runs")
    signal = sys.modules.get("signal")
    if signal is not None and any(signal.getitimer(which)[0] for which in (0, 1, 2)):
        return Obstacle(HOOK, "set a timer")
    return None


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
    script = sys.modules["__main__"]  # It may have a second name, which multiprocessing gives it.
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None) if module is not script else None
        # The modules of torch include some whose file, "_ops.py", is nowhere.
        if not isinstance(path, str) or name.startswith("nnic.") or not os.path.exists(path):
            continue
        if is_users(program, path):
            raise Unfit(f"the imports import {name} ({path}), which belongs to the program")


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


def end_tqdm() -> None:
    """End the monitor of tqdm's progress bars, which the next bar starts again, and let go of the lock
    that its processes share."""
    bars = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if bars is None:
        return
    if bars.monitor is not None:
        bars.monitor.exit()
        bars.monitor = None
    lock = sys.modules["tqdm.std"].TqdmDefaultWriteLock
    if hasattr(bars, "_lock"):
        bars._lock = lock.th_lock
    if hasattr(lock, "mp_lock"):
        del lock.mp_lock


def renew_tqdm() -> None:
    """Give the bars of a trial a lock that its own processes share."""
    bars = getattr(sys.modules.get("tqdm.std"), "tqdm", None)
    if bars is not None and hasattr(bars, "_lock"):
        bars._lock = sys.modules["tqdm.std"].TqdmDefaultWriteLock()
