"""What NNI made of a part of the files, kept so that tests need no NNI."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from diff_nni.case import Case
from diff_nni.programs import PRELUDE, VERSION

_FILE = Path(__file__).with_name("recorded.json")
_PROGRAMS = 60
_OPTIONS = 5
_MARK = "<prelude>\n"


def choose(cases: Sequence[Case], results: Sequence[dict[str, Any]]) -> list[tuple[Case, dict[str, Any]]]:
    """Everything that was made by hand, and the first programs and options."""
    pairs = list(zip(cases, results))
    options = [pair for pair in pairs if pair[0].kinds == ("options",)]
    by_hand = [pair for pair in pairs if not pair[0].runs and pair not in options]
    return [*by_hand, *[pair for pair in pairs if pair[0].runs][:_PROGRAMS], *options[:_OPTIONS]]


def record(pairs: Sequence[tuple[Case, dict[str, Any]]]) -> None:
    """Write what NNI said."""
    lines = []
    for case, nni in pairs:
        files = {path: text.replace(PRELUDE, _MARK) for path, text in case.files.items()}
        lines.append(json.dumps({**asdict(case), "files": files, "nni": nni}, ensure_ascii=True))
    text = ",\n".join(lines)
    _FILE.write_text(f'{{"nni": "2.10", "generator": {VERSION}, "cases": [\n{text}\n]}}\n', encoding="utf-8")


def recorded() -> list[tuple[Case, dict[str, Any]]]:
    """What NNI said.

    Raises
    ------
    ValueError
        When another version of the generator wrote it.
    """
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    if data["generator"] != VERSION:
        raise ValueError(f"{_FILE.name} is of another generator: make diff-nni RECORD=1")
    return [(_case(entry), entry["nni"]) for entry in data["cases"]]


def _case(entry: dict[str, Any]) -> Case:
    files = {path: text.replace(_MARK, PRELUDE) for path, text in entry["files"].items()}
    return Case(entry["name"], files, entry["runs"], tuple(entry["kinds"]))
