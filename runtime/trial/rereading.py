"""Notes who compiles text that holds annotations by itself, in trial 0.

AutoGraph, ``torch.jit.script``, sacred and others read the source of a function and compile that: what they
make of it has the script's own values in every trial. The compiled program is no such text, since it names
``__nnic__``.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

    from nnic.runtime.trial.snapshot import Snapshot

# Whoever calls one of these is meant, not the module itself.
_MEANS = frozenset(
    {
        *("ast", "_ast_unparse", "inspect", "linecache", "textwrap", "tokenize", "codeop", "code", "gast"),
        *("importlib", "runpy", "contextlib", "functools", "pathlib", "types", "typing"),
    }
)
# These look at source to show it or to read its comments, and run nothing of it.
_READERS = frozenset(
    {
        *("traceback", "executing", "stack_data", "IPython", "pdb", "bdb", "coverage", "rich", "icecream"),
        *("better_exceptions", "pytest", "_pytest", "numba", "pydantic", "docstring_parser", "tyro"),
        *("simple_parsing", "jsonargparse", "tap", "doctest", "sentry_sdk", "loguru", "nnic"),
    }
)
_MARK = "@nni."
_OURS = "__nnic__"
_MOST = 50

# Who, the file name that the text is compiled under, and the text.
_noted: "list[tuple[str, str, str]]" = []


def watch() -> None:
    """Begin to take notes; they end with the process."""
    sys.addaudithook(_hear)


def _hear(event: str, args: "tuple[object, ...]") -> None:
    if event == "compile" and len(_noted) < _MOST:
        try:
            _note(*args[:2])
        except Exception:  # What is raised here would be raised in the user's code.
            return


def _note(text: object, path: object) -> None:
    if isinstance(text, (bytes, bytearray)):
        text = bytes(text).decode("utf-8", "replace")
    if not isinstance(text, str) or _MARK not in text or _OURS in text:
        return
    who = _who(sys._getframe(2))
    if who:
        _noted.append((who, os.fsdecode(path) if isinstance(path, (str, bytes)) else "", text))


def _who(frame: "FrameType | None") -> str:
    """Return the library that had the text compiled, and where the script calls it; "" for one that runs
    nothing of the text."""
    library = ""
    while frame is not None:
        name, path = str(frame.f_globals.get("__name__", "")), frame.f_code.co_filename
        top = name.partition(".")[0]
        if top in _READERS:
            return ""
        if top not in _MEANS:
            if top == "__main__" or not _is_installed(path):
                place = f"{os.path.basename(path)}:{frame.f_lineno}"
                return f"{library} (called at {place})" if library else place
            library = library or top
        frame = frame.f_back
    return library


def list_reread(program: "Snapshot", loaded: "list[str]") -> "list[list[str | int]]":
    """Return who compiled what: the name, and the file and lines of the program that hold the text.

    For a text of no file of the program they are ``""`` and 0, or the file and 0. The files that were
    ``loaded`` as they are are told of elsewhere.
    """
    found: list[list[str | int]] = []
    sources: dict[str, list[str]] = {}
    for who, path, text in _noted:
        if path in loaded:
            continue
        lines = text.splitlines()
        at = next(number for number, line in enumerate(lines) if _MARK in line)
        entry: list[str | int] = [who, "" if program.find_real(path) else _readable(path), 0, 0]
        for file in program.annotated():
            if file not in sources:
                sources[file] = _read(os.path.join(program.code_dir, file))
            start = _find(lines[at], sources[file])
            if start is not None:
                entry[1:] = [file, max(1, start - at), start - at + len(lines) - 1]
                break
        if entry not in found:
            found.append(entry)
    return found


def _find(line: str, lines: "list[str]") -> "int | None":
    """Return the number of a line, from 1, whatever its indentation."""
    wanted = line.strip()
    return next((number for number, other in enumerate(lines, 1) if other.strip() == wanted), None)


def _readable(path: str) -> str:
    return path if path.endswith(".py") and os.path.isfile(path) else ""


def _read(path: str) -> "list[str]":
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read().splitlines()
    except OSError:
        return []


def _is_installed(path: str) -> bool:
    """Whether a file belongs to Python or to what is installed."""
    if "site-packages" in path or "dist-packages" in path or path.startswith("<frozen"):
        return True
    return is_below(path, os.path.dirname(os.__file__))


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder."""
    return os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep)
