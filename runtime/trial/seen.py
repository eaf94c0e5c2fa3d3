"""What the first trials find under the names of their parameters when they report.

One trial alone can't tell a value that was replaced from one that was computed from the trial's. Two can:
where they were given different values and find the same one, something replaced it.
"""

import re
import sys

from nnic.runtime.trial import channel, messages
from nnic.runtime.trial.assignment import Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

_PLAIN = (bool, int, float, str)
_STEP = re.compile(r"\.(\w+)|\[(?:'([^'\\]*)'|\"([^\"\\]*)\")\]")
_NAME = re.compile(r"\w+")
_MISSING = object()


def tell(process: Process, frame: "FrameType | None") -> None:
    """Tell the values that the frames from ``frame`` on hold under the names of parameters."""
    scopes, namespaces = _scopes(frame), _namespaces(frame)
    found: dict[str, object] = {}
    for key in process.given.parameters or process.asked:
        module, _, rest = key.partition("/")
        name = rest.rpartition("/")[0]
        values = _values(name, scopes.get(module.rpartition(".")[2], []), namespaces)
        if len(values) == 1 and type(values[0]) in _PLAIN and values[0] == values[0]:
            found[key] = values[0]
    if found:
        channel.append(process.given, messages.seen(found))


def _scopes(frame: "FrameType | None") -> "dict[str, list[Mapping[str, object]]]":
    """Return the variables of frames by the last part of the name of their module, innermost first."""
    found: dict[str, list[Mapping[str, object]]] = {}
    while frame is not None:
        path = frame.f_code.co_filename
        if path.endswith(".py"):
            stem = path.replace("\\", "/").rpartition("/")[2][:-3]
            found.setdefault(stem, []).extend([frame.f_locals, frame.f_globals])
        frame = frame.f_back
    return found


def _namespaces(frame: "FrameType | None") -> "list[object]":
    """Return the results of argparse that frames hold."""
    argparse = sys.modules.get("argparse")
    found: list[object] = []
    while argparse is not None and frame is not None:
        for variables in (frame.f_locals, frame.f_globals):
            found += [v for v in list(variables.values()) if isinstance(v, argparse.Namespace)]
        frame = frame.f_back
    return found


def _values(name: str, scopes: "list[Mapping[str, object]]", namespaces: "list[object]") -> "list[object]":
    """Return what a parameter's name stands for: an option of a command line, or else a variable.

    Where several of that name have other values, nobody can tell which is meant.
    """
    options = [vars(space)[name] for space in namespaces if name in vars(space)]
    found = options or [_resolve(name, scope) for scope in scopes]
    different: list[object] = []
    for value in found:
        if value is not _MISSING and not any(value is other or value == other for other in different):
            different.append(value)
    return different


def _resolve(name: str, scope: "Mapping[str, object]") -> object:
    """Follow ``CONFIG['model'].lr`` without running code of the user's."""
    root = _NAME.match(name)
    if root is None or root[0] not in scope:
        return _MISSING
    value, at = scope[root[0]], root.end()
    while at < len(name):
        step = _STEP.match(name, at)
        if step is None:
            return _MISSING
        if step[1] is not None:
            held = getattr(value, "__dict__", None)
        else:
            held = value if isinstance(value, dict) else None
        key = step[1] or step[2] or step[3]
        if held is None or key not in held:
            return _MISSING
        value, at = held[key], step.end()
    return value
