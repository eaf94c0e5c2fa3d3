"""Forks a process and turns it into a trial, as the supervisor would have started it.

The supervisor is the parent of forked trials too, so that all that it does for them stays as it is: the
template forks a process that forks the trial and ends, and the orphan becomes the supervisor's child.

What must never be broken here:

- A trial that is told as forked has the supervisor as its parent and dies with it, has a session of its
  own, its own directory, environment and output, and shows its own directory in ``/proc/<pid>/environ``.
  The sweep after a trial and the cleaning after a kill find its processes by these.
- All streams, of Python and of C, are flushed before a fork; text in a buffer would be printed twice.
- What goes wrong before the process is a trial is answered with a refusal and ends that process only.
- A process whose template is gone by the time that it is a trial ends: nobody would be told of it.
- Variables of the environment that only the template has are gone before the user's code goes on.
"""

import os
import sys

from nnic.runtime.trial import assignment, hook
from nnic.runtime.trial.forking import messages
from nnic.runtime.trial.forking import system_calls as system


class Child:
    """Forks trials.

    Parameters
    ----------
    printed
        The file of what the template itself printed, which every trial's output begins with.
    variables
        The environment variables of the template that are taken from every trial.
    """

    def __init__(self, connection: messages.Connection, printed: str, variables: "tuple[str, ...]") -> None:
        self._connection = connection
        self._printed = printed
        self._variables = variables
        self._parent = os.getppid()
        self._pipe = -1

    def fork(self, request: messages.ForkRequest, mark: system.Mark) -> "messages.Record | None":
        """Fork a trial; return what is to be told of it, and in the trial None.

        Raises
        ------
        OSError
            When the system forks no process.
        """
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
        system.flush_streams()
        read_end, self._pipe = os.pipe()
        try:
            middle = system.fork()
        except OSError:
            os.close(read_end)
            os.close(self._pipe)
            raise
        if middle == 0:
            middle = os.getpid()
            if self._fork_trial():
                os._exit(0)
            os.close(read_end)
            self._become(request, mark, middle)
            return None
        os.close(self._pipe)
        try:
            told = {record["kind"]: record for record in map(messages.read, _read_all(read_end).splitlines())}
            os.waitpid(middle, 0)
        except OSError:
            # A trial may run of which this process knows nothing. When it ends, the fork server ends that
            # trial and gives it back.
            os._exit(1)
        return (
            told.get(messages.REFUSED)
            or told.get(messages.FORKED)
            or messages.refused("the process could not be forked")
        )

    def _fork_trial(self) -> int:
        """Fork the trial from the process in the middle; return its pid, and in the trial 0."""
        try:
            pid = system.fork()
        except OSError as error:
            # Raised from here, it would make this process a second template.
            messages.write(self._pipe, messages.refused(str(error)))
            os._exit(127)
        if pid:
            messages.write(self._pipe, messages.forked(pid))
        return pid

    def _become(self, request: messages.ForkRequest, mark: system.Mark, middle: int) -> None:
        """Turn the forked process into the trial."""
        try:
            self._be_adopted(middle)
            self._open_log(request.log)
            for name in (*self._variables, assignment.MAIN):
                os.environ.pop(name, None)
            os.environ.update(request.env)
            assignment.process.take(os.environ["NNIC_TRIAL_DIR"])
            mark.write(os.environ["NNIC_TRIAL_DIR"])
        except BaseException as error:
            messages.write(self._pipe, messages.refused(_describe(error)))
            os._exit(127)
        self._connection.close()
        assignment.claim_main_process()
        hook.become_main()

    def confirm(self) -> None:
        """This process is the trial now, in everything."""
        try:
            messages.write(self._pipe, messages.running())
        except OSError:
            os._exit(1)  # Without a template nobody will be told of this trial.
        os.close(self._pipe)

    def _be_adopted(self, middle: int) -> None:
        """Get the supervisor as parent, and end with it."""
        while os.getppid() == middle:
            os.sched_yield()
        os.setsid()
        system.die_with_parent()
        if os.getppid() != self._parent:
            os._exit(1)

    def _open_log(self, path: str) -> None:
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with open(self._printed, "rb") as stream:
            printed = stream.read()
        while printed:
            printed = printed[os.write(log, printed) :]
        for target in (1, 2):
            os.dup2(log, target)
        os.close(log)


def _read_all(descriptor: int) -> bytes:
    data = b""
    while True:
        more = os.read(descriptor, 4096)
        if not more:
            os.close(descriptor)
            return data
        data += more


def _describe(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename!r}"
    return str(error)
