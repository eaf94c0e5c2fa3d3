"""The supervisor's templates: processes from which trials are forked.

Loaded by the supervisor by path, when a run has a template. A template is a child as trials are, and
what it forks is one too. While it loads, its trials wait; one that can't serve, takes too long or
dies gives them back, and they are started as processes.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nnic.runtime.launchers.supervisor import Supervisor

VARIABLE = "NNIC_TEMPLATE"


class Template:
    """A template, and the starts that it has been asked for, the first of them perhaps under way."""

    def __init__(self, number: int, pid: int, channel: socket.socket, command: dict[str, Any]) -> None:
        self.number = number
        self.pid = pid
        self.channel = channel
        self.varying = command["varying"]
        self.mark = b"NNIC_TRIAL_DIR=" + os.fsencode(command["env"]["NNIC_TRIAL_DIR"])
        self.deadline: float | None = None
        if command["hurried"]:
            self.deadline = time.monotonic() + command["patience_s"]
        self.patience_s = command["patience_s"]
        self.doing = ""
        self.ready = False
        self.forking = False
        self.waiting: list[dict[str, Any]] = []
        self.signals: list[int] = []  # for the trial that is being forked
        self.rest = b""


class ForkServer:
    """All templates of a supervisor."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.templates: dict[int, Template] = {}

    @property
    def forking(self) -> bool:
        """Whether there may be a trial of which its template has not told yet."""
        return any(template.forking for template in self.templates.values())

    def find(self, pid: int) -> Template | None:
        """The template that is this process."""
        return next((t for t in self.templates.values() if t.pid == pid), None)

    def listen(self, descriptor: int) -> None:
        """Take in what the template behind a descriptor says."""
        for template in list(self.templates.values()):
            if template.channel.fileno() == descriptor:
                self.hear(template)

    def open(self, command: dict[str, Any]) -> None:
        """Start a template."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                command["env"][VARIABLE] = str(theirs.fileno())
                pid = self.supervisor.spawn(command, theirs.fileno())
        except OSError as error:
            ours.close()
            self.tell(command["number"], problem=f"its process could not be started: {error}", killed=False)
            return
        ours.setblocking(False)
        self.templates[command["number"]] = Template(command["number"], pid, ours, command)
        self.supervisor.poll.register(ours, select.POLLIN)
        self.supervisor.tell({"event": "template", "number": command["number"], "pid": pid})

    def start(self, command: dict[str, Any]) -> bool:
        """Have a trial forked; false when its template is gone."""
        template = self.templates.get(command["template"])
        if template is None:
            return False
        template.waiting.append(command)
        self.serve(template)
        return True

    def signal(self, name: object, number: int) -> None:
        """Signal a trial that was not forked yet."""
        for template in self.templates.values():
            for command in template.waiting:
                if command["id"] != name:
                    continue
                if command is template.waiting[0] and template.forking:
                    template.signals.append(number)
                else:
                    template.waiting.remove(command)
                    self.supervisor.tell({"event": "exited", "id": name, "signal": number})
                return

    def serve(self, template: Template) -> None:
        """Ask for the next trial when the template is free."""
        if not template.ready or template.forking or not template.waiting:
            return
        command = template.waiting[0]
        whole = {**self.supervisor.base, **command["env"]}
        given = {name: whole[name] for name in template.varying if name in whole}
        request = {"cwd": command["cwd"], "log": command["log"], "env": given}
        template.forking = True
        template.deadline = time.monotonic() + template.patience_s
        try:
            template.channel.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            self.kill(template)

    def hear(self, template: Template) -> None:
        """Take in what a template says; nothing more comes from one that is gone."""
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
            *lines, template.rest = (template.rest + data).split(b"\n")
            for line in lines:
                self.take(template, json.loads(line))
                if template.number not in self.templates:
                    return

    def take(self, template: Template, event: dict[str, Any]) -> None:
        """Carry out what a template's message means."""
        kind = event["event"]
        if kind == "doing":
            template.doing = event["what"]
        elif kind == "ready":
            template.ready, template.deadline = True, None
            template.doing = ""
            self.tell(template.number, at=event.get("at", ""), drawn=event.get("drawn", []))
            self.serve(template)
        elif kind == "unfit":
            self.discard(template, event["problem"])
        else:
            self.answer(template, event)

    def answer(self, template: Template, event: dict[str, Any]) -> None:
        """A request was carried out, or not."""
        command = template.waiting.pop(0)
        template.forking, template.deadline = False, None
        signals, template.signals = template.signals, []
        if event["event"] == "forked":
            self.supervisor.adopt(event["pid"], command)
            for number in signals:
                self.supervisor.signal(command["id"], number)
        else:
            self.supervisor.tell({"event": "refused", "id": command["id"], "error": event["error"]})
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
                self.discard(template, f"the {what} did not end within {template.patience_s:g} s")

    def kill(self, template: Template) -> None:
        """End a template; what remains is done when it is found to have ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(template.pid, signal.SIGKILL)

    def bury(self, template: Template) -> None:
        """A template's process has ended, and is still to be collected."""
        self.hear(template)  # what it said before counts
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
        supervisor = self.supervisor
        supervisor.poll.unregister(template.channel)
        template.channel.close()
        # Collected last: so long no other process can get its group's number.
        self.end_group(template)
        forking, template.forking = template.forking, False
        marks = [template.mark]
        if forking:
            marks.append(b"NNIC_TRIAL_DIR=" + os.fsencode(template.waiting[0]["env"]["NNIC_TRIAL_DIR"]))
        supervisor.sweep_until_gone(marks)
        del self.templates[template.number]
        os.waitpid(template.pid, 0)
        self.tell(template.number, problem=problem, killed=killed)
        if forking:
            # It may have been forked, and have reported.
            supervisor.tell({"event": "lost", "id": template.waiting.pop(0)["id"]})
        for command in template.waiting:
            supervisor.start_process(command)

    def end_group(self, template: Template) -> None:
        """Kill a template and what it is about to fork."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(template.pid, signal.SIGKILL)
        os.waitid(os.P_PID, template.pid, os.WEXITED | os.WNOWAIT)

    def tell(self, number: int, **what: object) -> None:
        """Tell the manager of a template."""
        self.supervisor.tell({"event": "template", "number": number, **what})
