"""What stands in for a trial's own until the fork point: its assignment, and its environment.

What must never be broken here:

- Whoever asks a stand-in for what differs between trials gets the answer of the trial that was forked at
  that moment, not of the template; so after the fork every answer comes from what is there by then.
- Asking for what is the same in all trials forks nothing: a library that looks through ``os.environ`` while
  it is imported would move the fork point to the first import.
- ``nni.get_next_parameter()`` as a statement of its own is no fork point. NNI's annotated scripts begin
  with it, and would share nothing.
"""

import os
import sys

from nnic.runtime.trial import assignment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot


class Unknown:
    """Stands for the trial's assignment until this process is a trial's; asked for anything, it forks."""

    def __init__(self, fork: "Callable[[], None]") -> None:
        self._fork = fork

    def __getattr__(self, name: str) -> "Any":
        given: object = assignment.process.given
        if given is self:
            # NNI's annotated scripts begin with this statement, and do nothing with its value.
            if name == "handed" and _is_discarded(sys._getframe(1)):
                return {}
            self._fork()
        return getattr(assignment.process.given, name)


def _is_discarded(frame: "FrameType") -> bool:
    """Whether the caller of this frame, of ``get_next_parameter``, drops what it returns."""
    caller = frame.f_back
    if frame.f_code.co_name != "get_next_parameter" or caller is None:
        return False
    import opcode

    code = caller.f_code.co_code
    position = caller.f_lasti + 2
    while position < len(code) and opcode.opname[code[position]] == "CACHE":
        position += 2
    return position < len(code) and opcode.opname[code[position]] == "POP_TOP"


class Variables(dict):  # type: ignore[type-arg]
    """The content of ``os.environ`` until this process is a trial's; asked for a trial's own, it forks.

    Parameters
    ----------
    own
        The variables that a trial has of its own, whether or not this process has them.
    hidden
        Variables that only the template has: those who ask for them get them, a list does not have them.
    """

    def __init__(
        self,
        values: "dict[bytes, bytes]",
        own: "frozenset[bytes]",
        hidden: "frozenset[bytes]",
        program: "Snapshot",
        fork: "Callable[[], None]",
    ) -> None:
        super().__init__(values)
        self._own = own
        self._hidden = hidden
        self._program = program
        self._fork = fork

    def __iter__(self) -> "Iterator[bytes]":
        # A library that looks through all variables while it is imported looks for its own settings.
        own = [] if _is_importing(self._program) else sorted(self._own)
        names = dict.fromkeys([*(name for name in dict.keys(self) if name not in self._own), *own])
        return iter([name for name in names if name not in self._hidden])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, key: bytes) -> bytes:
        data: Any = _data()
        if data is self and key in self._own:
            self._fork()
            data = _data()
        return dict.__getitem__(data, key)  # type: ignore[no-any-return]


def _data() -> "dict[bytes, bytes]":
    return os.environ._data  # type: ignore[attr-defined,no-any-return]


def can_stand_in() -> bool:
    """Whether ``os.environ`` keeps its variables where others can stand in for them."""
    return type(getattr(os.environ, "_data", None)) is dict


def environment() -> "dict[bytes, bytes]":
    """The variables that ``os.environ`` holds, as a plain dictionary of bytes."""
    return dict(dict.items(_data()))


def replace_environment(data: "dict[bytes, bytes]") -> None:
    """Give ``os.environ`` other variables, without telling C's library of them."""
    os.environ._data = data  # type: ignore[attr-defined]


def _is_importing(program: "Snapshot") -> bool:
    """Whether this is called by the code of a module on its first run, which is not the program's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return not program.find(frame.f_code.co_filename)
        frame = frame.f_back
    return False
