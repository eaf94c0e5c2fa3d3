"""A tuner whose manager is killed after any entry of the log goes on from it as if nothing had happened."""

import random
from dataclasses import replace

import pytest

from nnic.tuners.fake_launcher import FakeLauncher, replay
from nnic.tuners.protocol import EventKind, Problem, Suggestion, Trial, TrialState
from nnic.tuners.registry import list_tuners, make_tuner
from nnic.tuners.space import Fidelity
from nnic.tuners.testing import curve_of, measure
from nnic.tuners.testing_spaces import MIXED

JOBS, KILLS = 8, 2
TRIALS, MORE_TRIALS = 14, 40


class Reborn:
    """A tuner that is made anew from the log before every call, as by a manager that was killed then."""

    def __init__(self, make):
        self.make = make
        self.launcher = None
        self.cuts = 0

    def __getattr__(self, name):
        return getattr(self.make(), name)

    def reborn(self, length):
        self.cuts += 1
        tuner = self.make()
        replay(tuner, self.launcher.log[:length])
        return tuner

    def suggest(self, n):
        return self.reborn(len(self.launcher.log)).suggest(n)

    def observe(self, event):
        # The event is in the log already: it was committed before the tuner was told.
        return self.reborn(len(self.launcher.log) - 1).observe(event)


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


def launch(tuner, problem, trials):
    """Run with scripted durations; trials fail, miss their result, and one result is imported."""

    def curve(suggestion, trial):
        return None if trial % 11 == 7 else () if trial % 13 == 5 else curve_of(suggestion, trial)

    def duration(suggestion, trial):
        return random.Random(f"{trial}").uniform(0.1, 1.0) * (1 + measure(suggestion))

    launcher = FakeLauncher(tuner, problem, curve, duration=duration)
    if isinstance(tuner, Reborn):
        tuner.launcher = launcher
    config = make_tuner("random", problem).suggest(1).suggestions[0].config
    imported = Trial(10**6, Suggestion(config), TrialState.SUCCEEDED, values=(0.5,))
    launcher.tell(EventKind.IMPORTED, imported)
    launcher.run(trials)
    return launcher


@pytest.mark.parametrize("name", [entry.name for entry in list_tuners()])
def test_cut_after_every_entry(name, kills, tally):
    problem = problem_for(name)
    options = options_for(name, problem)

    def make():
        return make_tuner(name, problem, options)

    trials = MORE_TRIALS if kills > KILLS else TRIALS
    unbroken = launch(make(), problem, trials)
    assert len(unbroken.suggestions) > 6
    assert len(unbroken.log) > 30
    reborn = Reborn(make)
    broken = launch(reborn, problem, trials)
    assert reborn.cuts == len(broken.log)
    differing = sum(a != b for a, b in zip(unbroken.log, broken.log))
    differing += abs(len(unbroken.log) - len(broken.log))
    tally(f"{name}'s log", "cut after every entry", reborn.cuts, lost=differing)


def test_a_tuner_that_depends_on_more_than_the_log_is_caught():
    draws = random.Random(0)
    problem = problem_for("random")

    def make():
        return make_tuner("random", replace(problem, seed=draws.randrange(1000)))

    with pytest.raises(AssertionError, match="replayed"):
        launch(Reborn(make), problem, TRIALS)
