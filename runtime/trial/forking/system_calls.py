"""Calls of the system that Python has no name for.

What must never be broken here:

- ``ctypes`` is not imported as long as there is ``_ctypes``, which is under it: a trial would find it
  imported.
- What is called takes plain integers, and pointers that are null: ``_ctypes`` checks no types.
- After :meth:`Mark.write` the kernel shows the trial's own directory, or the trial does not start: what a
  trial leaves behind is found by it.
- Threads are set only in libraries that are loaded already.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PR_SET_PDEATHSIG = 1
_SIGKILL = 9
_MARK = b"NNIC_TRIAL_DIR="


def _call(name: str, *arguments: "Any") -> int:
    return _open(None, os.RTLD_NOW)(name)(*arguments)  # type: ignore[no-any-return]


def _open(path: "str | None", mode: int) -> "Callable[[str], Callable[..., Any]]":
    """Return what finds a function of a loaded library, or of any, by its name.

    Raises
    ------
    OSError, AttributeError
        When there is no such library; what it returns raises them when there is no such function.
    """
    try:
        from _ctypes import call_cdeclfunction, dlopen, dlsym
    except ImportError:
        import ctypes

        library = ctypes.CDLL(path, mode)
        return lambda name: getattr(library, name)
    handle = dlopen(path, mode)  # type: ignore[arg-type]

    def find(name: str) -> "Callable[..., Any]":
        address = dlsym(handle, name)
        return lambda *arguments: call_cdeclfunction(address, arguments)

    return find


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends."""
    _call("prctl", _PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


_flush: "Callable[..., Any] | None" = None


def find_flush() -> None:
    """Find the function behind :func:`flush_streams`: at a process' end nothing can be imported."""
    global _flush
    _flush = _open(None, os.RTLD_NOW)("fflush")


def flush_streams() -> None:
    """Flush the streams of C's library: what extensions print."""
    if _flush is None:
        find_flush()
    assert _flush is not None
    _flush(None)


def set_threads(count: "str | None") -> None:
    """Let the libraries that are loaded start as many threads as they would have by themselves.

    Parameters
    ----------
    count
        ``OMP_NUM_THREADS``; ``None`` where it is not set.
    """
    import sys

    cpus = os.sched_getaffinity(0)
    given = int(count) if count is not None and count.isdecimal() else None
    for path in _list_libraries():
        if any(word in path for word in ("openblas", "gomp", "iomp")):
            _call_in(path, _THREAD_SETTERS, given or len(cpus))
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(given or _count_cores(cpus))


_THREAD_SETTERS = (
    "omp_set_num_threads",
    "openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "scipy_openblas_set_num_threads64_",
)


def _list_libraries() -> "set[str]":
    with open("/proc/self/maps") as stream:
        paths = {line.split(None, 5)[5].strip() for line in stream if line.count("/") > 1}
    return {path for path in paths if ".so" in path}


def _call_in(path: str, names: "tuple[str, ...]", argument: int) -> None:
    find = _open(path, os.RTLD_NOW | os.RTLD_NOLOAD)
    for name in names:
        try:
            function = find(name)
        except (OSError, AttributeError):
            continue
        function(argument)


def _count_cores(cpus: "set[int]") -> int:
    """The cores behind these CPUs: torch starts no second thread on one."""
    cores = set()
    for cpu in cpus:
        try:
            with open(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") as stream:
                cores.add(stream.read())
        except OSError:
            cores.add(str(cpu))
    return len(cores)


def name_threads() -> "list[str]":
    """The names of this process' threads but the first."""
    own = str(os.getpid())
    found = []
    for thread in os.listdir("/proc/self/task"):
        if thread != own:
            try:
                with open(f"/proc/self/task/{thread}/comm") as stream:
                    found.append(stream.read().strip())
            except OSError:
                continue
    return found


def fork() -> int:
    """Fork as ``os.fork`` does, without Python's warning of threads: which there are was looked at before."""
    import warnings

    harmless = ("ignore", None, DeprecationWarning, None, 0)
    warnings.filters.insert(0, harmless)  # type: ignore[attr-defined]
    try:
        return os.fork()
    finally:
        if harmless in warnings.filters:
            warnings.filters.remove(harmless)  # type: ignore[attr-defined]


class Mark:
    """The variable in ``/proc/<pid>/environ`` by which the trial of a process is known.

    The file shows the memory in which a process got its environment when it was executed. A forked
    trial has its template's, so it writes its own directory over it.

    Raises
    ------
    OSError
        When the system does not have that.
    """

    def __init__(self) -> None:
        with open("/proc/self/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        with open("/proc/self/environ", "rb") as stream:
            environment = stream.read()
        place = (b"\0" + environment).find(b"\0" + _MARK)
        if place < 0:
            raise OSError(f"{_MARK!r} is not in the environment")
        value = environment[place + len(_MARK) :].split(b"\0")[0]
        self._address = int(fields[47]) + place + len(_MARK)
        self._length = len(value)
        self.write(os.fsdecode(value))

    def write(self, directory: str) -> None:
        """Show ``directory``, which is no longer than what stood there."""
        data = os.fsencode(directory)
        if len(data) > self._length:
            raise OSError(f"{directory} is longer than the template's directory")
        memory = os.open("/proc/self/mem", os.O_RDWR | os.O_CLOEXEC)
        try:
            os.pwrite(memory, data.ljust(self._length, b"\0"), self._address)
        finally:
            os.close(memory)
        with open("/proc/self/environ", "rb") as stream:
            if b"\0" + _MARK + data + b"\0" not in b"\0" + stream.read():
                raise OSError("the environment that others see cannot be changed")
