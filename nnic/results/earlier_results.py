"""Results of earlier searches, from files: nnic's exports, NNI's, or a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnic.results.csv_cells import original
from nnic.results.given_values import ValuesReader, typed
from nnic.runtime.reading import parse_json
from nnic.tuners.space import SearchSpace, Value

_METRIC = ("metric", "value")
# Columns of nnic's own CSV that are no parameters.
_OTHERS = ("trial", "status", "budget", "parent", "steps", "started", "seconds", "error", "trial_job_id")


@dataclass(slots=True)
class EarlierResults:
    """What a file holds.

    Parameters
    ----------
    results
        Configurations by full keys, with their results.
    problems
        What does not fit, each with its line or number.
    without
        How many have no result, and say nothing.
    answer
        What the run that they were told to answered; ``""`` when none does yet.
    """

    results: list[tuple[dict[str, Value], float]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    without: int = 0
    answer: str = ""


def read_results(path: Path, space: SearchSpace, stated: Mapping[str, Value] | None = None) -> EarlierResults:
    """Read ``.json`` (nnic's export or NNI's), ``.jsonl`` or ``.csv``.

    Parameters are named by full keys or any unambiguous end of one; those that the file does not have
    and columns that are no parameters are problems of each entry. ``stated`` has values, by full keys, of
    parameters that the file does not have.

    Raises
    ------
    ValueError
        When the file is none of these.
    OSError
        When it can't be read.
    """
    text = path.read_text(encoding="utf-8-sig")
    ending = path.suffix.lower()
    if ending == ".csv":
        entries = _from_csv(text, space)
    elif ending == ".jsonl":
        entries = _from_lines(text)
    elif ending == ".json":
        entries = _from_json(text)
    else:
        raise ValueError(f"{path} is not a .json, .jsonl or .csv file")
    found = EarlierResults()
    for where, parameters, value in entries:
        take_result(found, space, where, parameters, value, stated)
    return found


_Entry = tuple[str, Any, Any]


def take_result(
    found: EarlierResults,
    space: SearchSpace,
    where: str,
    parameters: Any,
    value: Any,
    stated: Mapping[str, Value] | None = None,
) -> None:
    """Add one to ``found``: a result that fits ``space``, or a problem that begins with ``where``.

    ``stated`` are the values, by full keys, that it had of parameters that it does not name.
    """
    number = _number(value)
    if number is None:
        found.without += 1
        return
    if not isinstance(parameters, Mapping):
        found.problems.append(f"{where}: no parameters")
        return
    reader = ValuesReader(space)
    reader.read(parameters)
    reader.fill(stated or {})
    config = reader.checked(False)
    if reader.problems:
        found.problems.append(f"{where}: {'; '.join(reader.problems)}")
    elif not space.contains(config):
        found.problems.append(f"{where}: the script's own values lie outside of their ranges")
    else:
        found.results.append((config, number))


def _from_json(text: str) -> Iterator[_Entry]:
    try:
        data = parse_json(text)
    except ValueError as error:
        raise ValueError(f"it is not JSON: {error}") from None
    if isinstance(data, Mapping) and isinstance(data.get("trials"), list):
        data = data["trials"]
    if not isinstance(data, list):
        raise ValueError("it contains no list of trials, such as nnic export --format json writes")
    for number, entry in enumerate(data):
        yield _of_object(f"entry {number + 1}", entry)


def _from_lines(text: str) -> Iterator[_Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = parse_json(line)
        except ValueError as error:
            raise ValueError(f"line {number} is not JSON: {error}") from None
        yield _of_object(f"line {number}", entry)


def _of_object(where: str, entry: Any) -> _Entry:
    """Return a trial of nnic's (``parameters``, ``metric``) or of NNI's (``parameter``, ``value``)."""
    if not isinstance(entry, Mapping):
        return where, None, 0.0
    parameters = entry.get("parameters", entry.get("parameter"))
    if isinstance(parameters, str):  # as some versions of NNI wrote it
        try:
            parameters = parse_json(parameters)
        except ValueError:
            parameters = None
    return where, parameters, next((entry[name] for name in _METRIC if name in entry), None)


def _from_csv(text: str, space: SearchSpace) -> Iterator[_Entry]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    rows = csv.DictReader(io.StringIO(text))
    columns = rows.fieldnames or ()
    metric = next((name for name in _METRIC if name in columns), None)
    if metric is None:
        raise ValueError(f"it has no column {' or '.join(_METRIC)}; it has {', '.join(columns) or 'none'}")
    names = [
        name for name in columns if name != metric and name not in _OTHERS and not name.startswith("metrics.")
    ]
    for row in rows:
        reader = ValuesReader(space)
        parameters = {}
        for name in names:
            short = original(name).removeprefix("parameters.")
            key = reader.find(short)
            if row[name]:  # an empty cell is a parameter that the trial did not have
                parameters[key or short] = typed(space[key], original(row[name])) if key else row[name]
        discarded = row.get("status") == "discarded"
        yield f"line {rows.line_num}", parameters, "" if discarded else row[metric]


def _number(value: Any) -> float | None:
    if isinstance(value, Mapping):
        value = value.get("default")
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:  # a whole number that no float holds
        return None
    return number if math.isfinite(number) else None
