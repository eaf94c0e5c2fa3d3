"""What was written into the source, and what was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nnic.apply.apply_trial import AppliedTrial
from nnic.apply.narrow import GOES, Narrowed
from nnic.apply.notes import open_values, short_budgets
from nnic.apply.refusals import describe_lines, shown_file
from nnic.apply.undo_last import UndoneApply
from nnic.runtime.store.records import ExperimentRecord
from nnic.runtime.text import format_number
from nnic.screens.commands import command
from nnic.screens.format import format_value, table
from nnic.screens.values import ShownSpace
from nnic.tuners.space import Parameter, Value


def render_notes(applied: AppliedTrial) -> Iterator[str]:
    """Return what should be known beside the diff."""
    if applied.options.narrow:
        yield _narrowed(applied.record, applied.narrowed)
    for value in () if applied.options.strip else open_values(applied):
        why = "it is a call in code; --strip writes it" if value.in_code else "it is a layer and no value"
        shown = format_value(value.value, 200)
        place = f"{value.path}:{value.line}: {value.name}"
        yield f"note: {place} is not written: {why} (the trial had {shown})"
    for budget in short_budgets(applied):
        what = f"{budget.name} = {budget.budget:g}"
        yield f"note: the trial had {what}, which is a budget; the source keeps {budget.own}"
    for name, text in applied.record.config.fixed.items():
        yield f"note: {name} is not written: the search had {text}; give that again for the same result"
    for file in applied.matched:
        if file.edited:
            where = f"{shown_file(applied.compilation, file.path)} {describe_lines(file.edited)}"
            yield f"note: edited since the search: {where}; the script may report something else now"


def render_outcome(applied: AppliedTrial) -> str:
    """Return what was done, and what comes next."""
    whose = f"trial #{applied.trial.id}" + (" (your own)" if applied.trial.baseline else "")
    if not applied.changed:
        return f"nothing to change: the source has the values of {whose} already"
    if not applied.written:
        return f"nothing was written; write it: {_written_by(applied)}"
    files = ", ".join(shown_file(applied.compilation, path) for path in applied.changed)
    return f"wrote the values of {whose} into {files}; take it back: {command('apply', '--undo')}"


def _written_by(applied: AppliedTrial) -> str:
    """Return the command that writes what was shown: of the same trial, whatever comes in between."""
    options = applied.options
    words: list[object] = ["--trial", applied.trial.id]
    words += [] if options.digits is None else ["--digits", options.digits]
    words += ["--strip"] if options.strip else []
    words += ["--narrow"] if options.narrow else []
    return command("apply", applied.record.name, *words)


def render_undone(undone: UndoneApply) -> str:
    """Return what was put back, and what comes next."""
    if not undone.written:
        return f"nothing was undone; undo it: {command('apply', undone.apply.experiment, '--undo')}"
    whose = f"trial #{undone.apply.trial} of {undone.apply.experiment}"
    return f"put back what was there before the values of {whose}: {', '.join(undone.files)}"


def _narrowed(record: ExperimentRecord, found: Mapping[str, Narrowed]) -> str:
    """Return what every parameter was narrowed to, or why it was not."""
    space = ShownSpace(record.space)
    rows = []
    for key, narrowed in found.items():
        was, now = (
            _described(space, narrowed.parameter, a) for a in (narrowed.parameter.args, narrowed.args)
        )
        outcome = f"stays: {narrowed.reason}"
        if narrowed.changes or narrowed.reason == GOES:
            outcome = now if narrowed.changes else GOES
        rows.append((f"  {space.names.get(key, key)}", was, outcome))
    return "\n".join(table(("  parameter", "was", "narrowed to"), rows))


def _described(space: ShownSpace, parameter: Parameter, args: Sequence[Value]) -> str:
    if parameter.options:
        return f"choice({', '.join(space.value(parameter.key, arg) for arg in args)})"
    shown = ", ".join(format_number(arg, 6) for arg in args if isinstance(arg, (int, float)))
    return f"{parameter.sampler.value}({shown})"
