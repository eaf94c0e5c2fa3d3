"""Warns of files that every trial writes to the same place."""

from __future__ import annotations

import ast

from nnic.findings.diagnostics import Sink
from nnic.ir import ModuleIR
from nnic.syntax.constants import fold
from nnic.syntax.facts import FileFacts

# Functions that write a file: the position and the keyword of its path.
_FUNCTIONS = {
    "torch.save": (1, "f"),
    "joblib.dump": (1, "filename"),
    "numpy.save": (0, "file"),
    "numpy.savez": (0, "file"),
    "numpy.savez_compressed": (0, "file"),
    "numpy.savetxt": (0, "fname"),
    "matplotlib.pyplot.savefig": (0, "fname"),
    "safetensors.torch.save_file": (1, "filename"),
}
# Methods of whatever object, whose first argument is the path.
_METHODS = frozenset(
    {"savefig", "save_weights", "save_model", "save_pretrained", "to_csv", "to_parquet", "to_pickle"}
)
_MODES = frozenset("wx+")
_HINT = "use a separate path for each trial: os.path.join(os.environ.get('NNIC_OUTPUT_DIR', '.'), {!r})"


def check_outputs(ir: ModuleIR, sink: Sink) -> ModuleIR:
    """Look at the constant paths that a program with parameters writes, each once."""
    if not ir.tunables or not _may_write(ir.source.text):
        return ir
    varying = {id(place.node) for tunable in ir.tunables for place in tunable.places}
    constants = {n: v for n, v in ir.facts.bindings.constants.items() if id(v) not in varying}
    seen: set[str] = set()
    for node in ir.facts.nodes.of(ast.Call):
        argument = _written(node, ir.facts)
        path = None if argument is None else _path(argument, constants)
        if argument is None or path is None or path in seen or id(argument) in varying:
            continue
        seen.add(path)
        sink.warning(
            "NNI213",
            ir.source.span(argument),
            f"every trial writes {path!r}, so trials that run at once overwrite each other's",
            help=_HINT.format(path.rpartition("/")[2] or path),
        )
    return ir


def _may_write(text: str) -> bool:
    return "save" in text or "open(" in text or ".to_" in text or "dump" in text or ".write_" in text


def _written(call: ast.Call, facts: FileFacts) -> ast.expr | None:
    """Return the expression of the path that a call writes to."""
    function = call.func
    if isinstance(function, ast.Name) and function.id == "open" and "open" not in facts.imported:
        return _argument(call, 0, "file") if _opens_to_write(call, 1) else None
    qualified = facts.qualified_name(function)
    if qualified is not None and qualified in _FUNCTIONS:
        return _argument(call, *_FUNCTIONS[qualified])
    if not isinstance(function, ast.Attribute) or qualified is not None:
        return None
    if function.attr in ("write_text", "write_bytes") or (
        function.attr == "open" and _is_path(function.value) and _opens_to_write(call, 0)
    ):
        return function.value if _is_path(function.value) else None
    if function.attr in _METHODS:
        return _argument(call, 0)
    first = _argument(call, 0)
    # `save` means many things; one with the name of a file means a file.
    named = isinstance(first, ast.Constant) and isinstance(first.value, str) and "." in first.value[1:]
    return first if function.attr == "save" and named else None


def _opens_to_write(call: ast.Call, position: int) -> bool:
    mode = _argument(call, position, "mode")
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and bool(_MODES & set(mode.value))


def _argument(call: ast.Call, position: int, name: str | None = None) -> ast.expr | None:
    if len(call.args) > position:
        found = call.args[position]
        return None if any(isinstance(a, ast.Starred) for a in call.args[: position + 1]) else found
    keywords = call.keywords if name is not None else []
    return next((keyword.value for keyword in keywords if keyword.arg == name), None)


def _is_path(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _is_path(node.left)
    name = node.func if isinstance(node, ast.Call) else None
    last = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
    return last in ("Path", "PurePath")


def _path(node: ast.expr, constants: dict[str, ast.expr], depth: int = 0) -> str | None:
    """Return the path that an expression always gives, or ``None`` for a stream, a device, or one that
    varies."""
    parts: list[ast.expr] = [node]
    if isinstance(node, ast.Name) and node.id in constants and depth < 5:
        return _path(constants[node.id], constants, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Call) and not node.keywords:
        last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        parts = node.args if last in ("Path", "PurePath", "join", "str") else []
    if parts == [node]:
        value = fold(node)
        usable = isinstance(value, str) and value and not value.startswith(("/dev/", "/proc/"))
        return value if usable and isinstance(value, str) else None
    texts = [_path(part, constants, depth + 1) for part in parts] if depth < 5 else [None]
    return "/".join(text for text in texts if text) if texts and None not in texts else None
