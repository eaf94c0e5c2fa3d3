"""Programs of which is known, before they run, that no trial or not every trial can succeed."""

from __future__ import annotations

import re

from nnic.compile.compilation import Compilation, CompiledFile
from nnic.findings.diagnostics import Diagnostic

_CERTAIN = frozenset({"NNI203", "NNI206"})
# What loads or runs code that nobody sees beforehand; it may report, too.
_UNSEEN = re.compile(
    rb"\b(?:import_module|__import__|exec|execfile|run_path|run_module|spec_from_file_location|subprocess|Popen"
    rb"|os\.system|os\.exec\w+|os\.spawn\w+|load_module|entry_points|cloudpickle)\b"
)


def certain_failures(compilation: Compilation) -> tuple[Diagnostic, ...]:
    """Return the findings that say that trials fail: no report anywhere, or a name that is bound nowhere.

    That nothing is reported is only certain of a program that is seen as a whole.
    """
    found = [finding for finding in compilation.diagnostics if finding.code in _CERTAIN]
    if not is_complete(compilation.files):
        found = [finding for finding in found if finding.code != "NNI203"]
    return tuple(found)


def is_complete(files: tuple[CompiledFile, ...]) -> bool:
    """Return whether nothing in the files loads or runs other code in a way that can't be followed."""
    return not any(_UNSEEN.search(file.data) for file in files)
