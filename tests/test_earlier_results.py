"""Results from files: every form, and what does not fit."""

import json
from types import SimpleNamespace

import pytest

from nnic.results.earlier_results import read_results
from nnic.results.exports import to_csv
from nnic.results.given_values import complete_values, stated_values
from nnic.runtime.store.records import TrialRecord
from nnic.tuners.protocol import TrialState
from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace

SPACE = SearchSpace(
    (
        Parameter("t/lr/loguniform", Sampler.LOGUNIFORM, (1e-4, 1.0)),
        Parameter("t/opt/choice", Sampler.CHOICE, ("sgd", "adam", 3)),
        Parameter(
            "t/opt/choice/1/beta/uniform", Sampler.UNIFORM, (0.0, 1.0), condition=Condition("t/opt/choice", 1)
        ),
    )
)
SGD = {"t/lr/loguniform": 0.1, "t/opt/choice": "sgd"}
ADAM = {"t/lr/loguniform": 0.2, "t/opt/choice": "adam", "t/opt/choice/1/beta/uniform": 0.5}


def read(tmp_path, name, content):
    path = tmp_path / name
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return read_results(path, SPACE)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", "\ufefflr,opt,beta,metric\n0.1,sgd,,1.5\n0.2,adam,0.5,2\n"),
        ("r.csv", "trial,t/lr/loguniform,opt,beta,value,seconds\n0,0.1,sgd,,1.5,3\n1,0.2,adam,.5e0,2,4\n"),
        ("r.json", {"trials": [{"parameters": SGD, "metric": 1.5}, {"parameters": ADAM, "metric": 2}]}),
        (
            "r.JSON",
            [
                {"parameter": {"lr": 0.1, "opt": "sgd"}, "value": 1.5},
                {
                    "parameter": {"lr": 0.2, "opt": {"_name": "adam", "beta": 0.5}},
                    "value": {"default": 2, "x": 1},
                },
            ],
        ),
        (
            "r.json",
            [{"parameter": json.dumps(SGD), "value": "1.5"}, {"parameter": json.dumps(ADAM), "value": "2.0"}],
        ),
        (
            "r.jsonl",
            "\n".join(json.dumps({"parameters": c, "metric": v}) for c, v in ((SGD, 1.5), (ADAM, 2)))
            + "\n\n",
        ),
    ],
)
def test_every_form_gives_the_same(tmp_path, name, content):
    found = read(tmp_path, name, content)
    assert found.problems == []
    assert found.results == [(SGD, 1.5), (ADAM, 2.0)]


def test_what_does_not_fit_is_named_by_its_line(tmp_path):
    rows = ["lr,opt,beta,metric", "0.1,sgd,,1", "7,sgd,,1", "0.1,rmsprop,,1", "0.1,sgd,0.5,1", "0.1,adam,,1"]
    found = read(tmp_path, "r.csv", "\n".join([*rows, "0.1,sgd,,", "0.1,sgd,,nan", "0.1,3,,9"]) + "\n")
    assert found.results == [(SGD, 1.0), ({"t/lr/loguniform": 0.1, "t/opt/choice": 3}, 9.0)]
    assert found.without == 2
    assert [problem.partition(":")[0] for problem in found.problems] == [
        "line 3",
        "line 4",
        "line 5",
        "line 6",
    ]
    assert "beta exists only when opt is 'adam'" in found.problems[2]
    assert "beta has no value" in found.problems[3]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.csv", "lr,opt\n0.1,sgd\n", "no column metric or value; it has lr, opt"),
        ("r.csv", "", "it has none"),
        ("r.json", "{", "is not JSON"),
        ("r.json", {"parameters": 1}, "contains no list of trials"),
        ("r.jsonl", '{"a": 1}\n{', "line 2 is not JSON"),
        ("r.txt", "", "is not a .json, .jsonl or .csv file"),
    ],
)
def test_files_of_another_kind(tmp_path, name, content, words):
    with pytest.raises(ValueError, match=words):
        read(tmp_path, name, content)


def test_entries_that_are_no_trials(tmp_path):
    found = read(tmp_path, "r.json", [1, {"value": 2}, {"parameters": SGD}, {"parameters": "{", "value": 1}])
    assert found.results == []
    assert [problem.partition(":")[0] for problem in found.problems] == ["entry 1", "entry 2", "entry 4"]
    assert found.without == 1


def test_values_as_they_are_typed():
    typed = complete_values(SPACE, {"opt": "3"}, ADAM, as_text=True)
    assert typed == {"t/lr/loguniform": 0.2, "t/opt/choice": 3}
    typed = complete_values(SPACE, {"opt": "adam", "lr": "1e-3"}, ADAM, as_text=True)
    assert typed == {**ADAM, "t/lr/loguniform": 0.001}
    with pytest.raises(ValueError, match="beta has no value"):
        complete_values(SPACE, {"opt": "adam"}, SGD, as_text=True)
    with pytest.raises(ValueError, match="opt can't be 'x'; it is one of 'sgd', 'adam', 3"):
        complete_values(SPACE, {"opt": "x"}, SGD, as_text=True)


TEXTS = ("", "None", "null", "1", "True", "true", 'a "b"', " x ", "'", "nan", "[1]", "a,b")
ODD = (None, 1, 1.0, True, 0.1, *TEXTS)


@pytest.mark.parametrize("options", [ODD, (None, "x"), ("", "x"), (None, ""), ("None", None), (1, "1", True)])
def test_every_option_survives_our_own_table(tmp_path, options):
    space = SearchSpace((Parameter("t/opt/choice", Sampler.CHOICE, options),))
    record = SimpleNamespace(space=space)
    trials = [
        TrialRecord(i, TrialState.SUCCEEDED, 0, {"t/opt/choice": option}, tmp_path, metric=float(i))
        for i, option in enumerate(options)
    ]
    path = tmp_path / "r.csv"
    path.write_text(to_csv(record, trials), encoding="utf-8")
    found = read_results(path, space)
    assert (found.problems, found.without) == ([], 0)
    again = [config["t/opt/choice"] for config, _ in found.results]
    assert [(type(value), value) for value in again] == [(type(value), value) for value in options]


def test_discarded_results_are_left_out(tmp_path):
    table = "trial,status,metric,lr,opt\n0,succeeded,1,0.1,sgd\n1,discarded,99,0.2,sgd\n"
    found = read(tmp_path, "r.csv", table)
    assert [value for _, value in found.results] == [1.0]
    assert found.without == 1


@pytest.mark.parametrize("name", ["C['k']", 'C["k"]', "C[k]", "C[ 'k' ]", "k", "t/C['k']"])
def test_names_with_subscripts_are_found_as_people_and_shells_write_them(name):
    space = SearchSpace((Parameter("t/C['k']/choice", Sampler.CHOICE, (100, 200)),))
    assert complete_values(space, {name: "200"}, {}, as_text=True) == {"t/C['k']/choice": 200}


def test_own_values_that_no_trial_can_be_given_stay_out():
    n = Parameter("t/n/choice", Sampler.CHOICE, (5, 6))
    space = SearchSpace((*SPACE.parameters, n))
    own = {"t/lr/loguniform": 0.5, "t/n/choice": 7}
    found = complete_values(space, {"opt": "sgd"}, own, own=True)
    assert found == {"t/lr/loguniform": 0.5, "t/opt/choice": "sgd"}
    with pytest.raises(ValueError, match="beta has no value"):
        complete_values(space, {"opt": "adam"}, own, own=True)
    with pytest.raises(ValueError, match="n can't be 7"):
        complete_values(space, {"opt": "sgd"}, own)


def test_a_parameter_that_earlier_results_do_not_name_is_stated(tmp_path):
    assert "beta has no value" in read(tmp_path, "r.csv", "lr,opt,metric\n0.1,adam,1\n").problems[0]
    stated = stated_values(SPACE, {"beta": "0.25"})
    assert stated == stated_values(SPACE, {"beta": 0.25}) == {"t/opt/choice/1/beta/uniform": 0.25}
    found = read_results(tmp_path / "r.csv", SPACE, stated)
    assert found.problems == []
    assert found.results == [({**ADAM, "t/lr/loguniform": 0.1, "t/opt/choice/1/beta/uniform": 0.25}, 1.0)]
    (tmp_path / "r.csv").write_text("lr,opt,beta,metric\n0.1,sgd,,1\n0.1,adam,0.75,2\n")
    found = read_results(tmp_path / "r.csv", SPACE, stated)  # what is named stands
    assert [config.get("t/opt/choice/1/beta/uniform") for config, _ in found.results] == [None, 0.75]
    for wrong in ({"beta": 7}, {"gamma": 1}):
        with pytest.raises(ValueError, match=r"beta can't be 7|there is no parameter gamma"):
            stated_values(SPACE, wrong)
