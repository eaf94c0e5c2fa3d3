"""Results from files: every form, and what does not fit."""

import json

import pytest

from nnic.results.earlier_results import read_results
from nnic.results.given_values import complete_values
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
        ("r.json", "{", "is no JSON"),
        ("r.json", {"parameters": 1}, "holds no list of trials"),
        ("r.jsonl", '{"a": 1}\n{', "line 2 is no JSON"),
        ("r.txt", "", "is no .json, .jsonl or .csv"),
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
