"""The supervisor: a small process between the manager and the trials, so that nothing survives.

Run by path as ``python -I -S supervisor.py FD PID`` with the standard library and the files beside it
alone; never imported by the manager. It is single-threaded, has a session of its own (a terminal's Ctrl-C
does not reach it), and adopts whatever trials leave behind (``PR_SET_CHILD_SUBREAPER``). When the manager
(PID) or its socket (FD) ends it kills everything and waits until no child is left. When it is itself
killed, the kernel kills the trials (``PR_SET_PDEATHSIG``) and hands their descendants to the guard
(``guard.py``), which kills them.

The socket carries the commands and events of ``messages.py``.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # Importing typing costs a tenth of the start.
    from collections.abc import Callable

    from nnic.runtime.launchers import child_processes, guard, message_codec, messages
    from nnic.runtime.launchers.fork_server import ForkServer
    from nnic.runtime.launchers.messages import AttemptKey
else:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import child_processes
    import guard
    import message_codec
    import messages

    del sys.path[0]

LOOK_MS = 5000.0
SWEEP_TIMEOUT_S = 5.0
CLEANING_TIMEOUT_S = 2.0


class Supervisor:
    """Starts trials, tells how they end, and sweeps what they leave.

    Parameters
    ----------
    channel
        The socket to the manager.
    manager
        A descriptor of the manager's process; -1 where there is none, and the socket alone has to tell.
        The socket does not end with the manager as long as something has inherited the other end: a
        process that a tuner forked.
    """

    def __init__(self, channel: socket.socket, manager: int, prctl: Callable[..., int]) -> None:
        self.channel = channel
        self.manager = manager
        self.pid = os.getpid()
        prctl(guard.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        prctl(guard.PR_SET_NAME, b"nnic-supervisor", 0, 0, 0)
        self.trials: dict[int, tuple[AttemptKey, bytes, int]] = {}  # By pid: attempt, mark, and its start.
        base = {k: v for k, v in os.environ.items() if k not in ("NNIC_SUPERVISOR", "NNIC_FAULT")}
        self.spawner = child_processes.Spawner(prctl, base)
        self.over = False
        self.fork_server: ForkServer | None = None
        signal.signal(signal.SIGTERM, self.on_terminate)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # Python's handlers run when the poll returns; a signal makes this pipe readable, so it does.
        self.wakeup, write_end = os.pipe()
        for descriptor in (self.wakeup, write_end):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        self.poll = select.poll()

    def on_terminate(self, *_: object) -> None:
        """Handle SIGTERM."""
        self.over = True

    def serve(self) -> None:
        """Work until the manager is gone or says so."""
        self.poll.register(self.channel, select.POLLIN)
        self.poll.register(self.wakeup, select.POLLIN)
        if self.manager >= 0:
            self.poll.register(self.manager, select.POLLIN)
        self.tell(messages.Serving(self.pid))
        commands = message_codec.Reader(messages.COMMANDS)
        while not self.over:
            timeout = None if self.fork_server is None else self.fork_server.timeout()
            # A child's end that nothing has told of is found some seconds later.
            timeout = LOOK_MS if timeout is None else min(timeout, LOOK_MS)
            for descriptor, _ in self.poll.poll(timeout):
                if descriptor == self.wakeup:
                    os.read(self.wakeup, 4096)
                elif descriptor == self.manager:
                    self.over = True
                elif descriptor == self.channel.fileno():
                    self.listen(commands)
                elif self.fork_server is not None:
                    self.fork_server.listen(descriptor)
            self.reap()
            if self.fork_server is not None:
                self.fork_server.watch()
        self.end_all()

    def listen(self, commands: message_codec.Reader) -> None:
        """Carry out what the manager has sent; what it may not send ends everything."""
        try:
            data = self.channel.recv(1 << 20)
        except OSError:
            data = b""
        if not data:
            self.over = True
        try:
            for command in commands.feed(data):
                self.obey(command)
        except message_codec.MessageError as error:
            problem = f"the manager sent a message that its supervisor does not know: {error}"
            print(problem, file=sys.stderr, flush=True)
            self.tell(messages.Fault(problem))
            self.over = True

    def obey(self, command: message_codec.Message) -> None:
        """Carry out a command."""
        if isinstance(command, messages.Start):
            if self.fork_server is None or not self.fork_server.start(command):
                self.start_process(command)
        elif isinstance(command, messages.Signal):
            self.signal(command.key, command.number)
        elif isinstance(command, messages.OpenTemplate):
            if self.fork_server is None:
                self.fork_server = load_fork_server()(self)
            self.fork_server.open(command)
        else:
            assert isinstance(command, messages.Close)
            self.over = True

    def signal(self, key: AttemptKey, number: int) -> None:
        """Signal the processes of a trial."""
        for pid, (other, *_) in self.trials.items():
            if other == key:
                if number == signal.SIGKILL:
                    child_processes.kill(pid)  # The others are killed when it has ended.
                else:
                    child_processes.kill_group(pid, number)
                return
        if self.fork_server is not None:
            self.fork_server.signal(key, number)

    def start_process(self, command: messages.Start) -> None:
        """Start a trial in a session of its own."""
        since = child_processes.now()
        try:
            pid = self.spawner.spawn(command)
        except OSError as error:
            self.tell(messages.Refused(command.key, child_processes.describe(error)))
            return
        self.adopt(pid, command, since)

    def adopt(self, pid: int, command: messages.Start, since: int) -> None:
        """Take care of a trial that runs, and was started at ``since`` or later."""
        self.trials[pid] = (command.key, child_processes.mark_of(command.env), since)
        self.tell(messages.Started(command.key, pid))

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
                self.fork_server.finish(template)
            elif self.fork_server and self.fork_server.forking:
                return  # It may be a trial that its template is about to tell of.
            else:
                os.waitpid(found.si_pid, 0)

    def finish(self, pid: int) -> None:
        """Sweep what an ended trial left, then tell how it ended."""
        key, mark, _ = self.trials[pid]
        self.let_clean_up(pid, mark)
        child_processes.kill_group(pid, signal.SIGKILL)
        self.sweep_until_gone([mark], self.oldest(besides=pid))
        _, status = os.waitpid(pid, 0)
        del self.trials[pid]
        code = os.waitstatus_to_exitcode(status)
        self.tell(messages.Exited(key, code=code) if code >= 0 else messages.Exited(key, signal=-code))

    def oldest(self, besides: int) -> int:
        """The start of the trial that runs for the longest time.

        An orphan without a mark that was started before is of a trial that has ended.
        """
        starts = [since for pid, (_, _, since) in self.trials.items() if pid != besides]
        if self.fork_server is not None:
            starts.extend(self.fork_server.asked())
        return min(starts, default=sys.maxsize)

    def let_clean_up(self, trial: int, mark: bytes) -> None:
        """Give the processes that clean up after a trial, if it has any, the time to do so.

        They end when they are the last: what else the trial has left is killed before.
        """
        deadline = time.monotonic() + CLEANING_TIMEOUT_S
        while time.monotonic() < deadline:
            left = [pid for pid in child_processes.list_children(self.pid) if pid not in self.trials]
            left = [pid for pid in left if mark in child_processes.environment(pid)]
            cleaners = [pid for pid in left if child_processes.is_cleaner(pid)]
            if not cleaners:
                return
            for pid in set(left) - set(cleaners):
                child_processes.kill(pid)
            time.sleep(0.005)

    def sweep_until_gone(self, marks: list[bytes], before: int = 0) -> None:
        """Kill the orphans that have one of the marks, and those that come after them.

        Parameters
        ----------
        before
            Kill what was started before this time too, whatever its marks.
        """
        deadline = time.monotonic() + SWEEP_TIMEOUT_S
        while self.sweep(marks, before) and time.monotonic() < deadline:
            time.sleep(0.001)

    def sweep(self, marks: list[bytes], before: int) -> bool:
        """Kill the orphans of a trial or a template once; whether there were any."""
        found = False
        for pid in child_processes.list_children(self.pid):
            if pid in self.trials or (self.fork_server and self.fork_server.find(pid)):
                continue
            if self.fork_server and self.fork_server.forking:
                if child_processes.has_ended(pid):
                    continue  # Collected by reap, when it is known what it was.
            elif os.waitpid(pid, os.WNOHANG)[0] == pid:
                continue
            old = child_processes.started_at(pid) < before
            if old or not set(marks).isdisjoint(child_processes.environment(pid)):
                found = child_processes.kill(pid) or found
        return found

    def tell(self, event: message_codec.Message) -> None:
        """Send an event; a manager that is gone is noticed by ``serve``."""
        try:
            self.channel.sendall(message_codec.encode(event))
        except OSError:
            self.over = True

    def end_all(self) -> None:
        """Kill every descendant, and return when there is none that can be killed."""
        for pid in self.trials:
            child_processes.kill_group(pid, signal.SIGKILL)
        child_processes.end_children(self.pid)


def load_fork_server() -> type[ForkServer]:
    """The class, from the file beside this one: this process has no path to import from."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    try:
        from fork_server import ForkServer  # type: ignore[import-not-found]
    finally:
        del sys.path[0]
    return ForkServer  # type: ignore[no-any-return]


def main(channel: int, manager: int) -> None:
    """Become the supervisor and its guard."""
    os.set_inheritable(channel, False)
    held = guard.hold(manager)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    guard.fork_supervisor(prctl, [descriptor for descriptor in (channel, held) if descriptor >= 0])
    Supervisor(socket.socket(fileno=channel), held, prctl).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
