"""Tuners propose configurations, assessors judge running trials.

The public names are loaded when they are first used: a search space or the protocol brings no
numpy with it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if __name__ != "nnic.tuners":
    raise ImportError(f"this package is imported as nnic.tuners, not as {__name__}")

if TYPE_CHECKING:
    from nnic.tuners.abilities import Abilities as Abilities
    from nnic.tuners.constraints import ConstraintSet as ConstraintSet
    from nnic.tuners.constraints import violation as violation
    from nnic.tuners.history import History as History
    from nnic.tuners.mapping.cube import Cube as Cube
    from nnic.tuners.protocol import Assessor as Assessor
    from nnic.tuners.protocol import Batch as Batch
    from nnic.tuners.protocol import BatchStatus as BatchStatus
    from nnic.tuners.protocol import Decision as Decision
    from nnic.tuners.protocol import EventKind as EventKind
    from nnic.tuners.protocol import Failure as Failure
    from nnic.tuners.protocol import FailureKind as FailureKind
    from nnic.tuners.protocol import Objective as Objective
    from nnic.tuners.protocol import Problem as Problem
    from nnic.tuners.protocol import Promoter as Promoter
    from nnic.tuners.protocol import Report as Report
    from nnic.tuners.protocol import Suggestion as Suggestion
    from nnic.tuners.protocol import Trial as Trial
    from nnic.tuners.protocol import TrialEvent as TrialEvent
    from nnic.tuners.protocol import TrialState as TrialState
    from nnic.tuners.protocol import Tuner as Tuner
    from nnic.tuners.registry import list_assessors as list_assessors
    from nnic.tuners.registry import list_tuners as list_tuners
    from nnic.tuners.registry import make_assessor as make_assessor
    from nnic.tuners.registry import make_tuner as make_tuner
    from nnic.tuners.space import ABSENT as ABSENT
    from nnic.tuners.space import Condition as Condition
    from nnic.tuners.space import Constraint as Constraint
    from nnic.tuners.space import Fidelity as Fidelity
    from nnic.tuners.space import Parameter as Parameter
    from nnic.tuners.space import Sampler as Sampler
    from nnic.tuners.space import SearchSpace as SearchSpace

_MODULES = {
    "abilities": ("Abilities",),
    "constraints": ("ConstraintSet", "violation"),
    "mapping.cube": ("Cube",),
    "history": ("History",),
    "protocol": (
        "Assessor",
        "Batch",
        "BatchStatus",
        "Decision",
        "EventKind",
        "Failure",
        "FailureKind",
        "Objective",
        "Problem",
        "Promoter",
        "Report",
        "Suggestion",
        "Trial",
        "TrialEvent",
        "TrialState",
        "Tuner",
    ),
    "registry": ("list_assessors", "list_tuners", "make_assessor", "make_tuner"),
    "space": ("ABSENT", "Condition", "Constraint", "Fidelity", "Parameter", "Sampler", "SearchSpace"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
