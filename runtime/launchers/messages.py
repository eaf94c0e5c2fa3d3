"""The messages between manager, supervisor, fork server and template: a frozen class a kind, one codec.

A message is a line of JSON with its version, its kind and its fields. Both ends come from one release,
but a release may be installed while a run goes on, so a message of another version, of an unknown kind or
with other fields is an error, never ignored.

The supervisor runs without a path to import from, and loads this file by path as ``messages``. So it
imports the standard library alone, and of that no dataclasses: they would lengthen the supervisor's start
from 32 to 52 ms. The template's end is ``trial/forking/messages.py``; a test holds both together.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, ClassVar

    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_):
        """Tell checkers, and only them, that subclasses are made as dataclasses are."""
        return lambda made: made


VERSION = 1
AttemptKey = tuple[int, int]


class MessageError(ValueError):
    """A line that is no message of this version, or not one that may come this way."""


@dataclass_transform(frozen_default=True)
class Message:
    """A frozen record whose fields are its class' annotations, as a dataclass has them; see the module."""

    kind: ClassVar[str] = ""
    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, kind: str) -> None:
        cls.kind = kind
        cls.fields = tuple(cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        given = {**dict(zip(self.fields, values)), **named}
        for name in self.fields:
            if name not in given and hasattr(type(self), name):
                given[name] = getattr(type(self), name)
        if len(values) + len(named) > len(given) or set(given) != set(self.fields):
            raise TypeError(f"{type(self).__name__} has the fields {self.fields}, not {tuple(given)}")
        self.__dict__.update(given)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.fields)
        return f"{type(self).__name__}({fields})"


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
    """Fork a trial, in the directory ``cwd``, with its output in ``log``."""

    cwd: str
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


Kinds = tuple[type[Message], ...]
COMMANDS: Kinds = (Start, Signal, OpenTemplate, Close)
EVENTS: Kinds = (Started, Refused, Exited, Lost, TemplateStarted, TemplateReady, TemplateGone, Fault)
OF_A_TEMPLATE: Kinds = (Doing, Ready, Unfit, Forked, ForkRefused)


def encode(message: Message) -> bytes:
    """The line of a message."""
    return json.dumps({"version": VERSION, "kind": message.kind, **vars(message)}).encode("ascii") + b"\n"


def decode(line: bytes, kinds: Kinds) -> Message:
    """The message of a line, without its end.

    Parameters
    ----------
    kinds
        Those that may come this way.

    Raises
    ------
    MessageError
        When it is another.
    """
    try:
        data = json.loads(line)
    except ValueError as error:
        raise MessageError(f"{line[:60]!r} is no message: {error}") from None
    if not isinstance(data, dict) or data.pop("version", None) != VERSION:
        raise MessageError(f"a message is not of version {VERSION}: {line[:60]!r}")
    name = data.pop("kind", None)
    for kind in kinds:
        if kind.kind == name:
            if set(data) != set(kind.fields):
                raise MessageError(f"a message of kind {name!r} has the fields {sorted(data)}")
            return kind(**{key: tuple(v) if isinstance(v, list) else v for key, v in data.items()})
    raise MessageError(f"a message is of the unknown kind {name!r}")


class Reader:
    """Takes the bytes of a stream, and gives its messages."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that end in ``data``, one after another.

        Raises
        ------
        MessageError
            When one may not come this way.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            yield decode(line, self._kinds)
