"""The names that people read and write for parameters, and looking values up by them."""

import copy
import json
import pickle

import pytest

from nnic.tuners.names import NamedValues, ParameterNames
from nnic.tuners.space import Condition, Parameter, Sampler, SearchSpace


def number(key, parent="", option=0):
    condition = Condition(parent, option) if parent else None
    return Parameter(key, Sampler(key.rpartition("/")[2]), (1.0, 2.0), condition=condition)


def choice(key, *options, parent="", option=0):
    condition = Condition(parent, option) if parent else None
    return Parameter(key, Sampler.CHOICE, options, condition=condition)


MODEL = "train/model/function_choice"
SPACES = {
    "alone": ([number("train/lr/uniform")], ["lr"]),
    "two modules": (
        [number("net/width/uniform"), number("train/width/uniform"), number("train/lr/uniform")],
        ["net/width", "train/width", "lr"],
    ),
    "an argument of one option": (
        [choice(MODEL, "svc(gamma=...)", "forest()"), number(f"{MODEL}/0/gamma/loguniform", MODEL)],
        ["model", "gamma"],
    ),
    "an argument of two options": (
        [
            choice(MODEL, "svm.SVC(gamma=...)", "NuSVC(gamma=...)"),
            number(f"{MODEL}/0/gamma/loguniform", MODEL),
            number(f"{MODEL}/1/gamma/loguniform", MODEL, 1),
        ],
        ["model", "SVC__gamma", "NuSVC__gamma"],
    ),
    "two calls of one function": (
        [
            choice(MODEL, "sgd(lr=...)", "sgd(lr=..., nesterov=True)"),
            number(f"{MODEL}/0/lr/uniform", MODEL),
            number(f"{MODEL}/1/lr/uniform", MODEL, 1),
        ],
        ["model", "model__0__lr", "model__1__lr"],
    ),
    "an argument by position": (
        [choice(MODEL, "relu", "leaky(...)"), number(f"{MODEL}/1/0/uniform", MODEL, 1)],
        ["model", "leaky__0"],
    ),
    "an option that is a sampler": (
        [
            choice("train/drop/choice", 0, "..."),
            number("train/drop/choice/1/uniform", "train/drop/choice", 1),
        ],
        ["drop", "drop__uniform"],
    ),
    "options that are the same sampler": (
        [
            choice("train/x/choice", "nni.uniform(1, 2)", "nni.uniform(3, 4)"),
            number("train/x/choice/0/uniform", "train/x/choice"),
            number("train/x/choice/1/uniform", "train/x/choice", 1),
        ],
        ["x", "x__0", "x__1"],
    ),
    "nested twice": (
        [
            choice(MODEL, "net(act=...)", "net2(act=...)"),
            choice(f"{MODEL}/0/act/choice", "elu(a=...)", "relu", parent=MODEL),
            number(f"{MODEL}/0/act/choice/0/a/uniform", f"{MODEL}/0/act/choice"),
            choice(f"{MODEL}/1/act/choice", "elu(a=...)", "relu", parent=MODEL, option=1),
            number(f"{MODEL}/1/act/choice/0/a/uniform", f"{MODEL}/1/act/choice"),
        ],
        ["model", "net__act", "model__net__act__elu__a", "net2__act", "model__net2__act__elu__a"],
    ),
    "words as options": (
        [
            choice("train/opt/choice", "adam", "sgd"),
            number("train/opt/choice/0/lr/uniform", "train/opt/choice"),
            number("train/opt/choice/1/lr/uniform", "train/opt/choice", 1),
        ],
        ["opt", "adam__lr", "sgd__lr"],
    ),
    "a name that is an option's too": (
        [
            number("train/lr/uniform"),
            choice(MODEL, "sgd(lr=...)", "adam()"),
            number(f"{MODEL}/0/lr/uniform", MODEL),
        ],
        ["train/lr", "model", "sgd__lr"],
    ),
    "keys of another tool": ([number("uniform"), number("a/uniform")], ["uniform", "a"]),
}


@pytest.mark.parametrize(("parameters", "names"), SPACES.values(), ids=SPACES)
def test_names_are_short_and_tell_parameters_apart(parameters, names):
    space = SearchSpace(tuple(parameters))
    assert list(space.display_names().values()) == names
    known = ParameterNames(space)
    for parameter, name in zip(parameters, names):
        assert known.keys_of(name) == known.keys_of(parameter.key) == [parameter.key]


@pytest.fixture
def values():
    space = SearchSpace(tuple(SPACES["an argument of two options"][0]))
    chosen = {MODEL: "svm.SVC(gamma=...)", f"{MODEL}/0/gamma/loguniform": 1.5}
    return NamedValues(chosen, ParameterNames(space))


def test_values_are_found_by_any_name_that_is_clear(values):
    assert values["SVC__gamma"] == values["model__SVC__gamma"] == values[f"{MODEL}/0/gamma/loguniform"] == 1.5
    assert values["gamma"] == 1.5  # of the two, only this one exists in the trial
    assert "SVC__gamma" in values
    assert "NuSVC__gamma" not in values
    assert values.get("NuSVC__gamma", 3) == 3
    assert values.get("model") == "svm.SVC(gamma=...)"
    assert repr(values) == "{'model': 'svm.SVC(gamma=...)', 'SVC__gamma': 1.5}"


def test_a_name_that_means_nothing_is_explained(values):
    with pytest.raises(KeyError, match="NuSVC__gamma has no value in this trial"):
        values["NuSVC__gamma"]
    with pytest.raises(KeyError, match="no parameter rate; this trial has model, SVC__gamma"):
        values["rate"]


def test_values_are_a_dictionary_of_their_keys_for_programs(values):
    plain = {MODEL: "svm.SVC(gamma=...)", f"{MODEL}/0/gamma/loguniform": 1.5}
    assert values == plain == dict(values) == {**values} == json.loads(json.dumps(values))
    for again in (pickle.loads(pickle.dumps(values)), copy.deepcopy(values)):
        assert again == plain
        assert again["SVC__gamma"] == 1.5
