"""A trial's JSON: the same text on every Python, whatever the private part of the json module does."""

import importlib.util
import json
import math
import sys
import types

import pytest

from nnic.runtime.trial import json_text

TEXTS = {
    "null": None,
    "true": True,
    "-0.0": -0.0,
    "0.1": 0.1,
    "1e-05": 1e-05,
    "1e+22": 1e22,
    "1.7976931348623157e+308": sys.float_info.max,
    "5e-324": 5e-324,
    str(10**40): 10**40,
    '{"$float": "nan"}': math.nan,
    '{"$float": "inf"}': math.inf,
    '{"$float": "-inf"}': -math.inf,
    '"\\u00e9\\ud83d\\ude00\\ud800\\u2028\\u007f"': "é😀\ud800\u2028\x7f",
    r'"\b\t\n\f\r\"\\/\u0000\u001b"': '\b\t\n\f\r"\\/\0\x1b',
    '[1, [], {"1": {}}]': [1, (), {1: {}}],
}


def fail(*arguments):
    raise AttributeError("array_hook")


PARTS = {
    "the own": json_text,
    "missing": None,
    "without its names": types.SimpleNamespace(),
    "failing": types.SimpleNamespace(encode_basestring_ascii=json.dumps, make_scanner=fail),
    "reading otherwise": types.SimpleNamespace(
        encode_basestring_ascii=json.dumps, make_scanner=lambda settings: lambda text, start: (None, 0)
    ),
    "writing otherwise": types.SimpleNamespace(
        encode_basestring_ascii=repr, make_scanner=lambda settings: json.JSONDecoder().raw_decode
    ),
}


@pytest.fixture(params=PARTS.values(), ids=PARTS)
def made(request, monkeypatch):
    """The module, loaded where the private part is as it is, or as a later Python may have it."""
    if request.param is json_text:
        return json_text
    monkeypatch.setitem(sys.modules, "_json", request.param)
    spec = importlib.util.spec_from_file_location("other_json_text", json_text.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_private_part_is_in_use_here():
    assert type(json_text._scan).__module__ == "_json"


@pytest.mark.parametrize("text", TEXTS)
def test_texts(made, text):
    assert made.dump(TEXTS[text]) == text


@pytest.mark.parametrize(
    "text", ['{"a": [1, -2.5e3, true, false, null, "\\ud83d\\ude00\\n"]}', "3", ' "x"\n', "[]", "[1e400]"]
)
def test_round_trip(made, text):
    assert made.parse(text) == json.loads(text)
    if text != "[1e400]":
        assert json.loads(made.dump(made.parse(text))) == json.loads(text)


def test_numbers_that_json_does_not_have(made):
    nan, inf, minus = made.parse("[NaN, Infinity, -Infinity]")
    assert (math.isnan(nan), inf, minus) == (True, math.inf, -math.inf)


@pytest.mark.parametrize("text", ["", "{", "nope", "1 2", '{"a"}', '"\n"', "[1,]"])
def test_errors(made, text):
    with pytest.raises(ValueError):  # noqa: PT011
        made.parse(text)


def test_what_has_no_form(made):
    with pytest.raises(TypeError, match="bytes"):
        made.dump([b""])
