"""Starts each trial as a new process, under a supervisor, or has it forked from a template.

A process of its own is the reference: everywhere, always right.
"""

from __future__ import annotations

import contextlib
import os
import selectors
from collections.abc import Sequence
from pathlib import Path

from nnic.runtime import faults
from nnic.runtime.launchers import message_codec, messages
from nnic.runtime.launchers.base import (
    Exit,
    Exited,
    Happening,
    Key,
    Launch,
    LauncherError,
    Lost,
    Notice,
    Started,
)
from nnic.runtime.launchers.channel import Channel
from nnic.runtime.launchers.client import SupervisorClient, adopt_orphans
from nnic.runtime.launchers.running_attempt import RunningAttempt
from nnic.runtime.launchers.surroundings import prepare, trial_environment
from nnic.runtime.launchers.templates import Templates
from nnic.runtime.processes import TRIAL_MARK, children, identify, kill_adopted, kill_marked
from nnic.runtime.trial.messages import STOP, taken_in

MAX_SUPERVISORS = 4


class SpawnLauncher:
    """See :class:`nnic.runtime.launchers.base.Launcher`.

    Parameters
    ----------
    directory
        The experiment's folder; attempts' folders lie below it.
    max_output_bytes
        What is kept of an ``output.log``; where the file system cannot give back what is too much,
        its trial is ended as failed.
    templates
        Where trials are forked from; ``None`` for new processes only.
    """

    def __init__(
        self, directory: Path, max_output_bytes: int = 1 << 26, templates: Templates | None = None
    ) -> None:
        self._directory = directory
        self._max_output_bytes = max_output_bytes
        self._templates = templates
        self._malformed = 0
        self._told_unknown = False
        self._attempts: dict[Key, RunningAttempt] = {}
        self._known: set[Key] = set()
        self._queue: list[Happening] = []
        self._supervisor: SupervisorClient | None = None
        self._supervisors = 0
        self._others: set[int] = set()  # Children of this process that are no trial's.
        self._broken = ""  # It says why no trial can be started any more.
        self._closed = False
        self._channel = Channel()
        self._woken, self.wake_descriptor = os.pipe()
        for descriptor in (self._woken, self.wake_descriptor):
            os.set_blocking(descriptor, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._channel, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        adopt_orphans(True)

    @property
    def malformed(self) -> int:
        """Messages and lines that were no part of the protocol."""
        return self._malformed + self._channel.malformed

    def start(self, launch: Launch) -> None:
        """See the protocol."""
        self._attempts[launch.key] = RunningAttempt(launch, self._max_output_bytes)
        self._known.add(launch.key)
        try:
            prepare(launch)
        except OSError as error:
            self._end(launch.key, Exit(problem=str(error), kind="launch"))
            return
        environment = trial_environment(launch, self._channel.address)
        try:
            supervisor = self._supervise()
        except LauncherError as error:
            self._broken = str(error)
            return
        template = None
        if self._templates is not None:
            opening, template = self._templates.choose(launch, environment)
            if opening is not None:
                supervisor.send(opening)
        log = str(launch.directory / "output.log")
        cwd = str(launch.cwd)
        supervisor.send(messages.Start(launch.key, launch.argv, cwd, environment, log, template))

    def answer(self, key: Key, sequence: int) -> None:
        """See the protocol."""
        self._channel.answer(key, taken_in(sequence))

    def ask_to_stop(self, key: Key) -> bool:
        """See the protocol."""
        return key in self._attempts and self._channel.answer(key, STOP)

    def terminate(self, key: Key) -> None:
        """See the protocol."""
        self._signal(key, 15)

    def kill(self, key: Key) -> None:
        """See the protocol."""
        self._signal(key, 9)

    def wait(self, timeout_s: float) -> Sequence[Happening]:
        """See the protocol."""
        if self._broken:
            raise LauncherError(self._broken)
        timeout_s = 0.0 if self._queue else max(0.0, timeout_s)
        if self._supervisor is not None:
            self._supervisor.let_go_on()
        for ready, _ in self._selector.select(timeout_s):
            if ready.fileobj is self._channel:
                self._read_announced()
            elif ready.fileobj is self._supervisor:
                self._receive_events()
            else:
                os.read(self._woken, 4096)
        self._check_outputs()
        happenings, self._queue = self._queue, []
        return happenings

    def wake(self) -> None:
        """See the protocol."""
        with contextlib.suppress(OSError):  # It is full and wakes anyway, or nobody waits any more.
            os.write(self.wake_descriptor, b"\0")

    def close(self) -> None:
        """See the protocol."""
        if self._closed:
            return
        self._closed = True
        if self._supervisor is not None:
            self._kill_rest(guarded=self._supervisor.close())
        for attempt in self._attempts.values():
            attempt.close()
        self._selector.close()
        self._channel.close()
        os.close(self._woken)
        os.close(self.wake_descriptor)
        adopt_orphans(False)

    def _supervise(self) -> SupervisorClient:
        if self._supervisor is None:
            if self._supervisors == MAX_SUPERVISORS:
                raise LauncherError(f"the supervisor process was killed {MAX_SUPERVISORS} times")
            self._supervisors += 1
            self._others = children()
            try:
                self._supervisor = SupervisorClient(self._directory)
            except OSError as error:
                raise LauncherError(f"cannot start the supervisor process: {error}") from error
            self._selector.register(self._supervisor, selectors.EVENT_READ)
        return self._supervisor

    def _signal(self, key: Key, number: int) -> None:
        if key in self._attempts and self._supervisor is not None:
            self._supervisor.send(messages.Signal(key, number))

    def _read_announced(self) -> None:
        for trial, number in self._channel.receive():
            attempt = self._attempts.get(Key(trial, number))
            if attempt is not None:
                self._read(attempt)
                continue
            self._channel.forget((trial, number))
            self._malformed += Key(trial, number) not in self._known

    def _read(self, attempt: RunningAttempt, ended: bool = False) -> None:
        self._queue.extend(attempt.read(ended))
        if attempt.unknown and not self._told_unknown:
            self._told_unknown = True  # Once: a script may write as many as it likes.
            text = f"trial {attempt.key.trial} sent a message {attempt.unknown}, which was ignored"
            self._queue.append(Notice(text))

    def _receive_events(self) -> None:
        assert self._supervisor is not None
        try:
            events = self._supervisor.receive()
        except message_codec.MessageError as error:
            self._broken = f"the supervisor process sent a message that this nnic does not know: {error}"
            return
        if events is None:
            self._recover()
            return
        for event in events:
            self._take(event)

    def _take(self, event: message_codec.Message) -> None:
        """Take in an event of the supervisor's."""
        if isinstance(event, messages.Serving):
            faults.register("supervisor", event.pid)
        elif isinstance(event, messages.Fault):
            self._broken = event.problem
        elif isinstance(event, messages.Started):
            self._queue.append(Started(Key(*event.key), identify(event.pid)))
        elif isinstance(event, messages.Refused):
            self._end(Key(*event.key), Exit(problem=event.error, kind="launch"))
        elif isinstance(event, messages.Exited):
            key = Key(*event.key)
            self._end(key, self._attempts[key].exit(event.code, event.signal))
        elif isinstance(event, messages.Lost):
            self._end(Key(*event.key), "the process that was forking it was killed")
        else:
            self._take_template(event)

    def _take_template(self, event: message_codec.Message) -> None:
        """Take in an event about a template."""
        assert self._templates is not None
        if isinstance(event, messages.TemplateStarted):
            faults.register("template", event.pid)
        elif isinstance(event, messages.TemplateReady):
            texts = self._templates.begin(event.file, event.line, event.drawn)
            self._queue.extend(Notice(text) for text in texts)
        else:
            assert isinstance(event, messages.TemplateGone)
            text = self._templates.lose(event.number, event.problem, event.killed)
            if text:
                self._queue.append(Notice(text))

    def _end(self, key: Key, how: Exit | str) -> None:
        """An attempt is over; ``how`` is the reason where it was lost."""
        attempt = self._attempts.pop(key)
        self._channel.forget(key)
        self._read(attempt, ended=True)
        self._malformed += attempt.malformed
        attempt.finish()
        self._queue.append(Lost(key, how) if isinstance(how, str) else Exited(key, how))

    def _recover(self) -> None:
        """The supervisor was killed: its trials died with it, and its guard has ended what they left."""
        assert self._supervisor is not None
        self._selector.unregister(self._supervisor)
        self._kill_rest(guarded=self._supervisor.collect())
        self._supervisor = None
        if self._templates is not None:
            self._templates.forget()
        for key in list(self._attempts):
            self._end(key, "the supervisor process was killed")

    def _kill_rest(self, guarded: bool) -> None:
        """Kill what the trials of a supervisor that is gone have left; its guard has left nothing."""
        prefix = f"{self._directory}{os.sep}"
        kill_marked(TRIAL_MARK, lambda value: value.startswith(prefix))
        if not guarded:
            kill_adopted(self._others)  # These are processes that have hidden their mark.

    def _check_outputs(self) -> None:
        for attempt in self._attempts.values():
            if attempt.bound_output():
                self.kill(attempt.key)
