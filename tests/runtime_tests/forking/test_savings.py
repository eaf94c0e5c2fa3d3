"""A run says what prefix sharing would save, where that is something."""

import re

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.metrics import ForkPoint
from nnic.runtime.loop.savings import Savings
from nnic.runtime.store.records import TrialRecord
from nnic.tuners.protocol import TrialState

REPORT = "'''@nni.report_final_result(lr)'''\n"
SLOW = f"import json, time\ntime.sleep(1.1)\nlr = 0.5  # @nni.uniform(0, 1)\n{REPORT}"


@pytest.fixture
def advise(tmp_path):
    """The advice after each of some trials, given as (seconds before the value, all seconds, place)."""

    def find(*trials, share="imports", argv=("python", "train.py")):
        config = RunConfig(home=tmp_path, name="train-0000", argv=argv, cwd=tmp_path, share=share)
        savings = Savings(config)
        found = []
        for number, (before, whole, at) in enumerate(trials):
            if before is not None:
                savings.take(number, ForkPoint(0, before, at))
            record = TrialRecord(
                number, TrialState.SUCCEEDED, 0, {}, tmp_path, metric=1.0, started=5.0, ended=5.0 + whole
            )
            found.append(savings.advise(record))
        return found

    return find


def test_the_medians_of_three_trials_are_told_once(advise):
    trials = [(9.0, 12.0, "train.py:31"), (2.9, 4.1, "train.py:31"), (2.8, 4.0, "train.py:31")]
    text = (
        "2.9 s of each 4.1 s come before the first value (train.py:31); "
        "`--share prefix` would save 2.9 s a trial"
    )
    assert advise(*trials, trials[1]) == ["", "", text, ""]


@pytest.mark.parametrize(
    "trial", [(0.7, 2.0, "train.py:3"), (2.0, 30.0, "train.py:3"), (None, 9.0, "train.py:3")]
)
def test_little_is_not_told(advise, trial):
    assert advise(*[trial] * 4) == [""] * 4


def test_not_told_where_it_does_not_apply(advise):
    trials = [(3.0, 4.0, "train.py:3")] * 4
    assert any(advise(*trials))
    for settings in ({"share": "off"}, {"share": "prefix"}, {"argv": ("python", "-m", "train")}):
        assert not any(advise(*trials, **settings))
    assert not any(advise(trials[0], (3.0, 4.0, "data.py:9"), *trials))


def test_a_run_says_it(run):
    (text,) = run(SLOW, trials=4).warnings
    assert re.fullmatch(
        r"\d\.\d s of each \d\.\d s come before the first value \(train\.py:3\); "
        r"`--share prefix` would save \d\.\d s a trial",
        text,
    )


def test_a_run_that_shares_it_does_not(run):
    assert run(SLOW, "prefix", trials=4).warnings == []


def test_what_asks_early_gains_nothing(run):
    early = SLOW.replace("time.sleep(1.1)", "import nni\nnni.get_trial_id()\ntime.sleep(1.1)")
    assert run(early, trials=3).warnings == []
