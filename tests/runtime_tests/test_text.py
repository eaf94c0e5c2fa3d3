"""How numbers are written in what people read."""

from __future__ import annotations

import math

import pytest

from nnic.runtime.text import counted, format_number, plural


@pytest.mark.parametrize(("number", "text"), [(0, "0 trials"), (1, "1 trial"), (2, "2 trials")])
def test_things_are_counted(number: int, text: str) -> None:
    assert counted(number, "trial") == text


def test_a_plural_may_be_another_word() -> None:
    assert [plural(number, "is", "are") for number in (0, 1, 2)] == ["are", "is", "are"]
    assert counted(2, "process", "processes") == "2 processes"


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (0.1, "0.1"), (12345678.0, "1.235e7"), (1e-5, "1e-5"), (math.nan, "nan")]
)
def test_a_number_is_short(value: float, text: str) -> None:
    assert format_number(value) == text
