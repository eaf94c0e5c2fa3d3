from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings

from nnic.tuners.space import ABSENT, Condition, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.spaces import MIXED, spaces

S = Sampler


@pytest.mark.parametrize(
    "module", ["nnic.tuners", "nnic.tuners.space", "nnic.tuners.protocol", "nnic.tuners.registry"]
)
def test_describing_a_problem_loads_no_numpy(module):
    heavy = "{'numpy', 'scipy', 'hypothesis', 'pytest'}"
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_listing_tuners_loads_no_numpy():
    code = (
        "import sys; from nnic.tuners import list_tuners, list_assessors, History; History()\n"
        "assert {'random', 'tpe'} <= {e.name for e in list_tuners()}; list_assessors()\n"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_public_names_exist():
    import nnic.tuners as package

    for name in package._HOMES:
        assert getattr(package, name) is not None
        assert name in dir(package)
    with pytest.raises(AttributeError):
        _ = package.nothing


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(space=spaces())
def test_spaces_survive_json(space):
    assert SearchSpace.from_json(json.loads(json.dumps(space.to_json()))) == space


@pytest.mark.parametrize(
    ("parameter", "inside", "outside"),
    [
        (Parameter("p", S.UNIFORM, (0, 1)), [0.0, 1.0, 0.5], [-1e-9, 1.1, "0.5", None, True, float("nan")]),
        (Parameter("p", S.UNIFORM, (0.05, 0.0001)), [0.05, 0.0001, 0.01], [0.06]),
        (Parameter("p", S.RANDINT, (0, 3)), [0, 2], [3, -1, 1.0]),
        (Parameter("p", S.RANDINT, (0, 10**400)), [0, 10**399], [10**400, 1.0]),
        (Parameter("p", S.QUNIFORM, (1, 10, 4), integer=True), [1, 4, 8, 10], [2, 4.0]),
        (Parameter("p", S.QUNIFORM, (0.0, 1.0, 0.1)), [0.3, 0.1 + 0.2, 1.0], [0.31]),
        (Parameter("p", S.QUNIFORM, (0, 10**18, 10), integer=True), [10**17 + 10], [10**17 + 5]),
        (Parameter("p", S.QUNIFORM, (0.0, 1e9, 0.5)), [123456789.5], [123456789.7]),
        (Parameter("p", S.QLOGUNIFORM, (1e-6, 1e6, 1e-9)), [999999.999999999], [2e6]),
        (Parameter("p", S.QUNIFORM, (0.0, 1.0, 5e-324)), [0.7], [1.5]),
        (Parameter("p", S.LOGNORMAL, (0, 1)), [1e-300], [0.0, -1.0]),
        (Parameter("p", S.QLOGNORMAL, (0, 1, 1)), [0.0, 2.0], [-1.0, 0.5]),
        (Parameter("p", S.QNORMAL, (0, 1, 2), integer=True), [-2, 10**30], [1, 2.0]),
        (Parameter("p", S.CHOICE, (1, "1", True, None)), [1, "1", True, None], [1.0, False, "True"]),
    ],
    ids=lambda value: None if isinstance(value, list) else f"{value.sampler.value}{value.args}"[:40],
)
def test_what_a_parameter_contains(parameter, inside, outside):
    assert [value for value in inside if not parameter.contains(value)] == []
    assert [value for value in outside if parameter.contains(value)] == []


def test_normalize_matches_types_and_names_what_does_not_fit():
    config = {"model": "net", "lr": 1, "width": 4.0, "act": "tanh", "depth": 3}
    found = MIXED.normalize(config)
    assert found == config
    assert type(found["lr"]) is float
    assert type(found["width"]) is int
    for change, message in [
        ({"nothing": 1}, "no parameter 'nothing'"),
        ({"slope": 1.0}, "'slope' does not exist"),
        ({"depth": 9}, "'depth': 9 is outside randint"),
        ({"act": "sigmoid"}, "not one of its options"),
    ]:
        with pytest.raises(ValueError, match=message):
            MIXED.normalize({**config, **change})
    with pytest.raises(ValueError, match="no value for 'act'"):
        MIXED.normalize({k: v for k, v in config.items() if k != "act"})


def test_defaults_are_a_configuration_or_nothing():
    a = Parameter("a", S.CHOICE, ("x", "y"), default="y")
    b = Parameter("b", S.UNIFORM, (0, 1), default=0.5, condition=Condition("a", 0))
    c = Parameter("c", S.UNIFORM, (0, 1), default=0.25, condition=Condition("a", 1))
    assert SearchSpace((a, b, c)).defaults() == {"a": "y", "c": 0.25}
    unknown = Parameter("c", S.UNIFORM, (0, 1), default=ABSENT, condition=Condition("a", 1))
    outside = Parameter("c", S.UNIFORM, (0, 1), default=2.0, condition=Condition("a", 1))
    assert SearchSpace((a, b, unknown)).defaults() is None
    assert SearchSpace((a, b, outside)).defaults() is None


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ((Parameter("a", S.UNIFORM, (0, 1)), Parameter("a", S.UNIFORM, (0, 1))), "two parameters"),
        ((Parameter("a", S.UNIFORM, (0, 1), condition=Condition("b", 0)),), "not an earlier parameter"),
        (
            (Parameter("a", S.CHOICE, (1,)), Parameter("b", S.UNIFORM, (0, 1), condition=Condition("a", 1))),
            "no option 1",
        ),
    ],
)
def test_inconsistent_spaces_are_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        SearchSpace(parameters)


@pytest.mark.parametrize(
    ("sampler", "args"),
    [
        (S.UNIFORM, (0,)),
        (S.UNIFORM, (0, float("inf"))),
        (S.NORMAL, (True, 1)),
        (S.CHOICE, ()),
        (S.RANDINT, ("1", 2)),
    ],
)
def test_malformed_parameters_are_refused(sampler, args):
    with pytest.raises(ValueError, match=r"^p: "):
        Parameter("p", sampler, args)
