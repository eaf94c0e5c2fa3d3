"""Builds what an attempt of a trial is started with: its command, its values, its seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from nnic.runtime.config import RunConfig
from nnic.runtime.hydra_overrides import overrides
from nnic.runtime.launchers.base import Key, Launch
from nnic.runtime.launchers.trial_document import TrialDocument
from nnic.runtime.program import Program
from nnic.runtime.store.records import TrialRecord
from nnic.runtime.trial.assignment import LAUNCHED
from nnic.tuners.nni_format import nest
from nnic.tuners.protocol import Suggestion
from nnic.tuners.space import Fidelity, SearchSpace, Value


def make_launch(
    config: RunConfig,
    program: Program,
    record: TrialRecord,
    suggestion: Suggestion,
    judged: bool,
    environment: Mapping[str, str],
) -> Launch:
    """What the launcher needs for the current attempt of a trial.

    Parameters
    ----------
    judged
        Whether its reports may lead to its being stopped.
    environment
        Variables of this attempt alone, such as the GPUs that it may use.
    """
    parameters = {} if record.baseline else dict(suggestion.config)
    values = dict(parameters)
    if program.fidelity is not None and suggestion.budget is not None and not record.baseline:
        values[program.fidelity.key] = budget_value(suggestion.budget, program.fidelity)
    checkpoint = source = ""
    if program.checkpoint:  # Trial 0 too: what an earlier run left in its own directory is no start.
        checkpoint = str(config.checkpoint_directory(record.id))
        if suggestion.parent is not None:
            source = str(config.checkpoint_directory(suggestion.parent))
        values[program.checkpoint] = checkpoint
    # A space from a file is NNI's, and so is what its script gets.
    nested = any(p.condition is not None and p.origin is None for p in program.space)
    document = TrialDocument(
        experiment=config.name,
        trial=record.id,
        attempt=record.attempt,
        seed=trial_seed(config.seed, record.id),
        program=str(config.program),
        parameters=values,
        options=option_indexes(program.space, parameters),
        budget=suggestion.budget,
        parent=suggestion.parent,
        checkpoint=checkpoint,
        checkpoint_source=source,
        output_dir=str(record.directory / "output"),
        judged=judged,
        nested=nest(program.space, parameters) if nested else None,
    )
    # The processes of a launcher's command are no trial's until they run the script; a trial that starts
    # experiments itself has nothing of its own here for theirs.
    launched = {LAUNCHED: program.entry if config.script else ""}
    return Launch(
        key=Key(record.id, record.attempt),
        argv=(*config.argv, *overrides(parameters)) if config.overrides else config.argv,
        cwd=config.cwd,
        directory=record.directory,
        document=document,
        environment={**config.environment, **launched, **environment},
    )


def trial_seed(experiment_seed: int, trial: int) -> int:
    """The random seed of a trial, the same in every attempt; in [0, 2**32)."""
    digest = hashlib.sha256(f"{experiment_seed}/{trial}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def budget_value(budget: float, fidelity: Fidelity) -> float:
    """The budget as the script's value: a whole number where the annotation's are."""
    return max(round(budget), 1) if fidelity.integer else budget


def option_indexes(space: SearchSpace, parameters: Mapping[str, Value]) -> dict[str, int]:
    """The index of the option of every choice among ``parameters``."""
    indexes = {}
    for key, value in parameters.items():
        index = space[key].option_of(value) if space[key].options else None
        if index is not None:
            indexes[key] = index
    return indexes
