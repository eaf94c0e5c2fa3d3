"""What the registry says of each tuner is true of it, and what a user's own class declares is understood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nnic.tuners.abilities import Abilities, declared_abilities
from nnic.tuners.entries import Entry
from nnic.tuners.protocol import (
    Batch,
    EventKind,
    Problem,
    Promoter,
    Suggestion,
    Trial,
    TrialState,
    Tuner,
)
from nnic.tuners.registry import list_tuners, make_tuner, tuner_abilities
from nnic.tuners.space import Fidelity
from nnic.tuners.testing import FakeLauncher, curve_of, measure
from nnic.tuners.testing.spaces import MIXED

PROBLEM = Problem(MIXED, fidelity=Fidelity(1, 9), seed=1, trials=40)
EVERY = pytest.mark.parametrize("entry", list_tuners(), ids=lambda entry: entry.name)

OWN = """
    from nnic.tuners import Abilities, Batch, Decision

    class Mine:
        owns_stopping = False
        {declared}

        def __init__(self, problem): ...
        def suggest(self, n): return Batch(())
        def observe(self, event): return Decision.CONTINUE
        def save(self): return b""
        def load(self, state): ...
"""


def make(entry: Entry, problem: Problem = PROBLEM) -> Tuner:
    configs = [dict(s.config) for s in make_tuner("random", PROBLEM).suggest(30).suggestions]
    return make_tuner(entry.name, problem, {"configs": configs} if entry.name == "batch" else {})


def suggested(tuner: Tuner, problem: Problem, value: float = 0.0) -> list[Suggestion]:
    """What is suggested first, and after results of which the imported ones were times ``value``."""
    launcher = FakeLauncher(tuner, problem, curve_of)
    for number, suggestion in enumerate(make_tuner("random", Problem(MIXED, seed=9)).suggest(30).suggestions):
        result = (value * measure(suggestion),)
        trial = Trial(1000 + number, Suggestion(suggestion.config), TrialState.SUCCEEDED, values=result)
        launcher.tell(EventKind.IMPORTED, trial)
    launcher.run(25)
    return launcher.suggestions


@EVERY
def test_the_table_says_what_the_class_declares(entry: Entry) -> None:
    assert declared_abilities(type(make(entry))) == entry.abilities
    declared = declared_abilities(entry.load())
    assert replace(declared, promotes=entry.abilities.promotes) == entry.abilities


@EVERY
def test_one_that_promotes_implements_the_protocol(entry: Entry) -> None:
    assert isinstance(make(entry), Promoter) is entry.abilities.promotes


@EVERY
def test_one_with_budgets_gives_a_part_of_the_whole_one(entry: Entry) -> None:
    budgets = {suggestion.budget for suggestion in make(entry).suggest(5).suggestions}
    assert None not in budgets
    assert (budgets != {9}) is entry.abilities.budgets


@EVERY
def test_one_that_learns_proposes_otherwise_after_other_imported_results(entry: Entry) -> None:
    better, worse = (suggested(make(entry), PROBLEM, value) for value in (1.0, -1.0))
    assert (better != worse) is entry.abilities.learns


@EVERY
def test_without_learning_and_promoting_no_result_matters(entry: Entry) -> None:
    if entry.abilities.learns or entry.abilities.promotes:
        return
    runs = []
    for sign in (1.0, -1.0):
        launcher = FakeLauncher(make(entry), PROBLEM, lambda s, trial, sign=sign: [sign * measure(s)])
        launcher.run(25)
        runs.append(launcher.suggestions)
    assert runs[0] == runs[1]


@EVERY
def test_one_that_does_not_plan_proposes_the_same_in_a_longer_run(entry: Entry) -> None:
    if not entry.abilities.plans:
        long = replace(PROBLEM, trials=5000)
        assert suggested(make(entry), PROBLEM, 1.0) == suggested(make(entry, long), long, 1.0)


def test_evolution_plans() -> None:
    long = replace(PROBLEM, trials=5000)
    runs = [suggested(make_tuner("evolution", problem), problem) for problem in (PROBLEM, long)]
    assert runs[0] != runs[1]
    assert tuner_abilities("evolution").plans


@EVERY
def test_one_that_needs_a_checkpoint_refuses_a_program_without(entry: Entry) -> None:
    problem = replace(PROBLEM, checkpoint=False)
    if entry.abilities.needs_checkpoint:
        with pytest.raises(ValueError, match="checkpoint"):
            make(entry, problem)
    else:
        assert make(entry, problem).suggest(1).suggestions


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("", Abilities()),
        ("abilities = Abilities(budgets=True, learns=False)", Abilities(budgets=True, learns=False)),
        ("def promote(self, n): return Batch(())", Abilities(promotes=True)),
        ("abilities = Abilities(promotes=True)", Abilities()),
    ],
    ids=["none", "declared", "the method", "without the method"],
)
def test_a_class_of_the_users_own_declares_its_abilities(
    tmp_path: Path, declared: str, expected: Abilities
) -> None:
    file = tmp_path / "mine.py"
    file.write_text("\n".join(line[4:] for line in OWN.format(declared=declared).splitlines()))
    assert tuner_abilities(f"{file}:Mine") == expected


def test_abilities_of_another_type_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    text = OWN.format(declared="abilities = {'budgets': True}")
    file.write_text("\n".join(line[4:] for line in text.splitlines()))
    with pytest.raises(ValueError, match=r"Mine.abilities must be Abilities\(...\), got {'budgets': True}"):
        tuner_abilities(f"{file}:Mine")


def test_a_class_inherits_what_it_does_not_declare() -> None:
    class Base:
        abilities = Abilities(budgets=True)

    class Child(Base):
        def promote(self, n: int) -> Batch:
            raise NotImplementedError

    assert declared_abilities(Child) == Abilities(budgets=True, promotes=True)


def test_names_of_nni_have_abilities_too() -> None:
    assert tuner_abilities("PBTTuner") == tuner_abilities("pbt")
    assert not tuner_abilities("GridSearch").learns
    with pytest.raises(ValueError, match="no tuner 'tpee'"):
        tuner_abilities("tpee")
