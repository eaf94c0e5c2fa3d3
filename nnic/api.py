"""What the command line calls: check files, compile a program, write it, and write values back.

Names are loaded when they are asked for: checking a file loads neither the runtime nor what writes
programs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnic.apply.apply_values import apply_values, write_script
    from nnic.apply.freshness import changed_lines, original_text
    from nnic.check.check_paths import check_paths
    from nnic.compile.compilation import Compilation, CompiledFile
    from nnic.compile.program import compile_entry
    from nnic.compile.write_program import write_program

__all__ = [
    "Compilation",
    "CompiledFile",
    "apply_values",
    "changed_lines",
    "check_paths",
    "compile_entry",
    "original_text",
    "write_program",
    "write_script",
]

_HOMES = {
    "Compilation": "nnic.compile.compilation",
    "CompiledFile": "nnic.compile.compilation",
    "apply_values": "nnic.apply.apply_values",
    "changed_lines": "nnic.apply.freshness",
    "check_paths": "nnic.check.check_paths",
    "compile_entry": "nnic.compile.program",
    "original_text": "nnic.apply.freshness",
    "write_program": "nnic.compile.write_program",
    "write_script": "nnic.apply.apply_values",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
