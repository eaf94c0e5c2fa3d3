"""What the command line calls: check files, compile a program, write it, and write values back.

Names are loaded when they are asked for: checking a file loads neither the runtime nor what writes
programs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnic.apply.freshness import changed_lines, original_text
    from nnic.apply.undo_last import undo_last
    from nnic.apply.written import apply_values, write_script
    from nnic.check.fix_paths import fix_paths
    from nnic.check.paths import LintOptions, check_paths
    from nnic.compile.compile_program import compile_program
    from nnic.compile.output import write_program
    from nnic.compile.program import Compilation, CompiledFile, compile_entry
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
    "Compilation": "nnic.compile.program",
    "CompileError": "nnic.findings.errors",
    "CompiledFile": "nnic.compile.program",
    "LintOptions": "nnic.check.paths",
    "apply_values": "nnic.apply.written",
    "changed_lines": "nnic.apply.freshness",
    "check_paths": "nnic.check.paths",
    "compile_entry": "nnic.compile.program",
    "compile_program": "nnic.compile.compile_program",
    "fix_paths": "nnic.check.fix_paths",
    "list_experiments": "nnic.results.status",
    "original_text": "nnic.apply.freshness",
    "read_params": "nnic.results.params_file",
    "undo_last": "nnic.apply.undo_last",
    "unified_diff": "nnic.project.diffs",
    "write_program": "nnic.compile.output",
    "write_script": "nnic.apply.written",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
