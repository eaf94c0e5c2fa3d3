"""The rules by which ``auto`` chooses: the space, the number of trials and how many run at once.

Standard library only. What the rules rest on was measured by ``benchmarks/tuners.py`` and, with budgets,
``benchmarks/early_stopping.py``; it is shown in ``docs/tuners.md`` and ``docs/early-stopping.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnic.tuners.protocol import Problem
from nnic.tuners.space import Fidelity, SearchSpace

_BUDGET_RATIO = 3.0  # Where the largest budget is this many times the smallest, halving pays.
_MODELLED_TRIALS = 200  # A Gaussian process is asked until there are this many results.
_MODELLED_PARAMETERS = 100
_MODELLED_JOBS = 16


@dataclass(frozen=True, slots=True)
class Stage:
    """Tuners that propose in turns once there are ``start`` results; written as ``gp+tpe@200``."""

    tuners: tuple[str, ...]
    start: int = 0

    def __str__(self) -> str:
        return "+".join(self.tuners) + (f"@{self.start}" if self.start else "")

    @classmethod
    def parse(cls, text: str) -> Stage:
        """Read a stage as ``str`` writes it.

        Raises
        ------
        ValueError
            When the text is no stage.
        """
        names, _, start = text.strip().partition("@")
        tuners = tuple(name.strip() for name in names.split("+"))
        if not all(tuners) or (start and not start.isdecimal()):
            raise ValueError(f"{text!r} is not a stage of a plan; write one as 'gp', 'gp+tpe' or 'tpe@200'")
        return cls(tuners, int(start or 0))


@dataclass(frozen=True, slots=True)
class Plan:
    """Stages in the order in which they take over; the first one begins.

    A plan is written as ``gp, tpe@200``; ``why`` tells people the reason.
    """

    stages: tuple[Stage, ...]
    why: str = ""

    def __post_init__(self) -> None:
        starts = [stage.start for stage in self.stages]
        if starts[:1] != [0] or starts != sorted(set(starts)):
            raise ValueError(f"the stages of a plan begin at 0 and rise, got '{self}'")

    def __str__(self) -> str:
        return ", ".join(map(str, self.stages))

    @property
    def first(self) -> str:
        """The tuner that begins."""
        return self.stages[0].tuners[0]

    @classmethod
    def parse(cls, text: str) -> Plan:
        """Read a plan as ``str`` writes it.

        Raises
        ------
        ValueError
            When the text is no plan.
        """
        return cls(tuple(map(Stage.parse, text.split(","))))


def choose_plan(problem: Problem, budgets: bool = True) -> Plan:
    """Choose the tuners for a problem, and say why.

    Parameters
    ----------
    problem
        The problem, whose ``trials`` and ``jobs`` are taken as they are; ``None`` trials are many.
    budgets
        Whether a tuner may be chosen that hands out budgets, and so decides itself when trials stop.
    """
    space, fidelity = problem.space, problem.fidelity
    if not len(space):
        return Plan((Stage(("random",)),), "nothing to search")
    if budgets and fidelity is not None and fidelity.high >= _BUDGET_RATIO * fidelity.low:
        return _with_budgets(fidelity)
    what = _describe(space)
    if len(space) > _MODELLED_PARAMETERS:
        return Plan((Stage(("tpe",)),), f"{what}, too many for a Gaussian process")
    if problem.jobs > _MODELLED_JOBS:
        return Plan((Stage(("tpe",)),), f"{what}; {problem.jobs} at once, too many for a Gaussian process")
    first = Stage(("gp",))
    if problem.trials is not None and problem.trials <= _MODELLED_TRIALS:
        return Plan((first,), what)
    return Plan((first, Stage(("tpe",), _MODELLED_TRIALS)), f"{what}; later trials are chosen in no time")


def _with_budgets(fidelity: Fidelity) -> Plan:
    return Plan((Stage(("asha_tpe",)),), f"budgets from {fidelity.low:g} to {fidelity.high:g}")


def _describe(space: SearchSpace) -> str:
    """The family of the space, as a phrase."""
    kinds = []
    if any(p.condition is not None for p in space):
        kinds.append("conditions")
    if any(p.options for p in space):
        kinds.append("choices")
    number = f"{len(space)} parameter{'s' * (len(space) != 1)}"
    return f"{number} with {' and '.join(kinds)}" if kinds else f"{number}, numbers only"
