"""Requests that other processes write to an experiment, and its answers."""

import re
from typing import get_args

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.program import Program
from nnic.runtime.store.connection import StoreError
from nnic.runtime.store.log_entries import Attempt, Begin
from nnic.runtime.store.reader import UnknownExperimentError
from nnic.runtime.store.request_kinds import (
    CancelTrials,
    ChangeLimits,
    DiscardTrials,
    EarlierResult,
    EnqueueTrial,
    ImportResults,
    KeepTrials,
    Request,
    RetryTrials,
    UnknownRequest,
    decode_request,
    encode_request,
)
from nnic.runtime.store.requests import PREPARED, post_request, read_prepared, read_request, write_prepared
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
    first = post_request(tmp_path, "t-0001", ChangeLimits(jobs=3))
    post_request(tmp_path, "u-0001", ChangeLimits(jobs=9))
    second = post_request(tmp_path, "t-0001", EnqueueTrial({"lr": float("inf")}))
    assert [(r.id, r.request) for r in store.requests()] == [
        (first, ChangeLimits(jobs=3)),
        (second, EnqueueTrial({"lr": float("inf")})),
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
    number = post_request(tmp_path, "t-0001", ChangeLimits(jobs=3))
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
        post_request(tmp_path, "x", ChangeLimits())
    assert read_request(tmp_path, 7) is None


FORMS = [
    (ChangeLimits(trials=5, time_s=None), {"trials": 5, "time_s": None}),
    (ChangeLimits(trial_time_s=2.5, jobs=3), {"trial_time_s": 2.5, "jobs": 3}),
    (EnqueueTrial({"lr": 0.5}), {"config": {"lr": 0.5}}),
    (RetryTrials((1, 3)), {"trials": [1, 3]}),
    (CancelTrials((2,)), {"trials": [2]}),
    (KeepTrials((2,)), {"trials": [2]}),
    (DiscardTrials((2, 3)), {"trials": [2, 3], "undo": False}),
    (DiscardTrials((2,), undo=True), {"trials": [2], "undo": True}),
    (
        ImportResults((EarlierResult({"lr": 0.5}, 1.0),)),
        {"results": [{"config": {"lr": 0.5}, "value": 1.0}]},
    ),
]


@pytest.mark.parametrize(("request_", "data"), FORMS, ids=lambda part: getattr(part, "kind", ""))
def test_a_request_is_stored_as_it_always_was(request_, data):
    assert encode_request(request_) == data
    assert decode_request(request_.kind, data) == request_


def test_every_kind_of_request_is_here():
    assert {type(request) for request, _ in FORMS} == set(get_args(Request))


@pytest.mark.parametrize(
    ("kind", "data", "problem"),
    [
        ("dance", {}, "does not know the request 'dance'"),
        ("retry", {"trials": [1], "version": 2}, r"a newer nnic asked for it \('retry', version 2\)"),
        ("retry", {}, "the request 'retry' is not understood: it has no 'trials'"),
        ("retry", {"trials": 3}, "'trials' is 3, not a list"),
        ("cancel", {"trials": ["1"]}, "'trials' is '1', not a whole number"),
        ("enqueue", [], r"\[\] is not an object"),
        ("import", {"results": [{"config": {}, "value": "good"}]}, "'value' is 'good', not a number"),
        ("limits", {"jobs": None}, "'jobs' is None, not a whole number"),
    ],
)
def test_what_is_not_understood_says_why(kind, data, problem):
    found = decode_request(kind, data)
    assert isinstance(found, UnknownRequest)
    assert found.kind == kind
    assert re.search(problem, found.problem)


def test_what_a_run_begins_with_lies_in_its_folder(tmp_path):
    write_prepared(tmp_path, [])
    assert read_prepared(tmp_path) == ()
    assert not (tmp_path / PREPARED).exists()
    write_prepared(tmp_path, [request for request, _ in FORMS])
    assert read_prepared(tmp_path) == tuple(request for request, _ in FORMS)
    (tmp_path / PREPARED).write_text('[["dance", {}]]')
    with pytest.raises(StoreError, match="does not know the request 'dance'"):
        read_prepared(tmp_path)
