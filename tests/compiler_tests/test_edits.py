"""The one splicer: what it does with edits that come in any order, touch each other or lie within others."""

from __future__ import annotations

import pytest

from nnic.edits import Edit, outermost, splice
from nnic.span import Span


def edit(start: int, end: int, text: str) -> Edit:
    return Edit(Span(start, end), text)


def test_edits_may_come_in_any_order() -> None:
    assert splice("abc", [edit(2, 3, "3"), edit(0, 1, "1"), edit(1, 1, "-")]) == "1-b3"


def test_no_edit_leaves_the_text() -> None:
    assert splice("a\r\nb", []) == "a\r\nb"


def test_insertions_at_one_offset_keep_their_order() -> None:
    assert splice("ab", [edit(1, 1, "2"), edit(1, 1, "1"), edit(0, 0, "0")]) == "0a21b"


@pytest.mark.parametrize("turned", [False, True])
def test_an_insertion_goes_before_what_is_replaced_behind_it(turned: bool) -> None:
    edits = [edit(1, 3, "X"), edit(1, 1, "+"), edit(3, 3, "-")]
    assert splice("abcd", reversed(edits) if turned else edits) == "a+X-d"


def test_an_edit_within_another_one_is_gone_with_it() -> None:
    edits = [edit(1, 2, "inner"), edit(0, 3, "outer"), edit(2, 2, "inserted"), edit(0, 2, "inner too")]
    assert outermost(edits) == [edit(0, 3, "outer")]
    assert splice("abcd", edits) == "outerd"


def test_edits_that_cross_are_a_bug_of_ours() -> None:
    with pytest.raises(AssertionError):
        splice("abcd", [edit(0, 2, "x"), edit(1, 3, "y")])
