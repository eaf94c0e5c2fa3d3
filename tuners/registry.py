"""Tuners and assessors by name.

A built-in is a row of the tables below; others come from an entry point (groups ``nnic.tuners``
and ``nnic.assessors``), a class path ``package.module:Class`` or a file ``my_tuner.py:MyTuner``.
Nothing is imported before it is made.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from nnic.tuners.loading import EXTERNAL_HINT, load_class_path, load_file
from nnic.tuners.options import accepted_options, convert_options
from nnic.tuners.protocol import Assessor, Problem, Tuner


@dataclass(frozen=True, slots=True)
class Entry:
    """A built-in: its name, where it lives, what it does, and the names that NNI had for it."""

    name: str
    path: str
    summary: str
    aliases: tuple[str, ...] = ()


TUNERS = (
    Entry(
        "auto",
        "nnic.tuners.search.auto:AutoTuner",
        "one of the others, by the space and the number of trials",
    ),
    Entry(
        "tpe", "nnic.tuners.tpe.tuner:TPETuner", "tree-structured Parzen estimator, joint over all parameters"
    ),
    Entry("random", "nnic.tuners.search.random_search:RandomTuner", "random search without repeats"),
    Entry("sobol", "nnic.tuners.search.sobol:SobolTuner", "scrambled Sobol points, without repeats"),
    Entry("grid", "nnic.tuners.search.grid:GridTuner", "a grid, refined by halving", ("GridSearch",)),
    Entry("batch", "nnic.tuners.search.batch:BatchTuner", "a given list of configurations", ("BatchTuner",)),
    Entry(
        "gp", "nnic.tuners.gp.tuner:GPTuner", "a Gaussian process: the best of the first hundreds of trials"
    ),
    Entry(
        "cmaes",
        "nnic.tuners.search.cmaes:CMAESTuner",
        "a normal distribution that moves and learns its shape",
    ),
    Entry("anneal", "nnic.tuners.search.anneal:AnnealTuner", "draws around the best, ever more closely"),
    Entry("evolution", "nnic.tuners.search.evolution:EvolutionTuner", "children of the best or the youngest"),
    Entry(
        "hyperband", "nnic.tuners.multifidelity.hyperband:HyperbandTuner", "successive halving over budgets"
    ),
    Entry("asha", "nnic.tuners.multifidelity.asha:AshaTuner", "successive halving that never waits"),
    Entry(
        "asha_tpe",
        "nnic.tuners.multifidelity.asha_tpe:AshaTPETuner",
        "asha, with tpe's model of what to begin with",
    ),
    Entry(
        "bohb",
        "nnic.tuners.multifidelity.bohb:BohbTuner",
        "hyperband's brackets filled by a model, without waiting",
    ),
    Entry(
        "pbt",
        "nnic.tuners.multifidelity.pbt:PBTTuner",
        "a population that trains on from its best",
        ("PBTTuner",),
    ),
)

ASSESSORS = (
    Entry("none", "nnic.tuners.assessors.no_assessor:NoAssessor", "every trial runs to its end"),
    Entry(
        "medianstop",
        "nnic.tuners.assessors.median_stop:MedianStop",
        "stops trials below the median of the others",
    ),
    Entry(
        "curvefitting",
        "nnic.tuners.assessors.curve_fitting:CurveFitting",
        "stops trials whose curves will hardly reach the best",
    ),
    Entry("asha", "nnic.tuners.assessors.asha:AshaAssessor", "lets the best third go on, at growing steps"),
    Entry(
        "percentile",
        "nnic.tuners.assessors.percentile:Percentile",
        "stops trials behind most others at a step",
    ),
    Entry("patience", "nnic.tuners.assessors.patience:Patience", "stops trials that no longer improve"),
    Entry(
        "threshold", "nnic.tuners.assessors.threshold:Threshold", "stops trials whose values leave a range"
    ),
)

DEFAULT_TUNER = "auto"
DEFAULT_ASSESSOR = "none"


def list_tuners() -> tuple[Entry, ...]:
    """The built-in tuners, in the order in which they are shown."""
    return TUNERS


def list_assessors() -> tuple[Entry, ...]:
    """The built-in assessors, in the order in which they are shown."""
    return ASSESSORS


def find_tuner(spec: str) -> type[Any]:
    """The class of a tuner, given as for :func:`make_tuner`."""
    return _find(_TUNER, spec)


def find_assessor(spec: str) -> type[Any]:
    """The class of an assessor, given as for :func:`make_assessor`."""
    return _find(_ASSESSOR, spec)


def make_tuner(spec: str, problem: Problem, options: Mapping[str, Any] | None = None) -> Tuner:
    """Build a tuner.

    Parameters
    ----------
    spec
        A name, ``package.module:Class``, or ``path/to/file.py[:Class]``.
    problem
        What it is for.
    options
        Keyword arguments of its constructor; text is converted by their annotations. NNI's
        ``seed`` and ``optimize_mode`` are understood for every tuner.

    Raises
    ------
    ValueError
        Names what is unknown or does not fit, and says what is accepted.
    """
    return cast(Tuner, _make(_TUNER, spec, problem, options or {}))


def make_assessor(spec: str, problem: Problem, options: Mapping[str, Any] | None = None) -> Assessor:
    """Build an assessor; as :func:`make_tuner`."""
    return cast(Assessor, _make(_ASSESSOR, spec, problem, options or {}))


@dataclass(frozen=True, slots=True)
class _Kind:
    word: str
    table: tuple[Entry, ...]
    group: str
    methods: tuple[str, ...]


_TUNER = _Kind("tuner", TUNERS, "nnic.tuners", ("suggest", "observe"))
_ASSESSOR = _Kind("assessor", ASSESSORS, "nnic.assessors", ("assess",))


def _make(kind: _Kind, spec: str, problem: Problem, options: Mapping[str, Any]) -> object:
    cls = _find(kind, spec)
    problem, options = _common_options(spec, cls, problem, dict(options))
    return cls(problem, **convert_options(spec, cls, options))


def _find(kind: _Kind, spec: str) -> type[Any]:
    wanted = _plain(spec)
    for entry in kind.table:
        if wanted in {_plain(name) for name in (entry.name, *entry.aliases)}:
            module, _, name = entry.path.partition(":")
            return cast("type[Any]", getattr(importlib.import_module(module), name))
    path, _, name = spec.rpartition(":")
    if spec.endswith(".py") or path.endswith(".py"):
        return load_file(path or spec, name if path else "", kind.word, kind.methods)
    if path:
        return load_class_path(path, name, kind.word, kind.methods)
    from nnic.tuners.plugins import find_plugin, list_plugins

    plugin = find_plugin(kind.group, spec, kind.word)
    if plugin is not None:
        return plugin.load(kind.word, kind.methods)
    raise ValueError(_unknown(kind, spec, {plugin.name for plugin in list_plugins(kind.group)}))


def _unknown(kind: _Kind, spec: str, others: Iterable[str]) -> str:
    names = [entry.name for entry in kind.table] + sorted(others)
    close = difflib.get_close_matches(spec.lower(), names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return f"there is no {kind.word} {spec!r}{hint} There are {', '.join(names)}. {EXTERNAL_HINT}"


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _common_options(
    spec: str, cls: type[Any], problem: Problem, options: dict[str, Any]
) -> tuple[Problem, dict[str, Any]]:
    """Handle what NNI's classes took each for itself and a :class:`Problem` says for all."""
    accepted = accepted_options(cls)
    if "seed" in options and "seed" not in accepted:
        try:
            problem = replace(problem, seed=int(options.pop("seed")))
        except (TypeError, ValueError):
            raise ValueError(f"{spec}: seed must be an integer") from None
    if "optimize_mode" in options and "optimize_mode" not in accepted:
        mode = options.pop("optimize_mode")
        wanted = "maximize" if problem.objectives[0].maximize else "minimize"
        if mode not in ("maximize", "minimize"):
            raise ValueError(f"{spec}: optimize_mode is 'maximize' or 'minimize', got {mode!r}")
        if mode != wanted:
            raise ValueError(
                f"{spec}: optimize_mode is {mode!r}, but the experiment is to {wanted}; "
                "the direction is set for the whole experiment"
            )
    return problem, options
