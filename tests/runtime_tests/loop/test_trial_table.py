"""What a trial gets of the space: seeds, options, the script's own values."""

import pytest

from nnic.runtime.loop.launching import option_indexes, trial_seed
from nnic.runtime.loop.own_values import own_values
from nnic.tuners.space import ABSENT, Condition, Parameter, Sampler, SearchSpace

OPTIMIZER = Parameter("t/opt/choice", Sampler.CHOICE, ("sgd", "adam", 3, 3.5, None), default="sgd")
MOMENTUM = Parameter("t/opt/0/m/uniform", Sampler.UNIFORM, (0.0, 1.0), 0.9, Condition("t/opt/choice", 0))
DECAY = Parameter("t/opt/1/d/uniform", Sampler.UNIFORM, (0.0, 1.0), 0.1, Condition("t/opt/choice", 1))
WIDTH = Parameter("t/width/randint", Sampler.RANDINT, (1, 9), ABSENT)
SPACE = SearchSpace((OPTIMIZER, MOMENTUM, DECAY, WIDTH))


@pytest.mark.parametrize(("value", "index"), [("sgd", 0), ("adam", 1), (3, 2), (3.5, 3), (None, 4)])
def test_every_choice_has_the_index_of_its_option(value, index):
    assert option_indexes(SPACE, {"t/opt/choice": value, "t/width/randint": 3}) == {"t/opt/choice": index}


def test_the_own_values_are_those_that_are_known_and_active():
    assert own_values(SPACE) == {"t/opt/choice": "sgd", "t/opt/0/m/uniform": 0.9}


def test_values_that_trial_0_told_are_own_values_too():
    own = own_values(SPACE)
    assert own_values(SPACE, {"t/width/randint": 3, "other": 1}) == {**own, "t/width/randint": 3}
    assert own_values(SPACE, {"t/width/randint": 3.0}) == {**own, "t/width/randint": 3}
    assert own_values(SPACE, {"t/width/randint": "wide"}) == {**own, "t/width/randint": "wide"}
    assert own_values(SPACE, {"t/opt/choice": "adam"}) == own


def test_seeds_fit_numpy_and_never_change():
    # Fixed: a resumed experiment of an older nnic must give its trials the same seeds.
    assert [trial_seed(0, trial) for trial in range(3)] == [1427366890, 2839049726, 2647012970]
    assert all(0 <= trial_seed(seed, 5) < 2**32 for seed in (0, -1, 2**70))
