"""Starts a program's file that was given to the interpreter as its script.

A script is read by the interpreter itself, so no import hook sees it; but first the interpreter
asks ``sys.path_hooks`` whether the script's path is a place to import from. Claiming it makes the
interpreter call ``runpy._run_module_as_main`` instead. Here that is a callable without a Python
frame which executes the compiled text in ``__main__``: frames, tracebacks, exit codes, ``sys.path``
and the module's globals are then those of a plain start, by construction.
"""

import os
import sys

from nnic.runtime.trial import stdlib
from nnic.runtime.trial.snapshot import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import defaultdict
    from collections.abc import Callable
    from functools import partial
    from importlib.machinery import SourceFileLoader
    from operator import getitem
    from typing import Any, Protocol

    Share = Callable[[partial[Any]], Callable[[], object]]

    class Sharing(Protocol):
        """What makes a template of this process: it forks trials where the script would be run."""

        def share(self, run: partial[Any]) -> Callable[[], object]:
            """Return in each trial, with what runs the script there."""
            ...

        def give_up(self, problem: str) -> None:
            """Say why no trial can be forked from this process, and end it."""
            ...
else:
    defaultdict = stdlib.load("_collections", "collections", "defaultdict").defaultdict
    getitem = stdlib.load("_operator", "operator", "getitem").getitem
    partial = stdlib.load("_functools", "functools", "partial").partial
    SourceFileLoader = stdlib.load(
        "_frozen_importlib_external", "importlib.machinery", "SourceFileLoader"
    ).SourceFileLoader

RUNNER = "runpy"


class _Caller(defaultdict):  # type: ignore[type-arg]
    """Calls its default factory when its attribute ``__main__`` is set, all in C."""

    __main__ = property(None, getitem)


class _Runner:
    """Stands in for runpy for one attribute access by the interpreter."""

    def __init__(self, program: Snapshot, file: str, path: str, share: "Share | None") -> None:
        self._replaced = sys.modules.get(RUNNER)
        self._share = share
        self._program = program
        self._file = file
        self._path = path

    @property
    def _run_module_as_main(self) -> "Callable[[str, bool], None]":
        """Undo the claim, and return what the interpreter calls with ``("__main__", False)``."""
        if self._replaced is None:
            del sys.modules[RUNNER]
        else:
            sys.modules[RUNNER] = self._replaced
        sys.path_importer_cache[self._path] = None
        self._repair_path()
        values = sys.modules["__main__"].__dict__
        values["__file__"] = self._path
        if sys.version_info < (3, 15):
            values["__cached__"] = None
        values["__loader__"] = SourceFileLoader("__main__", self._path)
        run = self._prepare(values)
        return _Caller(run if self._share is None else self._share(run)).__setattr__

    def _prepare(self, values: "dict[str, Any]") -> "partial[Any]":
        try:
            code = self._program.compile_cached(self._file, self._path, script=True)
        except (SyntaxError, ValueError):
            # The error is raised again by this, without a frame of ours below it.
            return partial(compile, self._program.text(self._file), self._path, "exec", 0, True)
        return partial(exec, code, values)

    def _repair_path(self) -> None:
        """Give ``sys.path[0]`` what a plain script has there."""
        if getattr(sys.flags, "safe_path", False) or sys.flags.isolated:
            del sys.path[0]
        else:
            sys.path[0] = os.path.dirname(os.path.realpath(self._path))


def serve(program: Snapshot, share: "Share | None" = None) -> bool:
    """Claim the interpreter's script when it is one of the program's files; return whether it is.

    ``share`` is called with what would run it, right before, and returns what is to be run.
    """
    name = getattr(sys, "argv", [""])[0]
    if not name or name in ("-c", "-m", "-") or not program.find_real(name):
        return False

    def claim(path: str) -> "Any":
        # Only the interpreter asks without a frame above: pkgutil has one, for runpy.run_path.
        if sys._getframe().f_back is not None:
            raise ImportError(name=path)
        file = program.find_real(path)
        if not file:
            raise ImportError(name=path)
        sys.path_hooks.remove(claim)
        runner = _Runner(program, file, path, share)
        sys.modules[RUNNER] = runner  # type: ignore[assignment]
        return runner

    sys.path_hooks.insert(0, claim)
    return True
