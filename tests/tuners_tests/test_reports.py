import pytest

from nnic.tuners.protocol import Report
from nnic.tuners.reports import Reports

FIRST, SECOND, THIRD = (Report(step, (float(step),)) for step in range(3))


def test_one_more_leaves_the_shorter_as_it_was():
    one = Reports().extended(FIRST)
    two = one.extended(SECOND)
    fork = one.extended(THIRD)
    assert (one, two, fork) == ((FIRST,), (FIRST, SECOND), (FIRST, THIRD))
    assert two.extended(THIRD) == (FIRST, SECOND, THIRD)
    assert list(two) == [FIRST, SECOND]


def test_it_reads_like_a_tuple():
    two = Reports((FIRST, SECOND))
    assert (two[-1], two[0], two[1:], len(two)) == (SECOND, FIRST, (SECOND,), 2)
    assert repr(two) == repr((FIRST, SECOND))
    assert not Reports()
    for index in (2, -3):
        with pytest.raises(IndexError):
            two[index]
    shorter = Reports((FIRST,))
    shorter.extended(SECOND)
    with pytest.raises(IndexError):
        shorter[1]


def test_reports_are_shared_not_copied():
    grown = Reports()
    for step in range(200_000):  # copying them would take minutes
        grown = grown.extended(Report(step, (0.0,)))
    assert len(grown) == 200_000
