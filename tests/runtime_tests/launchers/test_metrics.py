import json
import math

import pytest

from nnic.runtime import encoding
from nnic.runtime.launchers.metrics import Crash, Invalid, Reads, Reread, Result, parse_metric
from nnic.runtime.launchers.metrics_file import MetricsFile


def line(kind="intermediate", trial=1, attempt=0, **more):
    return json.dumps({"trial": trial, "attempt": attempt, "kind": kind, "time": 5.0, **more}).encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.1, 1 / 3, -0.0])
def test_numbers_survive_json(value):
    again = encoding.loads(encoding.dumps({"a": [value]}))["a"][0]
    assert repr(again) == repr(value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "{", "", '{"a":}', "[" * 100_000])
def test_text_that_is_no_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        encoding.loads(text)


def test_a_report():
    data = line(value=0.5, metrics={"loss": {"$float": "nan"}, "bad": "x"}, extra={"tag": [1]})
    found = parse_metric(data, 1, 0, 7)
    assert isinstance(found, Result)
    assert (found.sequence, found.final, found.value, found.extra, found.time) == (
        7,
        False,
        0.5,
        {"tag": [1]},
        5.0,
    )
    assert list(found.metrics) == ["loss"]
    assert math.isnan(found.metrics["loss"])


@pytest.mark.parametrize(("value", "expected"), [(True, 1.0), (10**400, math.inf), (3, 3.0)])
def test_values_become_floats(value, expected):
    found = parse_metric(line("final", value=value), 1, 0, 0)
    assert found == Result(0, True, expected, time=5.0)


def test_the_other_kinds():
    assert parse_metric(line("invalid", message="no"), 1, 0, 3) == Invalid(3, "no")
    assert parse_metric(line("reads", keys=["a", 1]), 1, 0, 3) == Reads(3, ("a",))
    reread = [["torch", "train.py", 3, 9], ["train.py:4", "", 0, 0], [], "x"]
    assert parse_metric(line("reads", reread=reread, ended=True), 1, 0, 3) == Reads(
        3,
        (),
        reread=(Reread("torch", "train.py", 3, 9), Reread("train.py:4", ""), Reread("", "")),
        ended=True,
    )
    data = line("failed", type="OSError", message="m", frames=[["a.py", 3, "f"], "x"], path="a.py", line=3)
    assert parse_metric(data, 1, 0, 3) == Crash(3, "OSError", "m", (("a.py", 3, "f"),), "a.py", 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"3",
        line(value="0.5"),
        line(value=None),
        line(value={"$float": "x"}),
        line(value=1.0, trial=2),
        line(value=1.0, attempt=1),
        line(value=1.0, trial=True),
        line("something", value=1.0),
        b'{"trial":1,"attempt":0,"kind":"final","value":NaN}',
    ],
)
def test_what_is_no_part_of_the_protocol_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_metric(data, 1, 0, 0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.jsonl"


def values(found):
    return [entry.value for entry in found]


def test_a_file_is_read_as_it_grows_each_line_once(path):
    reader = MetricsFile(path, 1, 0)
    assert reader.read() == []
    first, second = line(value=1), line(value=2)
    path.write_bytes(first + b"\n" + second[:10])
    assert values(reader.read()) == [1.0]
    assert reader.read() == []
    with path.open("ab") as stream:
        stream.write(second[10:] + b"\n")
    found = reader.read()
    assert values(found) == [2.0]
    assert found[0].sequence == len(first) + 1
    assert reader.read(ended=True) == []
    reader.close()


@pytest.mark.parametrize(
    ("tail", "expected", "malformed"), [(line(value=2), [1.0, 2.0], 0), (line(value=2)[:9], [1.0], 1)]
)
def test_a_last_line_without_its_end_counts_when_it_is_whole(path, tail, expected, malformed):
    path.write_bytes(line(value=1) + b"\n" + tail)
    reader = MetricsFile(path, 1, 0)
    assert values(reader.read(ended=True)) == expected
    assert reader.malformed == malformed
    reader.close()


def test_a_torn_line_hurts_itself_only(path):
    path.write_bytes(line(value=1)[:7] + b"\n" + line(value=2) + b"\n\n" + line(value=3) + b"\n")
    reader = MetricsFile(path, 1, 0)
    assert values(reader.read()) == [2.0, 3.0]
    assert reader.malformed == 1
    reader.close()


def test_a_hundred_thousand_malformed_lines_are_counted(path):
    path.write_bytes(b'{"trial": 1, "kind": \n' * 100_000 + line(value=1) + b"\n")
    reader = MetricsFile(path, 1, 0)
    assert values(reader.read(ended=True)) == [1.0]
    assert reader.malformed == 100_000
    reader.close()


def test_lines_longer_than_a_block_are_read_and_endless_ones_are_skipped(path, monkeypatch):
    monkeypatch.setattr("nnic.runtime.launchers.metrics_file.MAX_LINE_BYTES", 300_000)
    long = line(value=1, extra={"text": "x" * 200_000})
    path.write_bytes(long + b"\n" + b"y" * 5_000_000 + b"\n" + line(value=2) + b"\n")
    reader = MetricsFile(path, 1, 0)
    assert values(reader.read(ended=True)) == [1.0, 2.0]
    assert reader.malformed >= 1
    reader.close()


def test_reading_in_bounded_pieces_gives_the_same(path):
    path.write_bytes(b"".join(line(value=i) + b"\n" for i in range(5000)))
    reader = MetricsFile(path, 1, 0)
    found = []
    while more := reader.read(limit_bytes=10_000):
        found += values(more)
    assert found == [float(i) for i in range(5000)]
    reader.close()
