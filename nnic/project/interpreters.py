"""What is known of an interpreter without running anything of its user's: its version and its folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nnic.runtime.errors import WrongInputError

OLDEST = (3, 10)
"""The oldest Python in which a trial can run."""

_ASKED_S = 60.0
_MOST_KEPT = 200
# Any Python since 2.7 understands this.
_QUESTION = """
import json, os, site, sys, sysconfig
paths = sysconfig.get_paths()
getter = getattr(site, "getsitepackages", None)
sites = list(getter()) if getter else [paths["purelib"], paths["platlib"]]
if getattr(site, "ENABLE_USER_SITE", False):
    sites.insert(0, site.getusersitepackages())
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "sites": sites,
    "library": [paths["stdlib"], paths.get("platstdlib", paths["stdlib"])],
}))
"""


class InterpreterError(WrongInputError):
    """There is no such interpreter, or it can't be used."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs trials.

    Parameters
    ----------
    path
        What is executed; a link stays one, for an environment is told by it.
    version
        Its three numbers.
    sites
        The folders of its installed packages, in their order.
    library
        The folders of its standard library.
    """

    path: str
    version: tuple[int, int, int]
    sites: tuple[str, ...]
    library: tuple[str, ...]

    @property
    def shown_version(self) -> str:
        """The version as people write it."""
        return ".".join(str(number) for number in self.version)


@cache
def own_interpreter() -> Interpreter:
    """Return the interpreter of this process."""
    import site
    import sysconfig

    sites = list(site.getsitepackages())
    if site.ENABLE_USER_SITE:
        sites.insert(0, site.getusersitepackages())
    paths = sysconfig.get_paths()
    library = dict.fromkeys((paths["stdlib"], paths["platstdlib"]))
    return Interpreter(sys.executable, sys.version_info[:3], tuple(sites), tuple(library))


@cache
def interpreter_at(path: str) -> Interpreter:
    """Return what is known of the interpreter at ``path``; it is started once, and the answer is kept.

    Raises
    ------
    InterpreterError
        When there is none, or it doesn't answer.
    """
    if path == sys.executable:
        return own_interpreter()
    stamp = _stamp(path)
    kept = _read_kept()
    found = None
    with suppress(KeyError, TypeError, ValueError):
        if kept[path]["stamp"] == stamp:
            found = _interpreter(path, kept[path])
    if found is None:
        found = _ask(path)
        _keep(kept, found, stamp)
    return found


def check_version(interpreter: Interpreter) -> None:
    """Refuse a Python in which trials can't run.

    Raises
    ------
    InterpreterError
        When it is too old.
    """
    if interpreter.version[:2] < OLDEST:
        oldest = ".".join(str(number) for number in OLDEST)
        raise InterpreterError(
            f"{interpreter.path} is Python {interpreter.shown_version}, and trials need Python {oldest} or "
            "newer; name another one: --python PATH"
        )


def _ask(path: str) -> Interpreter:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") or k == "PYTHONUSERBASE"}
    try:
        answer = subprocess.run(
            [path, "-c", _QUESTION],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASKED_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InterpreterError(f"{path} did not answer within {_ASKED_S:g} s; is it a Python?") from None
    except OSError as error:
        raise InterpreterError(
            f"can't start {path}: {error.strerror}; name a Python: --python PATH"
        ) from None
    try:
        return _interpreter(path, json.loads(answer.stdout))
    except (ValueError, KeyError, TypeError):
        said = answer.stderr.decode("utf-8", "replace").strip().splitlines()
        why = f": {said[-1]}" if said else ""
        raise InterpreterError(
            f"{path} does not work as a Python{why}; name another one: --python PATH"
        ) from None


def _interpreter(path: str, data: dict[str, Any]) -> Interpreter:
    major, minor, micro = (int(number) for number in data["version"])
    sites, library = (tuple(dict.fromkeys(str(item) for item in data[key])) for key in ("sites", "library"))
    return Interpreter(path, (major, minor, micro), sites, library)


def _stamp(path: str) -> list[Any]:
    """Tell what changes when another interpreter comes to lie at a path."""
    stamp: list[Any] = [os.path.realpath(path)]
    configured = Path(path).parent.parent / "pyvenv.cfg"
    for place in (stamp[0], configured):
        try:
            status = os.stat(place)
        except OSError:
            stamp.append(None)
        else:
            stamp += [status.st_mtime_ns, status.st_size]
    return [*stamp, os.environ.get("PYTHONUSERBASE", "")]


def _kept_in() -> Path | None:
    from platformdirs import user_cache_dir

    folder = user_cache_dir("nnic", appauthor=False)
    return Path(folder, "interpreters.json") if os.path.isabs(folder) else None


def _read_kept() -> dict[str, Any]:
    place = _kept_in()
    try:
        found = json.loads(place.read_bytes()) if place is not None else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(kept: dict[str, Any], interpreter: Interpreter, stamp: list[Any]) -> None:
    """Keep an answer for the next command; that it can't be kept costs the time of another question."""
    place = _kept_in()
    if place is None:
        return
    entries = {k: v for k, v in kept.items() if k != interpreter.path}
    entries[interpreter.path] = {"stamp": stamp, **asdict(interpreter)}
    text = json.dumps(dict(list(entries.items())[-_MOST_KEPT:]))
    aside = place.with_name(f"{place.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        os.replace(aside, place)
