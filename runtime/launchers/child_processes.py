"""The supervisor's children: started, found, and ended.

Loaded by the supervisor by path, so with the standard library and the files beside it alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nnic.runtime.launchers import message_codec, messages
else:
    import message_codec
    import messages

PR_SET_PDEATHSIG = 1
ENVIRONMENT_TRIES = 5


class Spawner:
    """Forks and executes; made while the signals are as the user's shell has set them.

    Parameters
    ----------
    prctl
        The system's, which ``os`` does not have.
    base
        The environment that every child's own variables are added to.
    """

    def __init__(self, prctl: Callable[..., int], base: Mapping[str, str]) -> None:
        self._prctl = prctl
        self._base = base
        self._pid = os.getpid()
        # What the user's shell set (nohup ignores SIGHUP) holds for trials; the supervisor's own does not.
        self._dispositions = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)}
        for number in self._dispositions:
            signal.signal(number, signal.SIG_IGN)

    def whole_environment(self, own: Mapping[str, str]) -> dict[str, str]:
        """The environment of a child that has these variables of its own."""
        return {**self._base, **own}

    def spawn(self, command: messages.Start | messages.OpenTemplate, **inherited: int) -> int:
        """Fork and execute; the pid.

        Parameters
        ----------
        inherited
            Descriptors that the child keeps, by the variable that tells it their number.

        Raises
        ------
        OSError
            When it could not be executed.
        """
        log = os.open(command.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        told, tell = os.pipe()
        try:
            pid = os.fork()
            if pid == 0:
                for descriptor in inherited.values():
                    os.set_inheritable(descriptor, True)
                variables = {name: str(descriptor) for name, descriptor in inherited.items()}
                self._become(command, variables, (null, log, log), tell)
            os.close(tell)
            tell = -1
            problem = os.read(told, 1 << 16)
        finally:
            for descriptor in (log, null, told, tell):
                if descriptor >= 0:
                    os.close(descriptor)
        if problem:
            os.waitpid(pid, 0)
            failure = message_codec.decode(problem.rstrip(), (messages.NotExecuted,))
            assert isinstance(failure, messages.NotExecuted)
            raise OSError(failure.number, os.strerror(failure.number), failure.path)
        return pid

    def _become(
        self,
        command: messages.Start | messages.OpenTemplate,
        variables: Mapping[str, str],
        streams: tuple[int, int, int],
        tell: int,
    ) -> None:
        """Turn the forked child into what was asked for; does not return."""
        what = command.argv[0]
        try:
            os.setsid()
            self._prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != self._pid:
                os._exit(1)  # The supervisor ended before the kernel knew what to do then.
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            for number, disposition in self._dispositions.items():
                signal.signal(number, signal.SIG_IGN if disposition is signal.SIG_IGN else signal.SIG_DFL)
            for target, source in enumerate(streams):
                os.dup2(source, target)
            what = command.cwd
            os.chdir(what)
            what = command.argv[0]
            os.execvpe(what, command.argv, {**self._base, **command.env, **variables})
        except OSError as error:
            os.write(tell, message_codec.encode(messages.NotExecuted(error.errno or errno.EINVAL, what)))
        finally:
            os._exit(127)


def list_children(pid: int) -> list[int]:
    """The children of this process, whose own ``pid`` is given."""
    try:
        with open(f"/proc/self/task/{pid}/children", "rb") as stream:
            return [int(child) for child in stream.read().split()]
    except FileNotFoundError:
        # This kernel was built without CONFIG_PROC_CHILDREN.
        return [int(n) for n in os.listdir("/proc") if n.isdecimal() and _parent(int(n)) == pid]


def has_ended(pid: int) -> bool:
    """Whether a child has ended and is still to be collected."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def send(pid: int, number: int) -> None:
    """Signal a child that may be gone."""
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def kill_group(pid: int, number: int) -> None:
    """Signal a process group that may be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def kill(pid: int) -> bool:
    """Kill a child; whether that was allowed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return False
    return True


def end_children(own: int) -> None:
    """Kill every descendant of this process, ``own``, and return when there is none that can be killed."""
    while True:
        killed = [kill(pid) for pid in list_children(own)]
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        if not any(killed):
            return  # What is left belongs to another user (sudo), and is theirs to end.
        time.sleep(0.001)


def now() -> int:
    """The time as the starts of processes are told, in clock ticks since the boot."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK") // 1_000_000_000


def started_at(pid: int) -> int:
    """When a process was started, in clock ticks since the boot; after everything when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            # The second field is the command in parentheses, which may hold anything.
            return int(stream.read().rpartition(b")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return sys.maxsize


def environment(pid: int) -> list[bytes]:
    """The environment of a process; looked at again when it is empty, as it is during an exec."""
    for _ in range(ENVIRONMENT_TRIES):
        try:
            with open(f"/proc/{pid}/environ", "rb") as stream:
                data = stream.read()
        except OSError:
            return []
        if data:
            return data.split(b"\0")
        time.sleep(0.001)
    return []


def _parent(pid: int) -> int:
    """The parent of a process, 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            return int(stream.read().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


# Processes that remove what their program has in shared memory when it is gone: those of multiprocessing and
# loky, and torch's. They are the only ones that know what is theirs.
_CLEANERS = (b"resource_tracker", b"torch_shm_manager")


def is_cleaner(pid: int) -> bool:
    """Whether a process ends by itself when its program is gone, and cleans up before."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as stream:
            command = stream.read()
    except OSError:
        return False
    return any(name in command for name in _CLEANERS)


def describe(error: OSError) -> str:
    """An error for a person."""
    return f"{error.strerror}: {error.filename!r}" if error.filename else str(error)


def mark_of(variables: Mapping[str, str]) -> bytes:
    """The entry of a process' environment by which what it leaves behind is found."""
    return b"NNIC_TRIAL_DIR=" + os.fsencode(variables["NNIC_TRIAL_DIR"])
