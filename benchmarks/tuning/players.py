"""Optimizers as this comparison uses them: each is asked for configurations and told their losses."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Protocol, cast

from nnic.tuners.entries import Entry
from nnic.tuners.protocol import EventKind, Objective, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import list_tuners, make_tuner
from nnic.tuners.space import SearchSpace

_GIVEN = ("grid", "batch")  # What they try is given, by the ranges or by a list.


@dataclass(frozen=True)
class Setting:
    """What an optimizer may know: how many ``trials`` will run, and that ``jobs`` of them run at once."""

    space: SearchSpace
    seed: int
    trials: int
    jobs: int = 1

    def problem(self) -> Problem:
        """The problem of a tuner of ours in this setting."""
        return Problem(
            self.space, (Objective("loss", False),), seed=self.seed, jobs=self.jobs, trials=self.trials
        )


class Player(Protocol):
    """An optimizer, for which a smaller loss is better."""

    def ask(self) -> tuple[Any, Mapping[str, Any]]:
        """Return a token and a configuration with its active parameters."""
        ...

    def tell(self, token: Any, loss: float) -> None:
        """Take in the loss of the configuration that has the token."""
        ...

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Take in a result from elsewhere.

        Raises
        ------
        NotImplementedError
            When the optimizer takes none.
        """
        ...


@dataclass(frozen=True)
class Peer:
    """Somebody else's optimizer.

    ``path`` is ``module:class`` below ``tuning.peers``, and ``options`` what its constructor takes
    beside the setting. A ``budgeted`` one plans for the number of trials, so that each budget is a
    run of its own. One with less than ten ``seeds`` is slow, and plays only the core tasks, with
    50 trials. The runs of one that is not ``repeatable`` differ from time to time with the same seed.
    """

    name: str
    distribution: str
    path: str
    options: tuple[tuple[str, Any], ...] = ()
    budgeted: bool = False
    seeds: int = 10
    repeatable: bool = True

    @property
    def slow(self) -> bool:
        """Whether it takes a second or so to suggest something."""
        return self.seeds < 10

    def version(self) -> str | None:
        """The installed version; ``None`` where it is not installed."""
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return None

    def make(self, setting: Setting) -> Player:
        """Make a new player."""
        module, _, name = self.path.partition(":")
        maker = getattr(importlib.import_module(f"tuning.peers.{module}"), name)
        return cast(Player, maker(setting, **dict(self.options)))


PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("Optuna TPE", "optuna", "of_optuna:OptunaPlayer", (("sampler", "TPESampler"),)),
        Peer("hyperopt TPE", "hyperopt", "of_hyperopt:HyperoptPlayer", (("algorithm", "tpe"),)),
        Peer("hyperopt anneal", "hyperopt", "of_hyperopt:HyperoptPlayer", (("algorithm", "anneal"),)),
        Peer("CatCMAwM", "cmaes", "of_cmaes:CatCMAPlayer"),
        Peer("NGOpt", "nevergrad", "of_nevergrad:NGOptPlayer", budgeted=True),
        Peer("SMAC3", "smac", "of_smac:SMACPlayer", budgeted=True, seeds=3, repeatable=False),
        Peer("Optuna GP", "optuna", "of_optuna:OptunaPlayer", (("sampler", "GPSampler"),), seeds=3),
        Peer("HEBO", "HEBO", "of_hebo:HEBOPlayer", seeds=3),
        Peer("Ax", "ax-platform", "of_ax:AxPlayer", seeds=1),
    )
}


class Ours:
    """A tuner of nnic, by name."""

    def __init__(self, name: str, setting: Setting) -> None:
        problem = setting.problem()
        # Other names, such as "gp+tpe" and "gp, tpe@50", are plans of auto.
        known = any(name == entry.name for entry in list_tuners())
        self._tuner = make_tuner(name, problem) if known else make_tuner("auto", problem, {"plan": name})
        self._events = 0
        self._trials = 0

    def ask(self) -> tuple[tuple[int, Suggestion], Mapping[str, Any]]:
        """Return the next suggestion, and tell that its trial has started."""
        (suggestion,) = self._tuner.suggest(1).suggestions
        token = (self._trials, suggestion)
        self._trials += 1
        self._event(EventKind.STARTED, Trial(*token, TrialState.RUNNING))
        return token, suggestion.config

    def tell(self, token: tuple[int, Suggestion], loss: float) -> None:
        """Tell that the trial has succeeded."""
        self._event(EventKind.ENDED, Trial(*token, TrialState.SUCCEEDED, values=(loss,)))

    def feed(self, config: Mapping[str, Any], loss: float) -> None:
        """Tell of an imported result."""
        trial = Trial(self._trials, Suggestion(config), TrialState.SUCCEEDED, values=(loss,))
        self._trials += 1
        self._event(EventKind.IMPORTED, trial)

    def _event(self, kind: EventKind, trial: Trial) -> None:
        self._tuner.observe(TrialEvent(self._events, kind, trial))
        self._events += 1


def comparable_tuners() -> list[Entry]:
    """Our tuners that search a space and need no budgets, which these tasks have not."""
    without = [e for e in list_tuners() if e.name == "auto" or not e.abilities.budgets]
    return [entry for entry in without if entry.name not in _GIVEN]


def make_player(name: str, setting: Setting) -> Player:
    """Make the optimizer that a peer or a tuner of ours has the name of."""
    return PEERS[name].make(setting) if name in PEERS else Ours(name, setting)
