"""Why values are not written: the source is not what was searched, or the values have no place in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nnic.apply.matching import MatchedFile
from nnic.compile.compilation import Compilation
from nnic.project.home import default_home
from nnic.runtime.errors import ExplainedError
from nnic.runtime.program import Program
from nnic.runtime.store.connection import database_path
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentRecord
from nnic.runtime.text import plural, printable
from nnic.tuners.space import SearchSpace, Value

_MOST_SHOWN = 8  # places, or ranges of lines


class ApplyError(ExplainedError):
    """Nothing is written, or nothing is undone; the message says why, with the lines."""


def refuse_gone(record: ExperimentRecord, program: Program) -> None:
    """Refuse when an annotated file is no longer there.

    Raises
    ------
    ApplyError
        With the files.
    """
    folder = Path(program.code_dir)
    gone = [file.path for file in program.files if file.annotated and not (folder / file.path).is_file()]
    if gone:
        raise ApplyError(
            f"the source was edited since {record.name} was started, so nothing is written:\n"
            f"  {', '.join(gone)} {plural(len(gone), 'is', 'are')} gone\n"
            f"  The values: nnic best {record.name}"
        )


def refuse_edited(record: ExperimentRecord, compilation: Compilation, matched: Sequence[MatchedFile]) -> None:
    """Refuse when the edits since the search touched a parameter.

    Raises
    ------
    ApplyError
        With the lines.
    """
    moved = [shown_file(compilation, file.path) for file in matched if file.moved and not file.differences]
    if moved:
        raise ApplyError(
            "nothing is written: with the values of an earlier apply, the annotations of "
            f"{', '.join(moved)}\n  stand for other places than were searched; to undo it: nnic apply --undo"
        )
    places = [
        f"{shown_file(compilation, file.path)} {_place(difference.name, difference.lines, file)}"
        for file in matched
        for difference in file.differences
    ]
    if places:
        more = [f"and {len(places) - _MOST_SHOWN} more"] if len(places) > _MOST_SHOWN else []
        listed = "\n  ".join([*places[:_MOST_SHOWN], *more])
        raise ApplyError(
            f"the source was edited since {record.name} was started, so nothing is written:\n  {listed}\n"
            f"  The values: nnic best {record.name}. Search the edited source: nnic run {_script(record)}"
        )


def refuse_stripped(record: ExperimentRecord, config: Mapping[str, Value], compilation: Compilation) -> None:
    """Refuse values without a slot, and options that are none: an earlier apply took them out.

    Raises
    ------
    ApplyError
        With the names of the parameters.
    """
    assert compilation.program is not None
    names = record.space.display_names()
    space = compilation.program.space
    missing = [key for key in config if not same_parameter(key, record.space, space)]
    if missing:
        shown = ", ".join(names.get(key, key) for key in missing)
        raise ApplyError(
            f"nothing is written: an earlier apply removed the annotation of {shown}\n"
            "  Undo that first: nnic apply --undo"
        )
    for key, value in config.items():
        if space[key].options and space[key].option_of(value) is None:
            raise ApplyError(
                f"nothing is written: an earlier apply removed the option {value} of {names.get(key, key)}\n"
                "  Undo that first: nnic apply --undo"
            )
        if not space[key].options and not isinstance(value, (int, float)):
            raise ApplyError(
                f"nothing is written: the store has {value!r} for {names.get(key, key)}, which is no number\n"
                "  The store is damaged; restore a copy: nnic backup --restore"
            )


def refuse_outside(files: Iterable[Path], root: Path, done: str) -> None:
    """Refuse to write files that are really elsewhere than in the folder ``root``.

    Raises
    ------
    ApplyError
        With the file, and where it really is.
    """
    within = os.path.realpath(root)
    for file in files:
        real = "no path" if "\0" in str(file) else os.path.realpath(file)
        if not os.path.isabs(real) or os.path.commonpath([real, within]) != within:
            raise ApplyError(
                f"nothing is {done}: {printable(str(file))} is really {printable(real)}, which is outside "
                f"of the project {within}"
            )


def refuse_copied(home: Path, name: str, folder: Path) -> None:
    """Refuse to write from the copy of a store: the source that it names is that of the original.

    Parameters
    ----------
    home, name
        The store, and the experiment.
    folder
        Where the source lies.

    Raises
    ------
    ApplyError
        When the project around ``folder`` has the same experiment in a store of its own.
    """
    original = default_home(folder)
    if os.path.realpath(original) == os.path.realpath(home) or not database_path(original).exists():
        return
    try:
        with StoreReader(home) as here, StoreReader(original) as there:
            same = here.experiment(name).created == there.experiment(name).created
    except (ExplainedError, sqlite3.DatabaseError):
        return
    if same:
        raise ApplyError(
            f"nothing is written: {home} is a copy of {original}, and {name} searched the source there.\n"
            f"  To write to that: call nnic in {original.parent}. To search the copy: nnic run SCRIPT"
        )


def same_parameter(key: str, before: SearchSpace, after: SearchSpace) -> bool:
    """Tell whether a key means the same parameter in both spaces: that of a nested one counts the options of
    its parent, of which some may be gone."""
    if key not in before or key not in after:
        return False
    condition = before[key].condition
    if condition is None:
        return after[key].condition is None
    if condition != after[key].condition or not same_parameter(condition.parent, before, after):
        return False
    old, new = before[condition.parent].options, after[condition.parent].options
    return condition.option < len(new) and old[condition.option] == new[condition.option]


def _place(name: str, lines: tuple[int, ...], file: MatchedFile) -> str:
    """Return where a parameter was edited: of its lines, those that differ."""
    if not lines:
        where = f" ({describe_lines(file.edited)})" if file.edited else ""
        return f"no longer has {name}{where}"
    touched = [line for line in lines if line in file.edited] or list(file.edited) or list(lines)
    return f"{describe_lines(touched)}: {name}"


def _script(record: ExperimentRecord) -> str:
    command = record.config.script or record.config.argv[1:]
    return " ".join(command[:2] if command[:1] == ("-m",) else command[:1])


def describe_lines(lines: Sequence[int]) -> str:
    """Return ``line 5``, ``lines 5, 7-9`` or ``lines 1-3 and 4 more``."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges[:_MOST_SHOWN])
    rest = sum(b - a + 1 for a, b in ranges[_MOST_SHOWN:])
    return f"{plural(len(lines), 'line')} {shown}" + (f" and {rest} more" if rest else "")


def shown_file(compilation: Compilation, path: str) -> str:
    """Return a file of the program as it is seen from the working directory."""
    return seen_from_here(compilation.code_dir / path, path)


def seen_from_here(file: Path, otherwise: str) -> str:
    """Return the path of ``file`` relative to the working directory; ``otherwise`` when it is not below."""
    relative = os.path.relpath(file)
    return otherwise if relative.startswith("..") else relative
