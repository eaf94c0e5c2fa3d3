"""Refuses to run, or to write back, an experiment that this user's nnic did not make.

Its configuration says which command is run, and its program which code. Both may have come with an archive or
a repository, so both are sealed when the experiment begins. An experiment without a seal is one of an earlier
version of nnic, or of a user without a place for a key, when the disk's own times say that its program was
written when the experiment began: an archive can't bring those times along.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from nnic.runtime import encoding
from nnic.runtime.config import RunConfig
from nnic.runtime.errors import ExplainedError
from nnic.runtime.reading import read_own
from nnic.runtime.store.seals import is_older_than_key, is_sealed, seal
from nnic.runtime.text import printable

# What of a configuration decides which code is run. What a later version adds is sealed only where it is set,
# or else no seal of an earlier version would hold.
_SEALED = (
    "argv",
    "script",
    "cwd",
    "environment",
    "tuner",
    "tuner_options",
    "assessor",
    "assessor_options",
)
_CACHE = "cache"  # of compiled modules, which trials write
_MOST_BYTES = 1 << 26
_BEFORE_S = 600.0  # between the writing of a program and the beginning of its experiment
_AFTER_S = 5.0


class NotTrustedError(ExplainedError):
    """An experiment was not made by this user, or not on this machine; nothing was run or written."""


def seal_experiment(config: RunConfig) -> None:
    """Seal what the experiment runs."""
    content = _content(config)
    if content is not None:
        seal(config.directory, content)


def check_experiment(config: RunConfig, created: float) -> None:
    """Refuse an experiment that this user's nnic did not make.

    Parameters
    ----------
    config, created
        Its configuration, and when it began by its own account.

    Raises
    ------
    NotTrustedError
        Says what it would run, and how to accept it.
    """
    if is_trusted(config, created):
        with suppress(OSError):  # A store that can only be read is as good.
            seal_experiment(config)
        return
    raise NotTrustedError(
        f"{printable(config.name)} was made by another user or on another machine, or was changed since, so "
        f"nnic neither runs it nor writes its values. It would run\n      {describe(config)}\n"
        "  Its results can be read. If you trust where it is from: nnic doctor --trust"
    )


def is_trusted(config: RunConfig, created: float) -> bool:
    """Tell whether this user's nnic made an experiment, or its user accepted it."""
    content = _content(config)
    if content is None:
        return False
    return is_sealed(config.directory, content) or _is_made_here(config.program, created)


def describe(config: RunConfig) -> str:
    """Return the command of an experiment's trials and where it runs, on one line."""
    own = [spec for spec in (config.tuner, config.assessor or "") if ":" in spec or "." in spec]
    more = f", with {' and '.join(own)}" if own else ""
    return printable(f"{shlex.join(config.argv)} (in {config.cwd}){more}")


def remove_cache(program: Path) -> None:
    """Remove the compiled modules of a program, which no seal covers; trials compile them again."""
    cache = program / _CACHE
    if cache.is_symlink():
        cache.unlink()
    else:
        rmtree(cache, ignore_errors=True)


def _content(config: RunConfig) -> bytes | None:
    """Return all that decides what an experiment runs; ``None`` when its program is none."""
    files: dict[str, str] = {}
    try:
        for path in _files(config.program):
            data = read_own(path, _MOST_BYTES)
            files[os.path.relpath(path, config.program)] = hashlib.sha256(data).hexdigest()
    except OSError:
        return None
    given = config.to_json()
    settings = encoding.loads(encoding.dumps({name: given[name] for name in _SEALED}))
    parts = ["experiment", config.name, *(f"{name} {_text(settings[name])}" for name in _SEALED)]
    return "\n".join([*parts, _text(files)]).encode("utf-8", "surrogateescape")


def _text(value: object) -> str:
    """Return a value as text, the same whatever the order of what is in it."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_text(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return encoding.dumps(value)


def _files(program: Path) -> list[Path]:
    """Return what is in a program's folder, but for its cache.

    Raises
    ------
    OSError
        When it can't be read.
    """
    found = []
    for entry in os.scandir(program):
        if entry.name == _CACHE:
            continue
        if entry.is_dir(follow_symlinks=False):
            found.extend(_files(Path(entry.path)))
        else:
            found.append(Path(entry.path))
    return sorted(found)


def _is_made_here(program: Path, created: float) -> bool:
    """Tell whether the program was written to this disk when the experiment began, and before this user had
    a key: else it would have a seal."""
    try:
        files = _files(program)
        made = [created - _BEFORE_S <= os.lstat(file).st_ctime <= created + _AFTER_S for file in files]
        return bool(files) and all(made) and is_older_than_key(files)
    except OSError:
        return False
