"""What somebody who applies a trial should know beside the diff: which values were not written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnic.apply.apply_trial import AppliedTrial
from nnic.apply.refusals import shown_file
from nnic.compile.compilation import CompiledFile
from nnic.ir import Carrier, Tunable, TunableKind
from nnic.syntax.constants import fold
from nnic.tuners.space import Value


@dataclass(frozen=True, slots=True)
class OpenValue:
    """A value without a place in the source: writing it would close what it leaves open.

    ``path`` and ``line`` are where its parameter is; ``in_code`` tells a call in code from a layer.
    """

    path: str
    line: int
    name: str
    value: Value
    in_code: bool


@dataclass(frozen=True, slots=True)
class ShortBudget:
    """A budget of the trial that is not the script's ``own``: its metric is that of a shorter training."""

    name: str
    budget: float
    own: str


def open_values(applied: AppliedTrial) -> Iterator[OpenValue]:
    """Yield the values of the trial that have no place in the source."""
    parameters = applied.trial.parameters
    for file, tunable in _tunables(applied):
        in_code = tunable.annotation.carrier is Carrier.CODE
        if tunable.key in parameters and (in_code or tunable.kind is TunableKind.LAYER):
            line = file.result.source.lines.line_of(tunable.span.start) if file.result else 0
            where = shown_file(applied.compilation, file.path)
            yield OpenValue(where, line, tunable.name, parameters[tunable.key], in_code)


def short_budgets(applied: AppliedTrial) -> Iterator[ShortBudget]:
    """Yield the budget of the trial, where it is not the script's own."""
    budget = applied.trial.budget
    for file, tunable in _tunables(applied):
        if tunable.kind is TunableKind.BUDGET and budget is not None and budget != fold(tunable.place.node):
            own = file.result.source.slice(tunable.place.span) if file.result else ""
            yield ShortBudget(tunable.name, budget, own)


def _tunables(applied: AppliedTrial) -> Iterator[tuple[CompiledFile, Tunable]]:
    for file in applied.compilation.files:
        if file.result is not None and file.result.ir is not None:
            for tunable in file.result.ir.tunables:
                yield file, tunable
