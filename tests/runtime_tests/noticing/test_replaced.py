"""Values that something replaces: trials that were given others find the same."""

from nnic.runtime.noticing.replaced import ReplacedValues
from nnic.tuners.space import Origin, Parameter, Sampler, SearchSpace

LR = Parameter("train/lr/uniform", Sampler.UNIFORM, (0.0, 1.0), origin=Origin("train.py", 3, 1))
OPT = Parameter("train/opt/choice", Sampler.CHOICE, ("a", "b"), origin=Origin("train.py", 9, 1))
SPACE = SearchSpace((LR, OPT))


def test_the_same_value_in_two_trials_is_told_once():
    replaced = ReplacedValues(SPACE)
    assert list(replaced.compare(0, {LR.key: 0.1, OPT.key: "a"}, {LR.key: 0.5, OPT.key: "a"})) == []
    (text,) = replaced.compare(1, {LR.key: 0.3, OPT.key: "a"}, {LR.key: 0.5, OPT.key: "a"})
    assert text.startswith("lr (train.py:3) was 0.5 when trials #0 and #1 reported, although they were given")
    (text,) = replaced.compare(2, {LR.key: 0.7, OPT.key: "b"}, {LR.key: 0.5, OPT.key: "a"})
    assert text.startswith("opt (train.py:9) was 'a' when trials #0 and #2 reported")


def test_values_that_follow_the_trial_are_not_told():
    replaced = ReplacedValues(SPACE)
    assert list(replaced.compare(0, {LR.key: 0.1}, {LR.key: 0.1})) == []
    assert list(replaced.compare(1, {LR.key: 0.3}, {LR.key: 0.9})) == []  # it was scaled
    assert list(replaced.compare(2, {LR.key: 0.3}, {LR.key: 0.9})) == []  # it had the same value


def test_a_parameter_that_a_trial_does_not_have_says_nothing():
    replaced = ReplacedValues(SPACE)
    assert list(replaced.compare(0, {}, {LR.key: 0.5})) == []
    assert list(replaced.compare(1, {LR.key: 0.3}, {LR.key: 0.5})) == []
