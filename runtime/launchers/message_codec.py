"""What the messages between processes of ours are made of: a frozen record, and its line of JSON.

A message is a line of JSON with its version, its kind and its fields. Both ends come from one release,
but a release may be installed while a run goes on, so a message of another version, of an unknown kind or
with other fields is an error, never ignored.

The supervisor runs without a path to import from, and loads this file by path. So it imports the standard
library alone, and of that no dataclasses: they would lengthen the supervisor's start from 32 to 52 ms.
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


Kinds = tuple[type[Message], ...]


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
        raise MessageError(f"{line[:60]!r} is not a message: {error}") from None
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
