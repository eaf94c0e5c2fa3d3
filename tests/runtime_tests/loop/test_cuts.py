"""A tuner whose manager is killed after any entry of the log goes on from it as if nothing had happened."""

import random
from dataclasses import replace

import pytest

from nnic.tuners.history import History
from nnic.tuners.protocol import Decision, EventKind, Problem, Suggestion, Trial, TrialEvent, TrialState
from nnic.tuners.registry import list_assessors, list_tuners, make_assessor, make_tuner
from nnic.tuners.space import Fidelity
from nnic.tuners.testing import curve_of, measure
from nnic.tuners.testing.fake_launcher import FakeLauncher, replay
from nnic.tuners.testing.spaces import MIXED

JOBS, KILLS = 8, 2
TRIALS, MORE_TRIALS = 14, 40
SLOW = {"gp": 20, "auto": 20}  # a cut costs every fit of the model again


class Reborn:
    """A tuner that is made anew from the log before every ``stride``-th call, as by a manager that was killed
    then."""

    def __init__(self, make, stride):
        self.make = make
        self.stride = stride
        self.tuner = make()
        self.launcher = None
        self.calls = 0
        self.cuts = 0

    def __getattr__(self, name):
        return getattr(self.tuner, name)

    def reborn(self, length):
        self.calls += 1
        if self.calls % self.stride == 0:
            self.cuts += 1
            self.tuner = self.make()
            replay(self.tuner, self.launcher.log[:length])
        return self.tuner

    def suggest(self, n):
        return self.reborn(len(self.launcher.log)).suggest(n)

    def observe(self, event):
        # The event is in the log already: it was committed before the tuner was told.
        return self.reborn(len(self.launcher.log) - 1).observe(event)


class RebornAssessor:
    """As :class:`Reborn`; what it judges by comes from the log, too."""

    def __init__(self, make):
        self.make = make
        self.launcher = None
        self.decisions = []

    def assess(self, trial, history):
        again = History()
        for entry in self.launcher.log:
            if isinstance(entry, TrialEvent):
                again.record(entry.trial)
        self.decisions.append(self.make().assess(trial, again))
        return self.decisions[-1]


def problem_for(name):
    """What the tuner works on: with a budget where it needs one."""
    problem = Problem(MIXED, jobs=JOBS, seed=11, trials=MORE_TRIALS)
    try:
        make_tuner(name, problem, options_for(name, problem))
    except ValueError:
        return Problem(MIXED, jobs=JOBS, seed=11, trials=MORE_TRIALS, fidelity=Fidelity(1, 9))
    return problem


def options_for(name, problem):
    """A tuner of given configurations gets some."""
    if name != "batch":
        return {}
    return {
        "configs": [dict(s.config) for s in make_tuner("random", problem).suggest(MORE_TRIALS).suggestions]
    }


def waver(suggestion, trial):
    """Nine reports that do not only rise."""
    rng = random.Random(f"{trial}")
    return [measure(suggestion) * (1 - 0.6**step) - rng.uniform(0.0, 0.2) for step in range(9)]


def launch(tuner, problem, trials, assessor=None):
    """Run with scripted durations; trials fail, miss their result, and one result is imported."""
    rise = curve_of if assessor is None else waver

    def curve(suggestion, trial):
        return None if trial % 11 == 7 else () if trial % 13 == 5 else rise(suggestion, trial)

    def duration(suggestion, trial):
        return random.Random(f"{trial}").uniform(0.1, 1.0) * (1 + measure(suggestion))

    launcher = FakeLauncher(tuner, problem, curve, assessor, duration=duration)
    for part in (tuner, assessor):
        if isinstance(part, (Reborn, RebornAssessor)):
            part.launcher = launcher
    config = make_tuner("random", problem).suggest(1).suggestions[0].config
    imported = Trial(10**6, Suggestion(config), TrialState.SUCCEEDED, values=(0.5,))
    launcher.tell(EventKind.IMPORTED, imported)
    launcher.run(trials)
    return launcher


def count_differences(log, other):
    return sum(a != b for a, b in zip(log, other)) + abs(len(log) - len(other))


PLANS = {"auto: gp+tpe, cmaes@6": ("auto", {"plan": "gp+tpe, cmaes@6"})}
TUNERS = {entry.name: (entry.name, None) for entry in list_tuners()} | PLANS


@pytest.mark.parametrize("label", TUNERS)
def test_cut_after_every_entry(label, kills, tally):
    name, options = TUNERS[label]
    problem = problem_for(name)
    options = options_for(name, problem) if options is None else options

    def make():
        return make_tuner(name, problem, options)

    campaign = kills > KILLS
    trials, stride = (SLOW.get(name, MORE_TRIALS), 1) if campaign else (TRIALS, 4)
    unbroken = launch(make(), problem, trials)
    assert len(unbroken.suggestions) > 6
    assert len(unbroken.log) > 30
    reborn = Reborn(make, stride)
    broken = launch(reborn, problem, trials)
    assert reborn.cuts == len(broken.log) // stride
    where = "cut after every entry" if campaign else "cut after every fourth entry"
    differing = count_differences(unbroken.log, broken.log)
    tally(f"{label}'s log", where, reborn.cuts, lost=differing)


ASSESSOR_OPTIONS = {
    "threshold": {"lower": -0.1}, "percentile": {"min_trials": 3}, "patience": {"patience": 2},
    "curvefitting": {"start_step": 4, "threshold": 0.7},
}  # fmt: skip


@pytest.mark.parametrize("name", [entry.name for entry in list_assessors()])
def test_an_assessor_is_made_anew_before_every_report(name, kills, tally):
    problem = Problem(MIXED, jobs=JOBS, seed=11, trials=MORE_TRIALS)
    tuner = make_tuner("random", problem)

    def make():
        return make_assessor(name, problem, ASSESSOR_OPTIONS.get(name))

    unbroken = launch(make_tuner("random", problem), problem, MORE_TRIALS, make())
    reborn = RebornAssessor(make)
    broken = launch(tuner, problem, MORE_TRIALS, reborn)
    assert (Decision.STOP in reborn.decisions) == (name != "none")
    differing = count_differences(unbroken.log, broken.log)
    tally(f"{name}'s decisions", "made anew before every report", len(reborn.decisions), lost=differing)


def test_a_tuner_that_depends_on_more_than_the_log_is_caught():
    draws = random.Random(0)
    problem = problem_for("random")

    def make():
        return make_tuner("random", replace(problem, seed=draws.randrange(1000)))

    with pytest.raises(AssertionError, match="replayed"):
        launch(Reborn(make, 1), problem, TRIALS)
