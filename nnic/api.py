"""What the command line calls: check files, compile a program, write it, and write values back.

Names are loaded when they are asked for: checking a file loads neither the runtime nor what writes
programs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnic.files.freshness import changed_lines, original_text
    from nnic.files.output import apply_values, write_program, write_script
    from nnic.lint import check_paths
    from nnic.program import Compilation, CompiledFile, compile_entry

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
    "Compilation": "nnic.program",
    "CompiledFile": "nnic.program",
    "apply_values": "nnic.files.output",
    "changed_lines": "nnic.files.freshness",
    "check_paths": "nnic.lint",
    "compile_entry": "nnic.program",
    "original_text": "nnic.files.freshness",
    "write_program": "nnic.files.output",
    "write_script": "nnic.files.output",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
