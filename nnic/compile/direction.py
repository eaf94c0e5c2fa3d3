"""Which metrics of a program say by their names that a search goes the wrong way."""

from __future__ import annotations

from nnic.compile.compilation import Compilation
from nnic.findings.diagnostics import Diagnostic, Sink
from nnic.findings.suppression import without_suppressed
from nnic.passes.direction import check_direction


def direction_findings(compilation: Compilation, maximize: bool) -> tuple[Diagnostic, ...]:
    """Return a warning for each metric whose name says that less is better, or more when it is minimized."""
    found: list[Diagnostic] = []
    for file in compilation.files:
        if file.result is not None and file.result.ir is not None:
            sink = Sink(file.result.source)
            check_direction(file.result.ir, maximize, sink)
            shown = without_suppressed(file.result.source, sink.diagnostics)
            found += [finding for finding in shown if finding.code == "NNI211"]
    return tuple(found)
