"""Findings about the whole program, for files that are seen to be where one begins."""

from __future__ import annotations

import re
from pathlib import Path

from nnic.findings.diagnostics import Diagnostic
from nnic.project.problems import shown_path

_ENTRY = re.compile(
    rb"""^if[ (]+(?:__name__\s*==\s*["']__main__["']|["']__main__["']\s*==\s*__name__)""", re.M
)


def program_findings(file: Path, data: bytes, root: Path) -> tuple[Diagnostic, ...]:
    """Return that the program of an entry reports no final result, where that is certain.

    A file is an entry when it has the part that runs as a script. The files that it imports are looked
    at only where it does not report itself. ``root`` is what paths are shown relative to.
    """
    if b"report_final_result" in data or _ENTRY.search(data) is None:
        return ()
    from nnic.compile.failing import is_complete
    from nnic.compile.program import compile_entry

    try:
        compilation = compile_entry(file, display_root=root)
    except (OSError, ValueError):
        return ()
    program = compilation.program
    if program is None or not program.space.parameters or not is_complete(compilation.files):
        return ()
    here = shown_path(file, root)
    return tuple(d for d in compilation.diagnostics if d.code == "NNI203" and d.path == here)
