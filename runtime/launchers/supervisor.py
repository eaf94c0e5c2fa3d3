"""The supervisor: a small process between the manager and the trials, so that nothing survives.

Run by path as ``python -I -S supervisor.py FD PID`` with the standard library alone; never imported by
the manager. It is single-threaded, has a session of its own (a terminal's Ctrl-C does not reach
it), and adopts whatever trials leave behind (``PR_SET_CHILD_SUBREAPER``). When the manager (PID) or its
socket ends it kills everything and waits until no child is left. When it is itself killed, the kernel
kills the trials (``PR_SET_PDEATHSIG``) and hands their descendants to the manager.

The socket carries JSON lines. In: ``start`` (id, argv, cwd, env, log, and template: the number of the
one to fork from), ``signal`` (id, number), ``template`` (number, argv, cwd, env, log, varying,
patience_s, hurried), ``close``. Out: ``started`` (id, pid), ``refused`` (id, error), ``exited`` (id, code or
signal), ``lost`` (id): after these two no process of that trial is left; ``template`` (number, and pid;
or at and drawn: it serves; or problem and killed: it is gone).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import select
import signal
import socket
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing costs a tenth of the start
    from typing import Any

    from nnic.runtime.launchers.fork_server import ForkServer

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36
MARK = b"NNIC_TRIAL_DIR="
LOOK_AGAIN = 5
PATIENCE_S = 5.0


class Supervisor:
    """Starts trials, tells how they end, and sweeps what they leave."""

    def __init__(self, channel: socket.socket, manager: int) -> None:
        self.channel = channel
        self.pid = os.getpid()
        self.prctl = ctypes.CDLL(None, use_errno=True).prctl
        self.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.prctl(PR_SET_NAME, b"nnic-supervisor", 0, 0, 0)
        self.trials: dict[int, tuple[str, bytes]] = {}  # pid: (id, mark)
        self.base = {k: v for k, v in os.environ.items() if k not in ("NNIC_SUPERVISOR", "NNIC_FAULT")}
        # What the user's shell set (nohup ignores SIGHUP) holds for trials; ours does not.
        self.dispositions = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)}
        for number in self.dispositions:
            signal.signal(number, signal.SIG_IGN)
        self.over = False
        self.manager = self.watch(manager)
        self.fork_server: ForkServer | None = None
        signal.signal(signal.SIGTERM, self.on_terminate)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.bell, write_end = os.pipe()
        for descriptor in (self.bell, write_end):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)

    def watch(self, manager: int) -> int:
        """Hold the manager's process; -1 where a kernel before 5.3 cannot, and the socket alone has to tell.

        It does not end with the manager as long as something has inherited the other end: a process that a
        tuner forked.
        """
        try:
            descriptor = os.pidfd_open(manager)
        except (OSError, AttributeError):
            descriptor = -1
        if os.getppid() != manager:
            self.over = True
        return descriptor

    def on_terminate(self, *_: object) -> None:
        """Handle SIGTERM."""
        self.over = True

    def serve(self) -> None:
        """Work until the manager is gone or says so."""
        self.poll = select.poll()
        self.poll.register(self.channel, select.POLLIN)
        self.poll.register(self.bell, select.POLLIN)
        if self.manager >= 0:
            self.poll.register(self.manager, select.POLLIN)
        buffer = b""
        while not self.over:
            for descriptor, _ in self.poll.poll(
                None if self.fork_server is None else self.fork_server.timeout()
            ):
                if descriptor == self.bell:
                    os.read(self.bell, 4096)
                    continue
                if descriptor == self.manager:
                    self.over = True
                    continue
                if self.fork_server is not None and descriptor != self.channel.fileno():
                    self.fork_server.listen(descriptor)
                    continue
                try:
                    data = self.channel.recv(1 << 20)
                except OSError:
                    data = b""
                if not data:
                    self.over = True
                *lines, buffer = (buffer + data).split(b"\n")
                for line in lines:
                    self.obey(json.loads(line))
            self.reap()
            if self.fork_server is not None:
                self.fork_server.watch()
        self.end_all()

    def obey(self, command: dict[str, Any]) -> None:
        """Carry out a command."""
        if command["op"] == "start":
            fork_server = self.fork_server if command.get("template") is not None else None
            if fork_server is None or not fork_server.start(command):
                self.start_process(command)
        elif command["op"] == "signal":
            self.signal(command["id"], command["number"])
        elif command["op"] == "template":
            if self.fork_server is None:
                self.fork_server = load_fork_server()(self)
            self.fork_server.open(command)
        elif command["op"] == "close":
            self.over = True

    def signal(self, name: str, number: int) -> None:
        """Signal the processes of a trial."""
        for pid, (other, _) in self.trials.items():
            if other == name:
                kill_group(pid, number)
                return
        if self.fork_server is not None:
            self.fork_server.signal(name, number)

    def start_process(self, command: dict[str, Any]) -> None:
        """Start a trial in a session of its own."""
        try:
            pid = self.spawn(command)
        except OSError as error:
            self.tell({"event": "refused", "id": command["id"], "error": describe(error)})
            return
        self.adopt(pid, command)

    def adopt(self, pid: int, command: dict[str, Any]) -> None:
        """Take care of a trial that runs."""
        mark = MARK + os.fsencode(command["env"]["NNIC_TRIAL_DIR"])
        self.trials[pid] = (command["id"], mark)
        self.tell({"event": "started", "id": command["id"], "pid": pid})

    def spawn(self, command: dict[str, Any], kept: int = -1) -> int:
        """Fork and execute; the pid. The descriptor ``kept`` is inherited."""
        log = os.open(command["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        told, tell = os.pipe()
        try:
            pid = os.fork()
            if pid == 0:
                if kept >= 0:
                    os.set_inheritable(kept, True)
                self.become(command, log, null, tell)
            os.close(tell)
            tell = -1
            problem = os.read(told, 4096)
        finally:
            for descriptor in (log, null, told, tell):
                if descriptor >= 0:
                    os.close(descriptor)
        if problem:
            os.waitpid(pid, 0)
            number, _, path = problem.partition(b" ")
            raise OSError(int(number), os.strerror(int(number)), os.fsdecode(path))
        return pid

    def become(self, command: dict[str, Any], log: int, null: int, tell: int) -> None:
        """Turn the forked child into the trial; does not return."""
        what = command["argv"][0]
        try:
            os.setsid()
            self.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != self.pid:
                os._exit(1)  # the supervisor ended before the kernel knew what to do then
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            for number, disposition in self.dispositions.items():
                signal.signal(number, signal.SIG_IGN if disposition is signal.SIG_IGN else signal.SIG_DFL)
            for source, target in ((null, 0), (log, 1), (log, 2)):
                os.dup2(source, target)
            what = command["cwd"]
            os.chdir(what)
            what = command["argv"][0]
            os.execvpe(what, command["argv"], {**self.base, **command["env"]})
        except OSError as error:
            os.write(tell, b"%d %s" % (error.errno or errno.EINVAL, os.fsencode(what)))
        finally:
            os._exit(127)

    def reap(self) -> None:
        """Take in every child that has ended."""
        while True:
            try:
                # Left as a zombie for now: so long no other process can get its group's number.
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None:
                return
            template = self.fork_server and self.fork_server.find(found.si_pid)
            if found.si_pid in self.trials:
                self.finish(found.si_pid)
            elif self.fork_server and template:
                self.fork_server.bury(template)
            elif self.fork_server and self.fork_server.forking:
                return  # it may be a trial that its template is about to tell of
            else:
                os.waitpid(found.si_pid, 0)

    def finish(self, pid: int) -> None:
        """Sweep what an ended trial left, then tell how it ended."""
        name, mark = self.trials[pid]
        kill_group(pid, signal.SIGKILL)
        # With one trial, an orphan without a mark can only be that trial's.
        alone = len(self.trials) == 1 and not (self.fork_server and self.fork_server.forking)
        self.sweep_until_gone([mark], alone)
        _, status = os.waitpid(pid, 0)
        del self.trials[pid]
        code = os.waitstatus_to_exitcode(status)
        self.tell({"event": "exited", "id": name, "code": code} if code >= 0
                  else {"event": "exited", "id": name, "signal": -code})  # fmt: skip

    def sweep_until_gone(self, marks: list[bytes], alone: bool = False) -> None:
        """Kill the orphans that have one of the marks, and those that come after them."""
        deadline = time.monotonic() + PATIENCE_S
        while self.sweep(marks, alone) and time.monotonic() < deadline:
            time.sleep(0.001)

    def sweep(self, marks: list[bytes], alone: bool) -> bool:
        """Kill the orphans of a trial or a template once; whether there were any."""
        found = False
        for pid in self.children():
            if pid in self.trials or (self.fork_server and self.fork_server.find(pid)):
                continue
            if self.fork_server and self.fork_server.forking:
                if ended(pid):
                    continue  # collected by reap, when it is known what it was
            elif os.waitpid(pid, os.WNOHANG)[0] == pid:
                continue
            if alone or not set(marks).isdisjoint(environment(pid)):
                found = kill(pid) or found
        return found

    def children(self) -> list[int]:
        """This process's children."""
        try:
            with open(f"/proc/self/task/{self.pid}/children", "rb") as stream:
                return [int(pid) for pid in stream.read().split()]
        except FileNotFoundError:  # a kernel without CONFIG_PROC_CHILDREN
            return [int(n) for n in os.listdir("/proc") if n.isdecimal() and parent(int(n)) == self.pid]

    def tell(self, event: dict[str, Any]) -> None:
        """Send an event; a manager that is gone is noticed by ``serve``."""
        try:
            self.channel.sendall(json.dumps(event).encode() + b"\n")
        except OSError:
            self.over = True

    def end_all(self) -> None:
        """Kill every descendant, and return when there is none that can be killed."""
        for pid in self.trials:
            kill_group(pid, signal.SIGKILL)
        while True:
            killed = [kill(pid) for pid in self.children()]
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            if not any(killed):
                return  # what is left belongs to another user (sudo), and is his to end
            time.sleep(0.001)


def ended(pid: int) -> bool:
    """Whether a child has ended and is still to be collected."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def load_fork_server() -> type[ForkServer]:
    """The class, from the file beside this one: this process has no path to import from."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    try:
        from fork_server import ForkServer  # type: ignore[import-not-found]
    finally:
        del sys.path[0]
    return ForkServer  # type: ignore[no-any-return]


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


def environment(pid: int) -> list[bytes]:
    """The environment of a process; looked at again when it is empty, as it is during an exec."""
    for _ in range(LOOK_AGAIN):
        try:
            with open(f"/proc/{pid}/environ", "rb") as stream:
                data = stream.read()
        except OSError:
            return []
        if data:
            return data.split(b"\0")
        time.sleep(0.001)
    return []


def parent(pid: int) -> int:
    """The parent of a process, 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            return int(stream.read().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def describe(error: OSError) -> str:
    """An error for a person."""
    return f"{error.strerror}: {error.filename!r}" if error.filename else str(error)


if __name__ == "__main__":
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    Supervisor(socket.socket(fileno=descriptor), int(sys.argv[2])).serve()
