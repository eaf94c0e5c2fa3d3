"""Which direction a program's metrics speak for by their names, and whether a search goes against it."""

from __future__ import annotations

from collections.abc import Iterator

from nnic.compile.compilation import Compilation
from nnic.findings.diagnostics import Diagnostic, Sink
from nnic.findings.suppression import without_suppressed
from nnic.passes.direction import NamedMetric, check_direction, named_metrics


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


def find_doubt(compilation: Compilation) -> Diagnostic | None:
    """Return a metric whose name says that less is better, in a program whose direction nobody has said.

    Final results decide where their names say something; else the others do.
    """
    if speaks_for_large(compilation):
        return None
    doubts = direction_findings(compilation, maximize=True)
    small = {metric.name for metric in _deciding(compilation) if metric.small}
    return next((doubt for doubt in doubts if doubt.message.split(" is reported")[0] in small), None)


def speaks_for_large(compilation: Compilation) -> bool:
    """Return whether the names of the metrics say that more is better."""
    deciding = _deciding(compilation)
    return any(metric.perhaps for metric in deciding) and not any(metric.small for metric in deciding)


def _deciding(compilation: Compilation) -> list[NamedMetric]:
    telling = [metric for metric in _all(compilation) if metric.small or metric.perhaps]
    return [metric for metric in telling if metric.final] or telling


def _all(compilation: Compilation) -> Iterator[NamedMetric]:
    for file in compilation.files:
        if file.ir is not None:
            yield from named_metrics(file.ir)
