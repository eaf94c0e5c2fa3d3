"""The messages between manager, supervisor, fork server and template: a frozen class a kind.

Loaded by the supervisor by path as ``messages``, with the standard library and the files beside it alone.
The template's end is ``trial/forking/messages.py``; a test holds both together.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING or __package__:
    from nnic.runtime.launchers.message_codec import Kinds, Message
else:  # The supervisor has loaded it by path.
    from message_codec import Kinds, Message

AttemptKey = tuple[int, int]


# From the manager to the supervisor


class Start(Message, kind="start"):
    """Start an attempt of a trial.

    Parameters
    ----------
    env
        Variables that are added to the supervisor's own.
    log
        The file of its output.
    template
        The number of the template to fork it from; ``None`` for a process of its own.
    """

    key: AttemptKey
    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    log: str
    template: int | None = None


class Signal(Message, kind="signal"):
    """Signal the processes of an attempt."""

    key: AttemptKey
    number: int


class OpenTemplate(Message, kind="open_template"):
    """Start a template.

    Parameters
    ----------
    varying
        The variables that each of its trials is given by its own start.
    timeout_s
        Seconds for each fork.
    limit_preparation
        Whether ``timeout_s`` holds for what comes before the first fork too.
    """

    number: int
    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    log: str
    varying: tuple[str, ...]
    timeout_s: float
    limit_preparation: bool


class Close(Message, kind="close"):
    """End everything."""


# From the supervisor to the manager


class Serving(Message, kind="serving"):
    """The supervisor is this process."""

    pid: int


class Started(Message, kind="started"):
    """The process of an attempt runs."""

    key: AttemptKey
    pid: int


class Refused(Message, kind="refused"):
    """An attempt could not be started; no process of it is left."""

    key: AttemptKey
    error: str


class Exited(Message, kind="exited"):
    """The process of an attempt ended, with a code or by a signal; no process of it is left."""

    key: AttemptKey
    code: int | None = None
    signal: int | None = None


class Lost(Message, kind="lost"):
    """An attempt was lost together with its template; no process of it is left."""

    key: AttemptKey


class TemplateStarted(Message, kind="template_started"):
    """A template has a process."""

    number: int
    pid: int


class TemplateReady(Message, kind="template_ready"):
    """A template serves; for ``file``, ``line`` and ``drawn`` see :class:`Ready`."""

    number: int
    file: str
    line: int
    drawn: tuple[str, ...]


class TemplateGone(Message, kind="template_gone"):
    """A template has ended; ``killed`` says that it had served, and was ended by nobody of ours."""

    number: int
    problem: str
    killed: bool


class Fault(Message, kind="fault"):
    """The supervisor was told what it does not know; it ends everything."""

    problem: str


# From the fork server to a template, and back


class ForkRequest(Message, kind="fork_request"):
    """Fork a trial with its output in ``log``.

    It begins in the working directory of the template, which an import may have changed, as it would in a
    process of its own.
    """

    log: str
    env: dict[str, str]


class Doing(Message, kind="doing"):
    """The template begins with ``what``, which can be named if it does not end."""

    what: str


class Ready(Message, kind="ready"):
    """The template serves.

    Parameters
    ----------
    file, line
        The fork point of a template that ran the script up to it; ``""`` where it is in no file of the
        program's.
    drawn
        The modules whose random numbers the script used on the way, without a seed.
    """

    file: str
    line: int
    drawn: tuple[str, ...]


class Unfit(Message, kind="unfit"):
    """The template can't serve, and ends."""

    problem: str


class Forked(Message, kind="forked"):
    """The trial of the request runs."""

    pid: int


class ForkRefused(Message, kind="fork_refused"):
    """The trial of the request could not be forked."""

    error: str


# Within the supervisor, from a forked child that could not become a trial


class NotExecuted(Message, kind="not_executed"):
    """The system's error, and the file that it is about."""

    number: int
    path: str


COMMANDS: Kinds = (Start, Signal, OpenTemplate, Close)
EVENTS: Kinds = (Serving, Started, Refused, Exited, Lost, TemplateStarted, TemplateReady, TemplateGone, Fault)
OF_A_TEMPLATE: Kinds = (Doing, Ready, Unfit, Forked, ForkRefused)
