"""Loads this package's own modules late, whatever the script has done to the import system by then.

A script may clear ``sys.modules`` or ``sys.meta_path``, put a finder there that raises, or replace
``__import__``. Then what was there at the start of the process is put back for the moment of the import.

A process that is forked while another thread imports finds the module half made, or waits for ever for the
thread that was to finish it. So a fork waits until an import of ours has ended.
"""

import _thread
import builtins
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any

_PACKAGE = __name__.rpartition(".")[0]

_loaded: "dict[str, ModuleType]" = {}
_import = __import__
_modules: "dict[str, ModuleType]" = {}
_contents: "list[list[Any]]" = []
_lock = _thread.RLock()
_forking = False
# An import of ours that waits for the thread that forks would never end.
_LONGEST_WAIT_S = 5.0


def _before_fork() -> None:
    global _forking
    _forking = _lock.acquire(timeout=_LONGEST_WAIT_S)


def _after_fork() -> None:
    if _forking:
        _lock.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


def remember() -> None:
    """Take note of the import system as it is; called before any code of the user's."""
    global _modules, _contents
    _modules = {name: module for name, module in sys.modules.items() if name != "__main__"}
    _contents = [list(items) for items in (sys.meta_path, sys.path_hooks, sys.path)]


def load(name: str) -> "Any":
    """Return the module ``name`` of this package.

    Raises
    ------
    OSError
        When its file can't be read, as by a process that may open no more files.
    """
    module = _loaded.get(name)
    if module is None:
        path = f"{_PACKAGE}.{name}"
        with _lock:
            try:
                module = _import(path, {}, {}, ("*",))
            except Exception:
                module = _load_as_before(path)
            _loaded[name] = module
    return module


def _load_as_before(path: str) -> "ModuleType":
    now = dict(sys.modules), builtins.__import__, sys.meta_path, sys.path_hooks, sys.path
    sys.modules.update(_modules)
    builtins.__import__ = _import
    if _contents:
        sys.meta_path, sys.path_hooks, sys.path = [list(items) for items in _contents]
    try:
        return _import(path, {}, {}, ("*",))
    except OSError as error:
        raise OSError(error.errno, f"nnic can't read its own code: {error.strerror}", path) from None
    finally:
        modules, builtins.__import__, sys.meta_path, sys.path_hooks, sys.path = now
        sys.modules.clear()
        sys.modules.update(modules)


def disguise(function: "Callable[..., Any]", file: str, name: str = "") -> None:
    """Show the frame of a function of ours in tracebacks as one of ``file``.

    The interpreter leaves the frames of ``<frozen importlib...>`` out of the traceback of an import.
    """
    code: CodeType = function.__code__
    function.__code__ = code.replace(co_filename=file, co_name=name or code.co_name)
