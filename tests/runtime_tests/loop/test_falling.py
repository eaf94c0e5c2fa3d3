"""A metric that falls while it trains, and what does not count as that."""

import math
import random

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.falling import falls
from nnic.runtime.loop.replay import replay
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.manager.resume import ResumedSession
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.log_codec import decode_entry, encode_entry
from nnic.runtime.store.log_entries import Turned
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import DIRECTION_UNCLEAR, ExperimentState
from nnic.tuners.protocol import Objective, Problem
from nnic.tuners.registry import list_tuners, make_tuner

LOSS = [2.3 * 0.8**i for i in range(10)]


@pytest.mark.parametrize(
    "curve",
    [
        LOSS,
        [2.3, 1.1, 0.6],
        [2.3, 1.0, 1.1, 0.7, 0.72, 0.5],
        [math.nan, 2.3, 1.1, 0.6],
        [1.0 / (1 + i) + 0.01 * math.sin(i) for i in range(2000)],
        [0.9, 0.5, 0.2, 0.1, 0.0],
    ],
)
def test_a_loss_falls(curve):
    assert falls(curve)


@pytest.mark.parametrize(
    "curve",
    [
        [],
        [0.5],
        [0.9, 0.1],  # two values make no course
        [0.98, 0.97, 0.96, 0.95, 0.94],  # overfitting
        [0.5, 0.45, 0.4],
        list(reversed(LOSS)),
        [-x for x in LOSS],
        [-20.0, -50.0, -200.0, -300.0, -400.0],  # a reward
        [0.5, 0.9, 0.2, 0.8, 0.3, 0.7],
        [0.1, 0.5, 0.8, 0.9, 0.05],  # it broke down at the end
        [math.inf, math.nan, 1.0],
        [1.0] * 10,
        [5.0, 3.0, -1.0, -4.0],
    ],
)
def test_what_does_not_fall(curve):
    assert not falls(curve)


def test_noise_seldom_falls():
    draw = random.Random(1)
    found = sum(falls([0.5 + 0.1 * draw.random() for _ in range(draw.randint(3, 30))]) for _ in range(500))
    assert found == 0
    wild = sum(falls([draw.random() for _ in range(10)]) for _ in range(500))
    assert wild < 10


@pytest.fixture
def falling(lab):
    lab.behaviour = lambda launch: lab.succeed(
        launch, *LOSS, final=launch.document.parameters.get("train/lr/uniform", 0.5)
    )
    return lab


def test_a_run_ends_after_trial_0_where_its_metric_fell(falling):
    result = falling.run(direction_settled=False)
    assert result.state is ExperimentState.INTERRUPTED
    assert result.reason.startswith(DIRECTION_UNCLEAR)
    assert "from 2.3 to 0.3087" in result.reason
    assert falling.states() == ["succeeded"]


@pytest.mark.parametrize("settings", [{"maximize": False}, {"direction_settled": True}])
def test_a_run_goes_on_where_the_direction_is_known(falling, settings):
    result = falling.run(**{"direction_settled": False, **settings})
    assert result.state is ExperimentState.DONE


def turn(lab, tuner):
    """What a tuner makes of the log of a run that was turned round."""
    problem = Problem(lab.space, (Objective("default", False),), jobs=1, trials=20)
    event_log = EventLog()
    gateway = TunerGateway(make_tuner(tuner, problem), None, lab.space, event_log.history)
    return replay(lab.stored_log(), gateway, event_log), gateway, event_log


@pytest.mark.parametrize(
    "tuner", [e.name for e in list_tuners() if not e.abilities.budgets and e.name != "batch"]
)
def test_a_run_that_is_turned_round_begins_with_what_is_known(lab, tuner):
    lab.tuner = make_tuner(tuner, Problem(lab.space, jobs=1, trials=20))
    lab.behaviour = lambda launch: lab.succeed(
        launch, final=launch.document.parameters.get("train/lr/uniform", 0.5)
    )
    lab.run(trials=5)
    lab.store.append(Turned(False))
    lab.store.commit()
    replayed, gateway, event_log = turn(lab, tuner)
    assert replayed.mismatch == ""
    assert (event_log.configurations, event_log.next_id) == (5, 5)
    first = gateway.suggest(1).suggestions
    assert first == turn(lab, tuner)[1].suggest(1).suggestions
    tried = [dict(trial.parameters) for trial in lab.trials()]
    assert [dict(s.config) for s in first if dict(s.config) in tried] == []


def test_the_entry_and_the_resumed_session(falling):
    assert decode_entry(*encode_entry(Turned(True))) == Turned(True)
    assert encode_entry(Turned(False)) == ("direction", '{"maximize":false}')
    name = falling.run(direction_settled=False).name
    ResumedSession(falling.folder, name, falling.sqlite, {"maximize": False}, object())  # type: ignore[arg-type]
    falling.sqlite.commit()
    assert falling.stored_log()[-1] == Turned(False)
    ResumedSession(falling.folder, name, falling.sqlite, {"maximize": True}, object())  # type: ignore[arg-type]
    falling.sqlite.discard()
    with StoreReader(falling.folder) as reader:
        assert isinstance(reader.experiment(name).config, RunConfig)
