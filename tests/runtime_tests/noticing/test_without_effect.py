"""What a person is told of parameters that had no effect in trial 0."""

import pytest

from nnic.runtime.launchers.metrics import Reread
from nnic.runtime.noticing.without_effect import (
    describe_nothing_read,
    describe_uncompiled,
    describe_unread,
    reads_nothing,
)
from nnic.tuners.space import Condition, Origin, Parameter, Sampler, SearchSpace


def parameter(name, line, **more):
    return Parameter(
        f"train/{name}/uniform", Sampler.UNIFORM, (0.0, 1.0), origin=Origin("train.py", line, 1), **more
    )


LR, DROP = parameter("lr", 3), parameter("drop", 8)
OPT = Parameter("train/opt/choice", Sampler.CHOICE, ("a", "b"), origin=Origin("train.py", 9, 1))
NESTED = parameter("opt/choice/1/x", 9, condition=Condition(OPT.key, 1))
SPACE = SearchSpace((LR, DROP, OPT, NESTED))


def test_unread_parameters_are_named_with_their_places():
    (text,) = describe_unread(SPACE, {LR.key, OPT.key}, ())
    assert text.startswith("trial #0 never read drop (train.py:8), so their values have no effect")
    assert describe_unread(SPACE, {LR.key, OPT.key, DROP.key}, ()) == []


def test_who_compiles_the_text_is_named_where_that_explains_it():
    torch = Reread("torch (called at train.py:20)", "train.py", 7, 10)
    (text,) = describe_unread(SPACE, {LR.key, OPT.key}, (torch,))
    assert text.startswith(
        "torch (called at train.py:20) compiles the text of train.py, lines 7 to 10, by itself, so these "
        "parameters have no effect: drop (train.py:8)"
    )
    assert describe_unread(SPACE, {LR.key, OPT.key, DROP.key}, (torch,)) == []


@pytest.mark.parametrize(("path", "words"), [("", "compiles a text by itself"), ("b.py", "the file b.py")])
def test_a_text_that_is_no_part_of_the_program(path, words):
    (text,) = describe_unread(SPACE, {p.key for p in SPACE}, (Reread("train.py:4", path),))
    assert words in text
    assert "import it as a module" in text


def test_reading_nothing():
    assert reads_nothing(SPACE, ())
    assert not reads_nothing(SPACE, {OPT.key})
    assert describe_nothing_read(SPACE).endswith("lr (train.py:3), drop (train.py:8), opt (train.py:9)")
    # The script gets the values of a space from a file all at once.
    given = SearchSpace((Parameter("lr", Sampler.UNIFORM, (0.0, 1.0)),))
    assert not reads_nothing(given, ())
    assert describe_unread(given, (), ()) == []


def test_a_file_outside_of_the_code_directory():
    assert "--code-dir" in describe_uncompiled("/elsewhere/plug.py")
    assert "`if False:`" in describe_uncompiled("plug.py")
