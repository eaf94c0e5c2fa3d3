"""Population based training, in which weak members continue from copies of strong ones."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

from nnic.tuners.abilities import Abilities
from nnic.tuners.constraints import ConstraintSet
from nnic.tuners.mapping.cube import Cube
from nnic.tuners.mapping.distinct import DistinctSampler
from nnic.tuners.multifidelity.budgets import decide_pause, equal_levels, fidelity_of
from nnic.tuners.multifidelity.perturb import perturb
from nnic.tuners.multifidelity.population import Member, Outcome, donors
from nnic.tuners.protocol import (
    Batch,
    BatchStatus,
    Decision,
    EventKind,
    Problem,
    Suggestion,
    Trial,
    TrialEvent,
)
from nnic.tuners.search.base import generator
from nnic.tuners.search.observations import reached
from nnic.tuners.search.state import parse_state
from nnic.tuners.space import Value

_FAILURES = 3  # After this many failures in a row a member gives up.
_TRIES = 32  # The explore step tries this often to find values that are allowed and that no member has.


class PBTTuner:
    """Population based training (Jaderberg et al. 2017, arXiv 1711.09846, Algorithm 1).

    Every member trains for ``interval`` units of the budget at a time, a *generation*. After a
    generation a member in the bottom ``fraction`` is replaced by a copy of a random member of the top
    ``fraction``: its next trial starts from that member's checkpoint (*exploit*), with slightly changed
    values (*explore*, see :func:`~nnic.tuners.multifidelity.perturb.perturb`). All other members
    continue with their own values. Members do not wait for each other: a member continues as soon as a
    job is free, and those that have trained least come first. A member is compared with the results
    that the others had after the same amount of training.

    Each generation is a new trial with the earlier one as its parent, so a program keeps its state in
    its ``@nni.checkpoint`` folder. Values that the state depends on, such as the width of a layer, must
    not change: name them in ``keep``. Loading a state may also restore old values: in PyTorch
    ``optimizer.load_state_dict`` restores the saved learning rate, momentum and weight decay, which
    undoes the explore step. Set them again after loading, for example with ``for group in
    optimizer.param_groups: group["lr"] = lr``.

    A member whose trial failed continues from a copy of one of the best members, as that was one
    generation earlier. This happens at most three times in a row. If no member has a result, it starts
    again with another configuration.

    Parameters
    ----------
    problem
        The problem, which must have a fidelity and a checkpoint; its first objective counts.
    population_size
        The number of members, at least 2. There are fewer if the space or the run's limit does not allow
        more (trial 0 is one of the run's trials).
    fraction
        The fraction of the population that is replaced, and the fraction that is copied; above 0, at most
        0.5.
    factor
        How far numbers move, above 0 and below 1: they are multiplied by ``1 - factor`` or ``1 + factor``.
    resample_probability
        The probability of drawing a new value from the space instead, from 0 to 1.
    interval
        How many units of the budget a generation has; by default a tenth of the whole budget, or the
        smallest budget if that is more.
    keep
        The names of parameters that a copy takes over unchanged, as a list or as a string with commas.
    pause
        Let the tuner itself pause a trial once it has reported as often as its budget has units.

    Raises
    ------
    ValueError
        When the problem has no fidelity or no checkpoint, or an option is out of range.
    """

    abilities = Abilities(budgets=True, promotes=True, learns=False, needs_checkpoint=True)
    owns_stopping = True

    def __init__(
        self,
        problem: Problem,
        population_size: int = 10,
        fraction: float = 0.2,
        factor: float = 0.2,
        resample_probability: float = 0.25,
        interval: float | None = None,
        keep: list[str] | str | None = None,
        pause: bool = False,
    ) -> None:
        fidelity = fidelity_of("pbt", problem)
        if not problem.checkpoint:
            raise ValueError(
                "pbt continues trials from copies of others, so the script must name their state folder, "
                'with a line such as  folder = "checkpoints"  # @nni.checkpoint()'
            )
        _check(population_size, fraction, factor, resample_probability)
        self._budgets = equal_levels("pbt", fidelity, interval)
        self._size = population_size
        self._fraction, self._factor, self._resample = fraction, factor, resample_probability
        self._pause = pause
        self._maximize = problem.objectives[0].maximize
        self._cube = Cube(problem.space)
        self._keep = _columns(problem, keep or [])
        self._rng = generator(problem.seed)
        self._distinct = DistinctSampler(self._cube, ConstraintSet(problem.constraints), self._rng)
        self._members: list[Member] = []
        self._full = False  # Nobody joins any more.
        self._issued = 0

    def suggest(self, n: int) -> Batch:
        """Return the next generation of members that wait for it, and new members."""
        return self._fill(n, new=True)

    def promote(self, n: int) -> Batch:
        """Return next generations only; the population stays as small as it is."""
        return self._fill(n, new=False)

    def observe(self, event: TrialEvent) -> Decision:
        """Take note of ``event``; PAUSE at the end of a generation where ``pause`` was asked for."""
        trial = event.trial
        member = self._member_of(trial)
        if member is None:
            if event.kind is EventKind.ENDED:
                self._correct(trial)
            if event.kind is not EventKind.REPORT and self._cube.space.contains(trial.suggestion.config):
                self._distinct.add(self._cube.encode(trial.suggestion.config))  # It may be somebody else's.
            return Decision.CONTINUE
        if event.kind is EventKind.REPORT:
            return self._judge(member, trial)
        if event.kind is EventKind.ENDED:
            self._settle(member, trial)  # This may be a second time, after a failure.
        return Decision.CONTINUE

    def save(self) -> bytes:
        """Return the state as JSON."""
        state = {
            "kind": "pbt",
            "rng": self._rng.bit_generator.state,
            "seen": self._distinct.to_json(),
            "members": [member.to_json() for member in self._members],
            "full": self._full,
            "issued": self._issued,
        }
        return json.dumps(state).encode()

    def load(self, state: bytes) -> None:
        """Restore what :meth:`save` returned."""
        data = parse_state(state, "pbt")
        self._rng.bit_generator.state = data["rng"]
        self._distinct.from_json(data["seen"])
        self._members = [Member.from_json(member) for member in data["members"]]
        self._full = data["full"]
        self._issued = data["issued"]

    def _fill(self, n: int, new: bool) -> Batch:
        suggestions: list[Suggestion] = []
        while len(suggestions) < n:
            suggestion = (self._join() if new else None) or self._next(new)
            if suggestion is None and any(member.running is not None for member in self._members):
                return Batch(
                    tuple(suggestions), BatchStatus.WAIT, "every member of the population is training"
                )
            if suggestion is None:
                return Batch(tuple(suggestions), BatchStatus.EXHAUSTED, self._why_exhausted())
            suggestions.append(suggestion)
        return Batch(tuple(suggestions))

    def _join(self) -> Suggestion | None:
        """Let a new member begin, until the population is complete."""
        if self._full or len(self._members) == self._size:
            return None
        row = self._distinct.draw()
        if row is None:
            self._full = True
            return None
        self._members.append(Member(self._cube.decode(row)))
        return self._issue(self._members[-1], 0, None)

    def _next(self, new: bool) -> Suggestion | None:
        """Suggest the next generation of the member that is furthest behind."""
        last = len(self._budgets) - 1
        idle = [m for m in self._members if m.running is None and not m.retired and m.generation <= last]
        for member in sorted(idle, key=lambda m: m.generation):
            suggestion = self._continue(member, new)
            if suggestion is not None:
                return suggestion
        return None

    def _continue(self, member: Member, new: bool) -> Suggestion | None:
        """Suggest what follows the latest trial of ``member``; retire it where nothing can."""
        own = member.latest
        assert own is not None
        failed = not math.isfinite(own.loss)
        source: Outcome | None = None
        if failed or own.generation < len(self._budgets) - 1:
            found = donors(self._members, member, self._fraction)
            source = own if found is None else self._exploit(member, found)
        if source is not None and member.failures < _FAILURES:
            return self._issue(member, source.generation + 1, source)
        if failed and own.generation == 0 and new:
            return self._begin_anew(member)
        member.retired = True
        return None

    def _exploit(self, member: Member, found: list[Outcome]) -> Outcome | None:
        """Let ``member`` copy one of ``found``, and return it; its own outcome where no values are new."""
        usable = [o for o in found if o.generation < len(self._budgets) - 1]
        if usable:
            source = usable[int(self._rng.integers(len(usable)))]
            config = self._explore(source)
            if config is not None:
                member.config = config
                return source
        own = member.latest
        return own if own is not None and math.isfinite(own.loss) else None

    def _explore(self, source: Outcome) -> dict[str, Value] | None:
        """Draw values near those of ``source`` that satisfy the constraints and that no member has."""
        row = self._cube.encode(source.config)
        others = [member.config for member in self._members]
        for _ in range(_TRIES):
            moved = perturb(self._cube, self._rng, row, self._factor, self._resample, self._keep)
            config = self._cube.decode(moved)
            if config not in others and self._distinct.violation(moved) == 0:
                self._distinct.add(moved)
                return config
        return None

    def _begin_anew(self, member: Member) -> Suggestion | None:
        row = self._distinct.draw()
        if row is None:
            member.retired = True
            return None
        member.config = self._cube.decode(row)
        member.outcomes.clear()
        member.failures = 0
        return self._issue(member, 0, None)

    def _issue(self, member: Member, generation: int, source: Outcome | None) -> Suggestion:
        member.generation, member.running = generation, self._issued
        self._issued += 1
        parent, step = (None, None) if source is None else (source.trial, source.step)
        return Suggestion(member.config, self._budgets[generation], parent, step, str(member.running))

    def _member_of(self, trial: Trial) -> Member | None:
        tag = trial.suggestion.tag
        number = int(tag) if tag.isdecimal() else -1
        for member in self._members:
            latest = member.latest
            again = latest is not None and latest.trial == trial.id
            if (member.running == number or again) and member.config == dict(trial.suggestion.config):
                return member
        return None

    def _loss(self, trial: Trial) -> float:
        loss = reached(trial, self._maximize)
        return math.inf if loss is None or any(v > 0 for v in trial.violations) else loss

    def _correct(self, trial: Trial) -> None:
        """Give an earlier generation another result: it was discarded, or counts again."""
        for member in self._members:
            for generation, outcome in member.outcomes.items():
                if outcome.trial == trial.id:
                    member.outcomes[generation] = replace(outcome, loss=self._loss(trial))

    def _settle(self, member: Member, trial: Trial) -> None:
        loss = self._loss(trial)
        step = trial.reports[-1].step if trial.reports else None
        generation = member.generation
        member.outcomes = {g: o for g, o in member.outcomes.items() if g < generation}
        member.outcomes[generation] = Outcome(generation, trial.id, member.config, loss, step)
        member.running = None
        if math.isfinite(loss):
            member.failures, member.retired = 0, False
        else:
            member.failures += 1

    def _judge(self, member: Member, trial: Trial) -> Decision:
        if not self._pause or member.generation == len(self._budgets) - 1:
            return Decision.CONTINUE
        used = self._budgets[member.generation - 1] if member.generation else 0.0
        return decide_pause(trial, used, self._budgets[member.generation])

    def _why_exhausted(self) -> str:
        if not self._members:
            return self._distinct.why_nothing()
        return f"all {len(self._members)} members of the population have had the whole budget, or failed"


def _check(size: int, fraction: float, factor: float, resample: float) -> None:
    for name, value, fits, range_ in (
        ("population_size", size, size >= 2, "at least 2"),
        ("fraction", fraction, 0 < fraction <= 0.5, "above 0 and at most 0.5"),
        ("factor", factor, 0 < factor < 1, "above 0 and below 1"),
        ("resample_probability", resample, 0 <= resample <= 1, "from 0 to 1"),
    ):
        if not fits:
            raise ValueError(f"pbt: {name} must be {range_}, got {value:g}")


def _columns(problem: Problem, names: list[str] | str) -> frozenset[int]:
    """The columns of the parameters that ``names`` call by their keys or short names."""
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else names
    short: dict[str, Any] = {name: key for key, name in problem.space.display_names().items()}
    keys = [parameter.key for parameter in problem.space]
    unknown = [name for name in names if short.get(name, name) not in keys]
    if unknown:
        raise ValueError(f"pbt: keep names {unknown[0]!r}; the parameters are {', '.join(short)}")
    return frozenset(keys.index(short.get(name, name)) for name in names)
