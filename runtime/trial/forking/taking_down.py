"""Takes a forked trial's modules down at its end, in the interpreter's order.

What must never be broken here:

- Nothing is imported, since the import system may be half gone by then.
- What an object of the user's needs at its end (``__del__``), its own module as those that this has imported,
  is whole as long as the script's values are there.
- No frame of ours is shown with what goes wrong in the user's code meanwhile.
"""

import atexit
import gc
import sys
from io import BufferedRandom, BufferedWriter, TextIOWrapper

from nnic.runtime.trial import loading, stdlib
from nnic.runtime.trial.forking import system_calls as system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from nnic.runtime.trial.snapshot import Snapshot

_weakref = stdlib.load("_weakref", "weakref", "ref")
_Module = type(sys)
_kept: "dict[str, ModuleType]" = {}
# The script's names where the collector does not look at them, since the template has frozen them.
_frozen_script: "dict[str, Any] | None" = None


def keep_modules(program: "Snapshot") -> None:
    """Take no module down that was imported by now, but for the program's."""
    for name, module in sys.modules.items():
        path = getattr(module, "__file__", None)
        if name != "__main__" and not (isinstance(path, str) and program.find(path)):
            _kept[name] = module


def freeze_script() -> None:
    """Take note that the script's values are among those that the template freezes."""
    global _frozen_script
    _frozen_script = vars(sys.modules["__main__"])


def take_down() -> None:
    """Take down the modules that the trial has imported, and itself, in the interpreter's order.

    Objects of the user's are told their end (``__del__``), and files that they left open are written.
    """
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        if hasattr(sys, name):
            setattr(sys, name, None)
    if hasattr(atexit, "_clear"):
        atexit._clear()  # The callbacks may hold anything.
    if isinstance(sys.modules.get("__main__"), _Module):
        _drop_values(vars(sys.modules["__main__"]))
    own = [name for name, module in sys.modules.items() if module is not _kept.get(name)]
    left = [_weakref.ref(sys.modules.pop(name)) for name in own if type(sys.modules[name]) is _Module]
    gc.collect()
    if _frozen_script is not None:
        _clear(_frozen_script)
    for reference in reversed(left):
        alive = reference()
        if alive is not None:
            _clear(vars(alive))
        alive = None
    gc.collect()


def _clear(values: "dict[str, Any]") -> None:
    for name in [name for name in values if name[:1] == "_" and name[1:2] != "_"]:
        values[name] = None
    for name in [name for name in values if name != "__builtins__"]:
        values[name] = None


# An exception that C code drops meanwhile is shown with the frame that it came through.
loading.disguise(take_down, "<sys>")


def _drop_values(values: "dict[str, Any]") -> None:
    """Drop a script's values, but for what they may still need: its imports, functions and classes."""
    defined = (_Module, type, type(_clear))
    for name in [name for name, value in values.items() if not isinstance(value, defined)]:
        if name[:2] != "__":
            values[name] = None
    gc.collect()


def flush_all() -> None:
    """Write what is left in the buffers of open files, of Python's and of C's."""
    kinds = (TextIOWrapper, BufferedWriter, BufferedRandom)
    # The process' own streams are named, since gc does not list them: the template has frozen them.
    for found in [sys.__stdout__, sys.__stderr__, *gc.get_objects()]:
        if type(found) in kinds:
            try:
                if not found.closed:
                    found.flush()
            except Exception:
                continue
    system.flush_streams()
