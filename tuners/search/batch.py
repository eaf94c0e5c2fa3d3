"""A tuner that tries the configurations of a given list, in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nnic.tuners.abilities import Abilities
from nnic.tuners.protocol import Batch, BatchStatus, Decision, Problem, Suggestion, TrialEvent
from nnic.tuners.search.base import full_budget
from nnic.tuners.search.state import parse_state
from nnic.tuners.space import SearchSpace, Value


class BatchTuner:
    """Tries the given configurations in order, and ends.

    Parameters
    ----------
    problem
        The problem, whose space says what a configuration holds.
    configs
        One mapping for each configuration, of all its active parameters by key or by the short name that
        the screens show. Without it the space must be a single choice (NNI's ``combine_params``),
        whose options are tried in order.

    Raises
    ------
    ValueError
        When a configuration does not lie in the space (its number and parameter are named), or
        there is no list.
    """

    abilities = Abilities(learns=False)
    owns_stopping = False

    def __init__(self, problem: Problem, configs: list[dict[str, Any]] | None = None) -> None:
        self._budget = full_budget(problem)
        self._configs = _single_choice(problem.space) if configs is None else _checked(problem.space, configs)
        self._next = 0

    def suggest(self, n: int) -> Batch:
        """Return the next ``n`` configurations."""
        chosen = self._configs[self._next : self._next + n]
        self._next += len(chosen)
        suggestions = tuple(Suggestion(config, self._budget) for config in chosen)
        if len(chosen) == n:
            return Batch(suggestions)
        return Batch(
            suggestions, BatchStatus.EXHAUSTED, f"all {len(self._configs)} given configurations were tried"
        )

    def observe(self, event: TrialEvent) -> Decision:
        """Continue: results play no part."""
        del event
        return Decision.CONTINUE

    def save(self) -> bytes:
        """Return the place in the list as JSON."""
        return json.dumps({"kind": "batch", "next": self._next}).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        self._next = parse_state(state, "batch")["next"]


def _single_choice(space: SearchSpace) -> list[dict[str, Value]]:
    if len(space) != 1 or not space.parameters[0].options:
        raise ValueError(
            "batch needs the option 'configs', a list of configurations, "
            "or a search space that is a single choice"
        )
    parameter = space.parameters[0]
    return [{parameter.key: option} for option in parameter.options]


def _checked(space: SearchSpace, configs: list[dict[str, Any]]) -> list[dict[str, Value]]:
    keys = {name: key for key, name in space.display_names().items()}
    checked = []
    for number, config in enumerate(configs):
        if not isinstance(config, Mapping):
            raise ValueError(f"batch: configuration {number} must be a mapping, got {config!r}")
        try:
            named = {name if name in space else keys.get(name, name): v for name, v in config.items()}
            checked.append(space.normalize({key: _number(space, key, v) for key, v in named.items()}))
        except ValueError as error:
            raise ValueError(f"batch: configuration {number}: {error}") from None
    return checked


def _number(space: SearchSpace, key: str, value: Any) -> Any:
    """``value``, or the number that it says where it is a text and the parameter is numeric."""
    if not isinstance(value, str) or key not in space or space[key].options:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
