"""Which tuner ``auto`` chooses: rules over the space, the number of trials and how many run at once.

Standard library only. What the rules rest on was measured by ``benchmarks/tuners.py`` and is shown in
``docs/tuners.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from nnic.tuners.protocol import Problem

_BUDGET_RATIO = 3.0  # of the largest to the smallest budget, from which on halving pays


@dataclass(frozen=True, slots=True)
class Plan:
    """Tuners in the order in which they take over.

    ``stages`` are pairs of a tuner's name and the number of results from which on it proposes;
    the first one's is 0. Written as ``gp, tpe@200``.
    """

    stages: tuple[tuple[str, int], ...]
    why: str = ""

    def __post_init__(self) -> None:
        starts = [start for _, start in self.stages]
        if starts[:1] != [0] or starts != sorted(set(starts)):
            raise ValueError(f"the stages of a plan begin at 0 and rise, got {self}")

    def __str__(self) -> str:
        return ", ".join(name if not start else f"{name}@{start}" for name, start in self.stages)

    @classmethod
    def parse(cls, text: str) -> Plan:
        """Inverse of ``str``.

        Raises
        ------
        ValueError
            When the text is no plan.
        """
        stages = []
        for part in text.split(","):
            name, _, start = part.strip().partition("@")
            if not name or (start and not start.isdecimal()):
                raise ValueError(f"a plan reads as 'gp' or 'gp, tpe@200', got {text!r}")
            stages.append((name, int(start or 0)))
        return cls(tuple(stages))


def choose(problem: Problem, budgets: bool = True) -> Plan:
    """The tuners for a problem, and why.

    Parameters
    ----------
    problem
        Its ``trials`` and ``jobs`` are taken as they are; ``None`` trials are many.
    budgets
        Whether a tuner may be chosen that hands out budgets, and so decides itself when trials stop.
    """
    space, fidelity = problem.space, problem.fidelity
    if budgets and fidelity is not None and fidelity.high >= _BUDGET_RATIO * fidelity.low:
        return _with_budgets(problem)
    what = _describe(problem)
    if not len(space):
        return Plan((("random", 0),), "nothing to search")
    return Plan((("tpe", 0),), what)


def _with_budgets(problem: Problem) -> Plan:
    fidelity = problem.fidelity
    assert fidelity is not None
    what = f"budgets from {fidelity.low:g} to {fidelity.high:g}"
    return Plan((("bohb", 0),), what)


def _describe(problem: Problem) -> str:
    """The family of the space and the size of the run, as a phrase."""
    space, many = problem.space, problem.trials is None
    kinds = []
    if any(p.condition is not None for p in space):
        kinds.append("conditions")
    if any(p.options for p in space):
        kinds.append("choices")
    number = f"{len(space)} parameter{'s' * (len(space) != 1)}"
    family = f"{number} with {' and '.join(kinds)}" if kinds else f"{number}, numbers only"
    return f"{family}; {'no limit of' if many else problem.trials} trials, {problem.jobs} at once"
