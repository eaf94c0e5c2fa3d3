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
    from nnic.apply.undo_last import undo_last
    from nnic.check.check_paths import LintOptions, check_paths
    from nnic.check.fix_paths import fix_paths
    from nnic.compile.compilation import Compilation, CompiledFile
    from nnic.compile.compile_program import compile_program
    from nnic.compile.program import compile_entry
    from nnic.compile.write_program import write_program
    from nnic.findings.errors import CompileError
    from nnic.project.diffs import unified_diff
    from nnic.results.params_file import read_params
    from nnic.results.status import list_experiments

__all__ = [
    "Compilation",
    "CompileError",
    "CompiledFile",
    "LintOptions",
    "apply_values",
    "changed_lines",
    "check_paths",
    "compile_entry",
    "compile_program",
    "fix_paths",
    "list_experiments",
    "original_text",
    "read_params",
    "undo_last",
    "unified_diff",
    "write_program",
    "write_script",
]

_HOMES = {
    "Compilation": "nnic.compile.compilation",
    "CompileError": "nnic.findings.errors",
    "CompiledFile": "nnic.compile.compilation",
    "LintOptions": "nnic.check.check_paths",
    "apply_values": "nnic.apply.apply_values",
    "changed_lines": "nnic.apply.freshness",
    "check_paths": "nnic.check.check_paths",
    "compile_entry": "nnic.compile.program",
    "compile_program": "nnic.compile.compile_program",
    "fix_paths": "nnic.check.fix_paths",
    "list_experiments": "nnic.results.status",
    "original_text": "nnic.apply.freshness",
    "read_params": "nnic.results.params_file",
    "undo_last": "nnic.apply.undo_last",
    "unified_diff": "nnic.project.diffs",
    "write_program": "nnic.compile.write_program",
    "write_script": "nnic.apply.apply_values",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
