"""Errors of the system in the processes of a run: a true message, nothing lost, and a resume that completes.

``make faults`` injects them into every kind of call that each process makes; see ``doubles/injection.py``.
"""

import pytest
from injection import TARGETS, Case, attempt, choose, learn, unavailable

CAMPAIGN = 20  # kills of ``make faults``, which tries each kind of call ten times
TIMES = 10
PARTS = 4
# Each of these once made a run wait for ever, burn its trials, or end with a traceback.
SHORT = [
    Case("manager", "sendto", "ENOMEM", 3),
    Case("supervisor", "write", "ENOSPC", 1),
    Case("supervisor", "sendto", "ENOMEM", 2),
    Case("template", "read", "ENOMEM", 3),
    Case("trial", "flock", "ENOLCK", 3),
]


@pytest.fixture(autouse=True, scope="module")
def strace():
    reason = unavailable()
    if reason:
        pytest.skip(f"no errors are injected: {reason}")


def check(folder, case, tally):
    outcome = attempt(folder, case)
    lost = sum(what.startswith("lost") for what in outcome.wrong)
    left = sum(what.startswith("process") for what in outcome.wrong)
    tally(f"{case.target}: {case.call} fails", outcome.end, 1, lost, 0, left)
    return [f"{case}: {', '.join(outcome.wrong)}\n{outcome.said}"] if outcome.wrong else []


@pytest.mark.parametrize("case", SHORT, ids=str)
def test_a_call_fails(tmp_path, tally, case):
    assert check(tmp_path / "project", case, tally) == []


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("target", TARGETS)
def test_every_kind_of_call_fails(tmp_path, kills, tally, target, part):
    if kills < CAMPAIGN:
        pytest.skip("make faults does this")
    cases = list(choose(target, learn(tmp_path / "learned", target), TIMES))[part::PARTS]
    assert cases
    wrong = [text for number, case in enumerate(cases) for text in check(tmp_path / str(number), case, tally)]
    assert wrong == [], "\n".join(wrong)
