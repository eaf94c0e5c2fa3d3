"""The search space of a program: the parameters of all its files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nnic.compile.compilation import CompiledFile
from nnic.findings.diagnostics import Diagnostic, Related, Severity
from nnic.lowering.parameters import parameters_of
from nnic.source import SourceFile
from nnic.tuners.space import ABSENT, Parameter


def collect_parameters(files: Iterable[CompiledFile]) -> tuple[list[Parameter], list[Diagnostic]]:
    """Return the parameters of all files, and an error for each key that two files have."""
    found: dict[str, Parameter] = {}
    labels: dict[str, Parameter] = {}
    conflicts = []
    for file in files:
        if file.ir is None:
            continue
        for parameter in parameters_of(file.ir, file.path):
            labelled = parameter.key.startswith("*/") and parameter.condition is None
            first = labels.setdefault(parameter.name, parameter) if labelled else parameter
            if first.key != parameter.key:
                conflicts.append(_conflict(file.ir.source, parameter, first))
                continue
            other = found.setdefault(parameter.key, parameter)
            if other is parameter:
                continue
            if not parameter.key.startswith("*/") or _differ(parameter, other):
                conflicts.append(_conflict(file.ir.source, parameter, other))
            elif parameter.default != other.default:
                found[parameter.key] = replace(other, default=ABSENT)
    return list(found.values()), conflicts


def _differ(first: Parameter, second: Parameter) -> bool:
    """Tell whether two parameters of one label have other arguments."""
    return [(type(arg), arg) for arg in first.args] != [(type(arg), arg) for arg in second.args]


def _conflict(source: SourceFile, parameter: Parameter, other: Parameter) -> Diagnostic:
    assert parameter.origin is not None
    assert other.origin is not None
    line, column = parameter.origin.line, parameter.origin.column
    return Diagnostic(
        "NNI112",
        Severity.ERROR,
        source.path,
        line,
        column,
        line,
        column + 1,
        f"label {parameter.name} stands for one parameter, but its annotations differ"
        if parameter.key.startswith("*/")
        else f"two files have a parameter {parameter.key}",
        related=(Related(other.origin.path, other.origin.line, other.origin.column, "the other one"),),
        excerpt=source.lines.line_text(line),
    )
