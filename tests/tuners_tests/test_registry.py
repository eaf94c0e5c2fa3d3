from __future__ import annotations

import json
import sys
import textwrap
from typing import Any, Literal

import pytest

from nnic.tuners.options import convert_options
from nnic.tuners.protocol import Objective, Problem
from nnic.tuners.registry import list_assessors, list_tuners, make_assessor, make_tuner
from nnic.tuners.space import Fidelity, Parameter, Sampler, SearchSpace
from nnic.tuners.testing.spaces import PLANE

PROBLEM = Problem(PLANE)

OWN = """
    from nnic.tuners.protocol import Batch, Decision, Suggestion

    class {name}:
        owns_stopping = False

        def __init__(self, problem, pace=1.0):
            self.pace = pace

        def suggest(self, n):
            return Batch((Suggestion({{"x": 0.5, "y": 0.5}}),) * n)

        def observe(self, event):
            return Decision.CONTINUE

        def save(self):
            return b""

        def load(self, state):
            pass
"""


class Typed:
    def __init__(
        self,
        problem: Problem,
        *,
        count: int,
        rate: float = 0.5,
        fast: bool = False,
        name: str = "a",
        mode: Literal["serial", "parallel", 3] = "serial",
        limit: int | None = None,
        either: str | float = 0.0,
        sizes: list[int] | None = None,
        table: dict[str, float] | None = None,
        anything: Any = None,
        bare=None,
    ) -> None: ...


def converted(**options: object) -> dict[str, Any]:
    return convert_options("typed", Typed, {"count": 1, **options})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"count": "12"}, 12),
        ({"count": 3.0}, 3),
        ({"rate": "1e-3"}, 1e-3),
        ({"rate": 2}, 2.0),
        ({"fast": "yes"}, True),
        ({"fast": "false"}, False),
        ({"fast": True}, True),
        ({"name": "12"}, "12"),
        ({"mode": "parallel"}, "parallel"),
        ({"mode": "3"}, 3),
        ({"limit": "none"}, None),
        ({"limit": "7"}, 7),
        ({"either": "0.5"}, 0.5),
        ({"either": "abc"}, "abc"),
        ({"sizes": "[1, 2.0]"}, [1, 2]),
        ({"sizes": [3]}, [3]),
        ({"table": '{"a": 1}'}, {"a": 1.0}),
        ({"anything": "[1]"}, [1]),
        ({"anything": "text"}, "text"),
        ({"bare": "2"}, 2),
    ],
)
def test_options_become_what_the_annotation_says(options, expected):
    (name,) = options
    value = converted(**options)[name]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": "many"}, "'count' takes int, got 'many'"),
        ({"count": True}, "'count' takes int, got True"),
        ({"count": 1.5}, "'count' takes int, got 1.5"),
        ({"rate": "fast"}, "'rate' takes float"),
        ({"fast": "perhaps"}, "'fast' takes bool"),
        ({"name": 3}, "'name' takes str"),
        ({"mode": "x"}, "'mode' takes 'serial' or 'parallel' or 3"),
        ({"limit": "x"}, "'limit' takes int or none"),
        ({"sizes": "[1"}, "'sizes' takes"),
        ({"sizes": '{"a": 1}'}, "'sizes' takes"),
        ({"sizes": ["x"]}, "'sizes' takes"),
        ({"rates": 1}, r"no option 'rates'; did you mean 'rate'\? It takes count: int, rate: float = 0.5"),
    ],
)
def test_other_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        converted(**options)


def test_missing_options_are_named():
    with pytest.raises(ValueError, match=r"typed needs the option 'count' \(int\)"):
        convert_options("typed", Typed, {})


@pytest.mark.parametrize("entry", [*list_tuners(), *list_assessors()], ids=lambda entry: entry.path)
def test_every_path_leads_to_a_class(entry):
    module, _, name = entry.path.partition(":")
    cls = entry.load()
    assert isinstance(cls, type)
    assert (cls.__module__, cls.__name__) == (f"nnic.tuners.{module}", name)


def test_every_entry_can_be_made():
    problem = Problem(PLANE, fidelity=Fidelity(1, 9))
    for entry in list_tuners():
        options = {"configs": [{"x": 0.5, "y": 0.5}]} if entry.name == "batch" else {}
        assert make_tuner(entry.name, problem, options).suggest(1).suggestions
    for entry in list_assessors():
        make_assessor(entry.name, PROBLEM, {"lower": 0.0} if entry.name == "threshold" else {})


@pytest.mark.parametrize("name", ["tpe", "TPE", "Random", "GridSearch", "grid"])
def test_names_of_nni_are_understood(name):
    assert make_tuner(name, PROBLEM).suggest(1).suggestions
    assert make_assessor("Medianstop", PROBLEM, {"start_step": "3"})


def test_unknown_names_give_the_nearest_and_the_list():
    with pytest.raises(
        ValueError, match=r"no tuner 'tpee'; did you mean 'tpe'\? There are auto, tpe, random.*my_file.py"
    ):
        make_tuner("tpee", PROBLEM)
    with pytest.raises(ValueError, match=r"no assessor 'zzz'\. There are none, medianstop"):
        make_assessor("zzz", PROBLEM)


def test_options_of_the_problem_itself():
    by_option = make_tuner("random", PROBLEM, {"seed": "9"}).suggest(2)
    assert by_option == make_tuner("random", Problem(PLANE, seed=9)).suggest(2)
    assert by_option != make_tuner("random", PROBLEM).suggest(2)
    make_tuner("tpe", PROBLEM, {"optimize_mode": "maximize"})
    with pytest.raises(ValueError, match="optimize_mode is 'minimize', but"):
        make_tuner("tpe", PROBLEM, {"optimize_mode": "minimize"})
    make_tuner("tpe", Problem(PLANE, (Objective("loss", False),)), {"optimize_mode": "minimize"})
    with pytest.raises(ValueError, match="seed must be an integer"):
        make_tuner("random", PROBLEM, {"seed": "x"})


def test_a_class_in_a_file(tmp_path):
    file = tmp_path / "with space é.py"
    file.write_text(textwrap.dedent(OWN.format(name="Mine")), encoding="utf-8")
    assert make_tuner(str(file), PROBLEM, {"pace": "2"}).pace == 2.0  # type: ignore[attr-defined]
    assert make_tuner(f"{file}:Mine", PROBLEM).suggest(2).suggestions
    with pytest.raises(ValueError, match="no class 'Other'"):
        make_tuner(f"{file}:Other", PROBLEM)
    with pytest.raises(ValueError, match="Mine is not an assessor: it has no method 'assess'"):
        make_assessor(f"{file}:Mine", PROBLEM)
    file.write_text(textwrap.dedent(OWN.format(name="Mine") + OWN.format(name="Yours")), encoding="utf-8")
    with pytest.raises(ValueError, match=r"should define one tuner, it defines Mine, Yours; name it"):
        make_tuner(str(file), PROBLEM)
    with pytest.raises(ValueError, match="no file"):
        make_tuner(str(tmp_path / "nothing.py"), PROBLEM)


def test_an_error_inside_a_file_is_its_own(tmp_path):
    file = tmp_path / "broken.py"
    file.write_text("import this_does_not_exist_anywhere\n")
    with pytest.raises(ModuleNotFoundError, match="this_does_not_exist_anywhere"):
        make_tuner(str(file), PROBLEM)
    assert not [name for name in sys.modules if "nnic_user_broken" in name]


def test_a_class_path(tmp_path, monkeypatch):
    (tmp_path / "own_tuners_for_test.py").write_text(textwrap.dedent(OWN.format(name="Mine")))
    monkeypatch.syspath_prepend(tmp_path)
    assert make_tuner("own_tuners_for_test:Mine", PROBLEM).suggest(1).suggestions
    with pytest.raises(ValueError, match="no module 'not_there_at_all'"):
        make_tuner("not_there_at_all.sub:Mine", PROBLEM)


def test_an_entry_point(tmp_path, monkeypatch):
    (tmp_path / "plugged_for_test.py").write_text(textwrap.dedent(OWN.format(name="Mine")))
    info = tmp_path / "plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[nnic.tuners]\nplugged = plugged_for_test:Mine\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert make_tuner("plugged", PROBLEM).suggest(1).suggestions
    with pytest.raises(ValueError, match="did you mean 'plugged'"):
        make_tuner("pluged", PROBLEM)


def test_given_configurations_keep_the_types_of_their_options():
    space = SearchSpace(
        (Parameter("p", Sampler.CHOICE, ("1", 1, "[2]")), Parameter("x", Sampler.UNIFORM, (0, 1)))
    )
    configs = [{"p": "1", "x": 0.5}, {"p": 1, "x": 0.5}, {"p": "[2]", "x": "0.25"}]
    for given in (configs, json.dumps(configs)):
        found = make_tuner("batch", Problem(space), {"configs": given}).suggest(3).suggestions
        assert [repr(s.config["p"]) for s in found] == ["'1'", "1", "'[2]'"]
        assert [s.config["x"] for s in found] == [0.5, 0.5, 0.25]
