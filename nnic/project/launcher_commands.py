"""Finds the script in a command that starts it, as ``torchrun train.py`` and ``bash train.sh`` do."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnic.runtime.errors import WrongInputError

_MODULE_OPTIONS = ("-m", "--module")
# Modules that start a script rather than being one.
_LAUNCHER_MODULES = (
    "torch.distributed",
    "accelerate",
    "deepspeed",
    "lightning",
    "mpi4py",
    "horovod",
    "coverage",
)
_MOST_BYTES = 200_000
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh", "fish")


class NoScriptError(WrongInputError):
    """In a command no script was found, or several; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Launched:
    """The script that a command starts.

    Parameters
    ----------
    script
        Its path as it stands in the command, or the dotted name of a module.
    module
        Whether it is the name of a module.
    arguments
        The words that the command gives to it; empty where a shell's script does so.
    direct
        Whether the command itself names it, so that what follows are its arguments.
    """

    script: str
    module: bool = False
    arguments: tuple[str, ...] = ()
    direct: bool = True


def find_launched(command: Sequence[str], cwd: Path) -> Launched:
    """Find what a command starts.

    Parameters
    ----------
    command
        Its words.
    cwd
        Where it is run; paths are looked for from there.

    Raises
    ------
    NoScriptError
        When there is none, or there are several that may be meant.
    """
    found = [*_find_in_words(command, cwd)]
    if not found:
        found = [*_find_in_shell_scripts(command, cwd)]
    annotated = [launched for launched in found if _is_annotated(launched, cwd)]
    different = {launched.script for launched in annotated or found}
    shown = shlex.join(command)
    if not different:
        raise NoScriptError(
            f"nnic finds no Python script in the command {shown}.\n"
            f"  Name it: nnic run --script train.py -- {shown}"
        )
    if len(different) > 1:
        raise NoScriptError(
            f"the command {shown} names several scripts: {', '.join(sorted(different))}.\n"
            f"  Say which one is to be tuned: nnic run --script {min(different)} -- {shown}"
        )
    return (annotated or found)[0]


def place_of(script: str, module: bool, command: Sequence[str]) -> Launched:
    """Return the script that its user named, with its arguments where the command names it too."""
    for number, word in enumerate(command):
        before = command[number - 1] if number else ""
        if word == script and (not module or before in _MODULE_OPTIONS):
            return Launched(script, module, tuple(command[number + 1 :]))
    return Launched(script, module, direct=False)


def check_command(command: Sequence[str], cwd: Path) -> None:
    """Refuse a command that can't be started.

    Raises
    ------
    WrongInputError
        When its first word is no program.
    """
    first = command[0]
    rest = shlex.join(command[1:])
    if re.fullmatch(r"[A-Za-z_]\w*=.*", first):
        raise WrongInputError(
            f"{first} sets a variable, which only a shell does; write: nnic run -- env {shlex.join(command)}"
        )
    if "/" not in first and shutil.which(first) is None:
        raise WrongInputError(
            f"there is no command {first} on your PATH; install it, or give its path before {rest}"
        )
    if "/" in first and shutil.which(str(cwd / first)) is None:
        raise WrongInputError(
            f"{first} is no program that can be run; make it one (chmod +x), or name its shell"
        )


def _find_in_words(command: Sequence[str], cwd: Path) -> Iterable[Launched]:
    for number, word in enumerate(command[1:], start=1):
        rest = tuple(command[number + 1 :])
        if command[number - 1] in _MODULE_OPTIONS and not word.startswith(_LAUNCHER_MODULES):
            if re.fullmatch(r"\w+(\.\w+)*", word) and _has_module(word, cwd):
                yield Launched(word, True, rest)
                return
        elif word.endswith(".py") and (cwd / word).is_file():
            yield Launched(word, False, rest)


def _has_module(name: str, cwd: Path) -> bool:
    path = cwd.joinpath(*name.split("."))
    return path.is_dir() or path.with_name(path.name + ".py").is_file()


def _find_in_shell_scripts(command: Sequence[str], cwd: Path) -> Iterable[Launched]:
    """Find scripts in the text that a shell is given: by ``-c``, or as a file."""
    for number, word in enumerate(command):
        if number and command[number - 1] == "-c" and Path(command[0]).name in _SHELLS:
            yield from _find_in_text(word, cwd)
        elif (cwd / word).is_file():
            yield from _find_in_text(_read_script(cwd / word), cwd)


def _read_script(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
    except OSError:
        return ""
    is_shell = path.suffix in (".sh", ".bash") or re.match(rb"#!.*\b(ba|z|da|k)?sh\b", data)
    return data.decode("utf-8", "replace") if is_shell else ""


def _find_in_text(text: str, cwd: Path) -> Iterable[Launched]:
    for line in text.replace("\\\n", " ").splitlines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            words = line.split()
        for launched in _find_in_words(["", *words], cwd):
            yield Launched(launched.script, launched.module, direct=False)


def _is_annotated(launched: Launched, cwd: Path) -> bool:
    """Whether a script speaks of nni; where several are named, that is the one to be tuned."""
    if launched.module:
        return True
    try:
        return b"nni" in (cwd / launched.script).read_bytes()
    except OSError:
        return False
