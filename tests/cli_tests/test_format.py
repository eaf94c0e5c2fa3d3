import math

import pytest
from rich.cells import cell_len

from nnic.screens.format import (
    format_clock,
    format_metric,
    format_seconds,
    format_value,
    sparkline,
    table,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (0.1, "0.1"),
        (0.0024132, "0.00241"),
        (1.6e-7, "1.6e-7"),
        (True, "True"),
        (None, "None"),
        ("adam", "'adam'"),
        ("2", "'2'"),
        ("", "''"),
        ("(5 * 6)", "(5 * 6)"),
        ("torch.optim.Adam(model.parameters(), lr=lr)", "Adam(…)"),
        ("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "[1, 2, 3, 4, 5, 6, 7, 8…"),
    ],
)
def test_values(value, text):
    assert format_value(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.97321, "0.9732"), (1e-5, "1e-5"), (123456.0, "1.235e5"), (None, "-"), (math.nan, "nan")],
)
def test_metrics(value, text):
    assert format_metric(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.06, "4.1 s"), (125, "2 min 5 s"), (120, "2 min"), (3780, "1 h 3 min"), (7200, "2 h")],
)
def test_durations(seconds, text):
    assert format_seconds(seconds) == text


def test_clock():
    assert format_clock(761.9) == "00:12:41"


def test_sparklines_span_their_range_and_leave_holes():
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([1.0, math.nan, 1.0]) == "▁ ▁"
    assert len(sparkline(list(range(100)))) == 8
    assert sparkline([]) == ""


def test_tables_align():
    assert table(("#", "name"), [("10", "a"), ("9", "bb")], right=(0,)) == [" #  name", "10  a", " 9  bb"]


WIDE = [
    "漢字",
    "e\N{COMBINING ACUTE ACCENT}",
    "ok \N{WHITE HEAVY CHECK MARK}",
    "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}",
    "plain",
]


def test_a_table_is_aligned_by_what_a_terminal_shows() -> None:
    rows = [(text, "x") for text in WIDE]
    lines = table(("value", "after"), rows)
    assert {cell_len(line) for line in lines[1:]} == {cell_len(lines[0]) - 4}
    flushed = table(("a", "value"), [("1", text) for text in WIDE], right=(1,))
    assert len({cell_len(line) for line in flushed}) == 1


@pytest.mark.parametrize("text", ["漢字" * 20, "\N{WHITE HEAVY CHECK MARK} " * 20, "é + " * 20, "a + b" * 20])
@pytest.mark.parametrize("width", [8, 9, 24])
def test_a_value_is_cut_to_the_columns_that_it_may_take(text: str, width: int) -> None:
    shown = format_value(text, width)
    assert shown.endswith("…")
    assert width - 2 <= cell_len(shown) <= width
    assert text.startswith(shown[:-1])
