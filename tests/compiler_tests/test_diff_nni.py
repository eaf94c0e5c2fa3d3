"""Search spaces and programs against what NNI 2.10 itself made of the same files (``make diff-nni``)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from diff_nni.case import Case
from diff_nni.compare import compare
from diff_nni.grammar import options_case
from diff_nni.hand_made import hand_made
from diff_nni.programs import ProgramGenerator
from diff_nni.recorded import recorded

RECORDED = recorded()
PROGRAMS = [(case, nni) for case, nni in RECORDED if case.runs]


@pytest.mark.parametrize(("case", "nni"), RECORDED, ids=[case.name for case, _ in RECORDED])
def test_as_nni(case: Case, nni: dict[str, Any], tmp_path: Path) -> None:
    assert compare(case, nni, tmp_path).failures == []


def test_the_record_is_of_the_files_that_there_are() -> None:
    options = [case for case, _ in RECORDED if case.kinds == ("options",)]
    assert [case for case, _ in RECORDED if not case.runs] == [*hand_made(), *options]
    assert options == [options_case(seed) for seed in range(0, 2 * len(options), 2)], "make diff-nni RECORD=1"
    made = [ProgramGenerator(seed).case() for seed in range(len(PROGRAMS))]
    assert [case for case, _ in PROGRAMS] == made, "make diff-nni RECORD=1"


def test_the_record_has_every_kind_of_statement() -> None:
    kinds = {kind for case, _ in PROGRAMS for kind in case.kinds}
    assert kinds >= {
        "variable",
        "number",
        "tuple target",
        "function_choice",
        "report",
        "mutable_layers",
        "tied",
    }
    assert kinds >= {"smart parameter", "sub-package", "semicolon", "several lines", "raw string", "long"}
    assert kinds >= {"in class", "in method", "in for", "in try", "in with", "in if", "in else", "in while"}
    assert sum(len(nni.get("runs", ())) for _, nni in PROGRAMS) > 100


def float_for_int(space: dict[str, Any]) -> None:
    entry = next(e for e in space.values() if any(type(v) is int for v in e["_value"]))
    entry["_value"] = [float(v) if type(v) is int else v for v in entry["_value"]]


def other_order(space: dict[str, Any]) -> None:
    first = next(iter(space))
    space[first] = space.pop(first)


def other_key(space: dict[str, Any]) -> None:
    space["main/other/choice"] = space.pop(next(iter(space)))


def one_key_less(space: dict[str, Any]) -> None:
    space.pop(next(iter(space)))


@pytest.mark.parametrize("change", [float_for_int, other_order, other_key, one_key_less])
def test_another_space_is_a_difference(change: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    text = "".join(f"'''@nni.variable(nni.choice(1, 2), name={n})'''\n{n} = 1\n" for n in "xy")
    entry = {"_type": "choice", "_value": [1, 2]}
    space = {"main/x/choice": copy.deepcopy(entry), "main/y/choice": copy.deepcopy(entry)}
    case = Case("two", {"main.py": text}, runs=True)
    assert compare(case, {"space": space, "runs": []}, tmp_path / "same").failures == []
    change(space)
    assert compare(case, {"space": space, "runs": []}, tmp_path / "other").failures


@pytest.mark.parametrize(
    "nni",
    [
        {"refused": "AssertionError: of a new kind"},
        {
            "space": {"main/x/choice": {"_type": "choice", "_value": [1, 2]}},
            "runs": [{"values": {"main/x/choice": 2}, "output": "1\n"}],
        },
    ],
)
def test_other_behaviour_is_a_difference(nni: dict[str, Any], tmp_path: Path) -> None:
    text = "'''@nni.variable(nni.choice(1, 2), name=x)'''\nx = 1\nprint(x)\n"
    assert compare(Case("one", {"main.py": text}, runs=True), nni, tmp_path).failures
