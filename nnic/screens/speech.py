"""How the next step is said: as a command in a terminal, as a call in Python.

Messages are written with commands, ``nnic resume NAME --trials 60``. Whoever calls nnic from Python reads
``experiment.resume(trials=60)`` instead.
"""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from nnic.runtime.errors import ExplainedError

_Class = TypeVar("_Class", bound=type)
_in_terminal = False

# What takes no arguments that matter, by command.
_READ = {
    "trials": "experiment.trials",
    "best": "experiment.best",
    "status": "experiment.status",
}
_CALLED = ("logs", "importance", "apply", "resume", "retry", "enqueue", "stop", "update", "export", "discard")
_FLAGS = ("--dry-run", "--narrow", "--strip", "--keep-going", "--now")
_WORD = r"(?:'[^']*'|[^\s;,()'`]*[^\s;,.:()'`])"
_COMMAND = re.compile(rf"\bnnic (?P<verb>[a-z]+)(?P<words>(?: {_WORD})*)")
_NUMBER = re.compile(r"#?\d+")


def speak_in_terminal() -> None:
    """Leave commands as they are: this process is a command itself."""
    global _in_terminal
    _in_terminal = True


def said(text: str) -> str:
    """Return a message for whoever reads it: in Python, with calls in the place of commands."""
    return text if _in_terminal else in_python(text)


def in_python(text: str) -> str:
    """Return ``text`` with each command of nnic that has a call of the same meaning replaced by it."""
    return _COMMAND.sub(_call, text)


def _call(found: re.Match[str]) -> str:
    verb = found["verb"]
    words, rest = _taken(found["words"].split())
    if "--format" in words:  # what a program reads
        return found[0]
    if verb in _READ:
        return _READ[verb] + rest
    if verb == "run":
        return f"nnic.Experiment(...).run(){rest}"
    if verb not in _CALLED:
        return found[0]
    arguments = list(_arguments(words))
    if "undo=True" in arguments:
        return f"experiment.undo(){rest}"
    if verb == "stop" and any(argument.startswith("trial=") for argument in arguments):
        numbers = (argument.partition("=")[2] for argument in arguments)
        return f"experiment.cancel({', '.join(numbers)}){rest}"
    if verb == "enqueue":
        arguments.insert(0, "{...}")
    return f"experiment.{verb}({', '.join(arguments)}){rest}"


def _taken(words: Sequence[str]) -> tuple[list[str], str]:
    """Split what follows a command into its own words and those of the sentence that goes on.

    The words of a command are an experiment's name (first), numbers, and options with their values.
    """
    taken: list[str] = []
    valued = False
    for place, word in enumerate(words):
        option = word.startswith("--")
        named = place == 0 and not option and _is_name(words)
        upper = re.fullmatch(r"[A-Z]+(\.\.\.)?", word) is not None
        if not (option or valued or named or upper or _NUMBER.fullmatch(word)):
            return taken, "".join(f" {left}" for left in words[place:])
        taken.append(word)
        valued = option and word not in (*_FLAGS, "--undo") and "=" not in word
    return taken, ""


def _is_name(words: Sequence[str]) -> bool:
    """Return whether the first word behind a command is an experiment's name, and no word of the sentence."""
    if re.fullmatch(r"[\w.-]*[-_.\d][\w.-]*", words[0]):
        return True
    alone = len(words) == 1 or words[1].startswith("--") or _NUMBER.fullmatch(words[1]) is not None
    return alone and re.fullmatch(r"\w+", words[0]) is not None


def _arguments(words: Sequence[str]) -> Iterator[str]:
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            if _NUMBER.fullmatch(word):
                yield word.removeprefix("#")
            continue
        name = word.removeprefix("--").replace("-", "_")
        if word in (*_FLAGS, "--undo") or not rest:
            yield f"{name}=True"
            continue
        value = shlex.split(rest.pop(0))[0]
        seconds = re.fullmatch(r"([\d.]+)s", value) if name in ("time", "trial_time") else None
        yield f"{name}_s={seconds[1]}" if seconds else f"{name}={value if _is_plain(value) else repr(value)}"


def _is_plain(value: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?|N|TRIAL", value) is not None


def speaks_python(cls: _Class) -> _Class:
    """Let the errors that methods and properties of a class raise propose calls, not commands."""
    for base in reversed(cls.__mro__):
        if not base.__module__.startswith("nnic."):
            continue
        for name, value in vars(base).items():
            if name.startswith("_"):
                continue
            if isinstance(value, property) and value.fget is not None:
                setattr(cls, name, property(_speaking(value.fget), value.fset, value.fdel, value.__doc__))
            elif isinstance(value, classmethod):
                setattr(cls, name, classmethod(_speaking(value.__func__)))
            elif callable(value):
                setattr(cls, name, _speaking(value))
    return cls


def _speaking(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def speaking(*args: Any, **settings: Any) -> Any:
        try:
            return method(*args, **settings)
        except ExplainedError as error:
            if not _in_terminal and error.args and isinstance(error.args[0], str):
                error.args = (in_python(error.args[0]), *error.args[1:])
            raise

    return speaking
