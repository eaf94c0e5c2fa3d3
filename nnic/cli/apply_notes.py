"""What ``nnic apply`` tells beside the diff: what stays open, what was edited, what needs a hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nnic.cli.edited import describe_lines, shown_path

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.apply.matching import MatchedFile
    from nnic.runtime.store.records import TrialRecord


def print_open(compilation: Compilation, winner: TrialRecord) -> None:
    """Tell of values that have no place in the source: writing them would close what they leave open."""
    from nnic.ir import Carrier, TunableKind
    from nnic.screens.format import format_value

    for file in compilation.files:
        for tunable in file.result.ir.tunables if file.result and file.result.ir else ():
            in_code = tunable.annotation.carrier is Carrier.CODE
            if tunable.key in winner.parameters and (in_code or tunable.kind is TunableKind.LAYER):
                line = file.result.source.lines.line_of(tunable.span.start) if file.result else 0
                value = format_value(winner.parameters[tunable.key], 200)
                what = "a call in code; --strip writes it" if in_code else "no value but a layer"
                where = f"{shown_path(compilation, file.path)}:{line}: {tunable.name}"
                print(f"note: {where} stays open, it is {what} (in the trial {value})", file=sys.stderr)


def print_budget(compilation: Compilation, winner: TrialRecord) -> None:
    """Tell of a budget that is not the script's own: its metric is that of a shorter training."""
    from nnic.ir import TunableKind
    from nnic.syntax.constants import fold

    for file in compilation.files:
        for tunable in file.result.ir.tunables if file.result and file.result.ir else ():
            if tunable.kind is TunableKind.BUDGET and winner.budget not in (None, fold(tunable.place.node)):
                own = file.result.source.slice(tunable.place.span) if file.result else ""
                what = f"{tunable.name} = {winner.budget:g}"
                print(f"note: the trial had {what}, a budget; the source keeps its {own}", file=sys.stderr)


def print_edited(compilation: Compilation, matched: tuple[MatchedFile, ...]) -> None:
    """Tell of edits that touched no parameter."""
    for file in matched:
        if file.edited:
            where = f"{shown_path(compilation, file.path)} {describe_lines(file.edited)}"
            print(
                f"note: edited since the search: {where}; the script may report something else now",
                file=sys.stderr,
            )


def print_new_findings(compilation: Compilation, changed: Mapping[str, str]) -> None:
    """Tell of errors that the annotations have with the new values: a function that was chosen may hold
    nothing of what another annotation speaks of."""
    from nnic.cli.compiling import print_findings
    from nnic.compile.check_source import check_source
    from nnic.project.code_directory import module_name
    from nnic.source import SourceFile

    for file in compilation.files:
        if file.path in changed:
            source = SourceFile.decode(file.encoded(changed[file.path]), shown_path(compilation, file.path))
            found = check_source(source, module_name(file.path))[1]
            errors = [finding for finding in found if finding.is_error]
            if errors:
                print("warning: with these values the annotations need your hand:", file=sys.stderr)
                print_findings(errors)
