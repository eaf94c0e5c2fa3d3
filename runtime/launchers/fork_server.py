"""The supervisor's templates: processes from which trials are forked.

Loaded by the supervisor by path, when a run has a template. A template is a child as trials are, and
what it forks is one too. While it prepares, its trials wait; one that can't serve, takes too long or
dies gives them back, and they are started as processes.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from nnic.runtime.launchers import child_processes, message_codec, messages
    from nnic.runtime.launchers.messages import AttemptKey

    class Host(Protocol):
        """What the fork server uses of the supervisor."""

        poll: select.poll
        spawner: child_processes.Spawner

        def tell(self, event: message_codec.Message) -> None:
            """Send an event to the manager."""

        def adopt(self, pid: int, command: messages.Start, since: int) -> None:
            """Take care of a trial that was forked at ``since`` or later."""

        def signal(self, key: AttemptKey, number: int) -> None:
            """Signal a trial."""

        def start_process(self, command: messages.Start) -> None:
            """Start a trial as a process of its own."""

        def sweep_until_gone(self, marks: list[bytes]) -> None:
            """Kill what has one of the marks in its environment."""
else:
    import child_processes
    import message_codec
    import messages

VARIABLE = "NNIC_TEMPLATE"


class Template:
    """A template, and the starts that it has been asked for, the first of them perhaps under way."""

    def __init__(self, pid: int, channel: socket.socket, command: messages.OpenTemplate) -> None:
        self.number = command.number
        self.pid = pid
        self.channel = channel
        self.varying = command.varying
        self.mark = child_processes.mark_of(command.env)
        self.timeout_s = command.timeout_s
        # When it will have taken too long, by the monotonic clock; None while it may take its time.
        self.deadline: float | None = None
        if command.limit_preparation:
            self.deadline = time.monotonic() + command.timeout_s
        self.doing = ""
        self.ready = False
        self.forking = False
        self.asked = 0  # When it was asked for the trial that it forks, in clock ticks since the boot.
        self.waiting: list[messages.Start] = []
        self.signals: list[int] = []  # They are for the trial that is being forked.
        self.reader = message_codec.Reader(messages.OF_A_TEMPLATE)


class ForkServer:
    """All templates of a supervisor."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.templates: dict[int, Template] = {}

    @property
    def forking(self) -> bool:
        """Whether there may be a trial of which its template has not told yet."""
        return any(template.forking for template in self.templates.values())

    def asked(self) -> list[int]:
        """When the trials of which their templates have not told yet were asked for."""
        return [template.asked for template in self.templates.values() if template.forking]

    def find(self, pid: int) -> Template | None:
        """The template that is this process."""
        return next((t for t in self.templates.values() if t.pid == pid), None)

    def listen(self, descriptor: int) -> None:
        """Take in what the template behind a descriptor says."""
        for template in list(self.templates.values()):
            if template.channel.fileno() == descriptor:
                self.receive(template)

    def open(self, command: messages.OpenTemplate) -> None:
        """Start a template."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                pid = self.host.spawner.spawn(command, **{VARIABLE: theirs.fileno()})
        except OSError as error:
            ours.close()
            problem = f"its process could not be started: {error}"
            self.host.tell(messages.TemplateGone(command.number, problem, killed=False))
            return
        ours.setblocking(False)
        self.templates[command.number] = Template(pid, ours, command)
        self.host.poll.register(ours, select.POLLIN)
        self.host.tell(messages.TemplateStarted(command.number, pid))

    def start(self, command: messages.Start) -> bool:
        """Have a trial forked; false when its template is gone."""
        template = None if command.template is None else self.templates.get(command.template)
        if template is None:
            return False
        template.waiting.append(command)
        self.serve(template)
        return True

    def signal(self, key: AttemptKey, number: int) -> None:
        """Signal a trial that was not forked yet."""
        for template in self.templates.values():
            for command in template.waiting:
                if command.key != key:
                    continue
                if command is template.waiting[0] and template.forking:
                    template.signals.append(number)
                else:
                    template.waiting = [other for other in template.waiting if other is not command]
                    self.host.tell(messages.Exited(key, signal=number))
                return

    def serve(self, template: Template) -> None:
        """Ask for the next trial when the template is free."""
        if not template.ready or template.forking or not template.waiting:
            return
        command = template.waiting[0]
        whole = self.host.spawner.whole_environment(command.env)
        given = {name: whole[name] for name in template.varying if name in whole}
        template.forking = True
        template.asked = child_processes.now()
        template.deadline = time.monotonic() + template.timeout_s
        request = messages.ForkRequest(command.log, given)
        try:
            template.channel.sendall(message_codec.encode(request))
        except OSError:
            self.kill(template)

    def receive(self, template: Template) -> None:
        """Take in what a template has sent; nothing more comes from one that is gone."""
        while True:
            try:
                data = template.channel.recv(1 << 16)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.kill(template)
                return
            try:
                for message in template.reader.feed(data):
                    self.take(template, message)
                    if template.number not in self.templates:
                        return
            except message_codec.MessageError as error:
                self.discard(template, f"it sent a message that its fork server does not know: {error}")
                return

    def take(self, template: Template, message: message_codec.Message) -> None:
        """Carry out what a template's message means."""
        if isinstance(message, messages.Doing):
            template.doing = message.what
        elif isinstance(message, messages.Ready):
            template.ready, template.deadline = True, None
            template.doing = ""
            place = message.file, message.line
            self.host.tell(messages.TemplateReady(template.number, *place, message.drawn))
            self.serve(template)
        elif isinstance(message, messages.Unfit):
            self.discard(template, message.problem)
        else:
            assert isinstance(message, (messages.Forked, messages.ForkRefused))
            self.answer(template, message)

    def answer(self, template: Template, message: messages.Forked | messages.ForkRefused) -> None:
        """A request was carried out, or not."""
        command = template.waiting.pop(0)
        template.forking, template.deadline = False, None
        signals, template.signals = template.signals, []
        if isinstance(message, messages.Forked):
            self.host.adopt(message.pid, command, template.asked)
            for number in signals:
                self.host.signal(command.key, number)
        else:
            self.host.tell(messages.Refused(command.key, message.error))
        self.serve(template)

    def timeout(self) -> float | None:
        """Milliseconds until :meth:`watch` has something to do."""
        deadlines = [t.deadline for t in self.templates.values() if t.deadline is not None]
        return max(0.0, min(deadlines) - time.monotonic()) * 1000 + 1 if deadlines else None

    def watch(self) -> None:
        """End templates that have taken too long."""
        now = time.monotonic()
        for template in list(self.templates.values()):
            if template.deadline is not None and now >= template.deadline:
                what = template.doing or ("a fork" if template.forking else "its start")
                self.discard(template, f"the {what} did not end within {template.timeout_s:g} s")

    def kill(self, template: Template) -> None:
        """End a template; what remains is done when it is found to have ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(template.pid, signal.SIGKILL)

    def finish(self, template: Template) -> None:
        """A template's process has ended, and is still to be collected."""
        self.receive(template)  # What it said before counts.
        if template.number not in self.templates:
            return
        found = os.waitid(os.P_PID, template.pid, os.WEXITED | os.WNOWAIT)
        assert found is not None
        how = f"exited with {found.si_status}"
        if found.si_code != os.CLD_EXITED:
            how = f"was killed by signal {found.si_status}"
        problem = f"its process {how}"
        if template.doing:
            problem = f"its process {how} during the {template.doing}"
        self.discard(template, problem, killed=template.ready)

    def discard(self, template: Template, problem: str, killed: bool = False) -> None:
        """Give up a template; what waits for it is started as processes."""
        host = self.host
        host.poll.unregister(template.channel)
        template.channel.close()
        # What it is about to fork is killed with it. It is collected last: so long no other process can get
        # its group's number.
        child_processes.kill_group(template.pid, signal.SIGKILL)
        os.waitid(os.P_PID, template.pid, os.WEXITED | os.WNOWAIT)
        forking, template.forking = template.forking, False
        marks = [template.mark]
        if forking:
            marks.append(child_processes.mark_of(template.waiting[0].env))
        host.sweep_until_gone(marks)
        del self.templates[template.number]
        os.waitpid(template.pid, 0)
        host.tell(messages.TemplateGone(template.number, problem, killed))
        if forking:
            # It may have been forked, and have reported.
            host.tell(messages.Lost(template.waiting.pop(0).key))
        for command in template.waiting:
            host.start_process(command)
