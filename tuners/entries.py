"""The tables of the built-in tuners and assessors.

No class is imported before somebody asks for it; what a tuner can do stands in its entry.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, cast

from nnic.tuners.abilities import Abilities

_USUAL = Abilities()


@dataclass(frozen=True, slots=True)
class Entry:
    """A built-in tuner or assessor: a line of the tables below.

    Parameters
    ----------
    name
        What ``--tuner`` or ``--assessor`` calls it.
    path
        ``module:Class``, the module below ``nnic.tuners``.
    summary
        What it does, in a line.
    aliases
        The names that NNI had for it.
    abilities
        What a tuner can do; of an assessor they say nothing.
    """

    name: str
    path: str
    summary: str
    aliases: tuple[str, ...] = ()
    abilities: Abilities = _USUAL

    def load(self) -> type[Any]:
        """Import the class."""
        module, _, name = self.path.partition(":")
        return cast("type[Any]", vars(importlib.import_module(f"nnic.tuners.{module}"))[name])


_UNTAUGHT = Abilities(learns=False)
_HALVES = Abilities(budgets=True, promotes=True, learns=False)
_HALVES_AND_LEARNS = Abilities(budgets=True, promotes=True)
_TRAINS_ON = Abilities(budgets=True, promotes=True, learns=False, needs_checkpoint=True)
_CHOOSES = Abilities(budgets=True, promotes=True, plans=True)

TUNERS = (
    Entry(
        "auto",
        "search.auto:AutoTuner",
        "chooses one of the others by the space and the number of trials",
        abilities=_CHOOSES,
    ),
    Entry("tpe", "tpe.tuner:TPETuner", "tree-structured Parzen estimator, joint over all parameters"),
    Entry(
        "random",
        "search.random_search:RandomTuner",
        "random search without repeats",
        abilities=_UNTAUGHT,
    ),
    Entry("sobol", "search.sobol:SobolTuner", "scrambled Sobol points, without repeats", abilities=_UNTAUGHT),
    Entry("grid", "search.grid:GridTuner", "a grid, refined by halving", ("GridSearch",), _UNTAUGHT),
    Entry("batch", "search.batch:BatchTuner", "a given list of configurations", ("BatchTuner",), _UNTAUGHT),
    Entry("gp", "gp.tuner:GPTuner", "a Gaussian process: the strongest in the first few hundred trials"),
    Entry(
        "cmaes", "search.cmaes:CMAESTuner", "a normal distribution that moves and adapts its shape (CMA-ES)"
    ),
    Entry("anneal", "search.anneal:AnnealTuner", "draws around the best, more and more closely"),
    Entry(
        "evolution",
        "search.evolution:EvolutionTuner",
        "a population: mutated copies of good trials",
        abilities=Abilities(plans=True),
    ),
    Entry(
        "hyperband",
        "multifidelity.hyperband:HyperbandTuner",
        "successive halving over budgets",
        abilities=_HALVES,
    ),
    Entry("asha", "multifidelity.asha:AshaTuner", "successive halving without waiting", abilities=_HALVES),
    Entry(
        "asha_tpe",
        "multifidelity.asha_tpe:AshaTPETuner",
        "asha, whose new configurations come from tpe's model",
        abilities=_HALVES_AND_LEARNS,
    ),
    Entry(
        "bohb",
        "multifidelity.bohb:BohbTuner",
        "hyperband's brackets, filled by a model, without waiting",
        abilities=_HALVES_AND_LEARNS,
    ),
    Entry(
        "pbt",
        "multifidelity.pbt:PBTTuner",
        "a population that continues from its best trials",
        ("PBTTuner",),
        _TRAINS_ON,
    ),
)

ASSESSORS = (
    Entry("none", "assessors.no_assessor:NoAssessor", "every trial runs to its end"),
    Entry("medianstop", "assessors.median_stop:MedianStop", "stops trials below the median of the others"),
    Entry(
        "curvefitting",
        "assessors.curve_fitting:CurveFitting",
        "stops trials whose curves are unlikely to reach the best",
    ),
    Entry("asha", "assessors.asha:AshaAssessor", "lets only the best third continue, at growing steps"),
    Entry(
        "percentile",
        "assessors.percentile:Percentile",
        "stops trials worse than most others at a step",
    ),
    Entry("patience", "assessors.patience:Patience", "stops trials that no longer improve"),
    Entry("threshold", "assessors.threshold:Threshold", "stops trials whose values leave a range"),
)
