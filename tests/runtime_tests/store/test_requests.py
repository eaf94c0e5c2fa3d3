"""Requests that other processes write to an experiment, and its answers."""

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.program import Program
from nnic.runtime.store.log_entries import Attempt, Begin
from nnic.runtime.store.reader import UnknownExperimentError
from nnic.runtime.store.requests import post_request, read_request
from nnic.runtime.store.writer import Store
from nnic.tuners.space import Parameter, Sampler, SearchSpace

PROGRAM = Program("/code", "t.py", (), SearchSpace((Parameter("t/lr/uniform", Sampler.UNIFORM, (0.0, 1.0)),)))


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    create(store, tmp_path, "t-0001")
    yield store
    store.close()


def create(store, home, name):
    store.create(RunConfig(home=home, name=name, argv=("python",), cwd=home), PROGRAM, 1.0, Begin(0, 1, None))


def test_requests_are_heard_in_order_and_answered_once(tmp_path, store):
    other = Store(tmp_path)
    create(other, tmp_path, "u-0001")
    first = post_request(tmp_path, "t-0001", "jobs", {"jobs": 3})
    post_request(tmp_path, "u-0001", "jobs", {"jobs": 9})
    second = post_request(tmp_path, "t-0001", "enqueue", {"config": {"lr": float("inf")}})
    assert [(r.id, r.kind, r.data) for r in store.requests()] == [
        (first, "jobs", {"jobs": 3}),
        (second, "enqueue", {"config": {"lr": float("inf")}}),
    ]
    store.answer(first, "3 jobs")
    assert [r.id for r in store.requests()] == [second]  # queued is enough for its own manager
    assert read_request(tmp_path, first).answered is None
    store.answer(second, "lr is infinite", refused=True)
    store.commit()
    assert store.requests() == ()
    answers = [read_request(tmp_path, number) for number in (first, second)]
    assert [(r.refused, r.answer, r.answered is None) for r in answers] == [
        (False, "3 jobs", False),
        (True, "lr is infinite", False),
    ]
    assert len(other.requests()) == 1
    other.close()


def test_an_answer_goes_with_the_turn_that_it_belongs_to(tmp_path, store):
    number = post_request(tmp_path, "t-0001", "jobs", {"jobs": 3})
    store.answer(number)
    store.append(Attempt(0, 1))
    store.discard()
    assert [r.id for r in store.requests()] == [number]
    again = Store(tmp_path)
    again.open("t-0001")
    assert [r.id for r in again.requests()] == [number]
    again.close()


def test_what_is_asked_of_nobody(tmp_path, store):
    with pytest.raises(UnknownExperimentError, match="no experiment is called 'x'"):
        post_request(tmp_path, "x", "jobs", {})
    assert read_request(tmp_path, 7) is None
