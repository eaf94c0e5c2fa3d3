import pytest

from nnic.runtime.launchers.base import Exit
from nnic.runtime.launchers.metrics import Crash, Invalid, Result
from nnic.runtime.loop.outcome import NO_RESULT, find_failure

FINAL = Result(0, True, 1.0)
CRASH = Crash(5, "OSError", "no file", (("/p/train.py", 3, "<module>"),), "/p/train.py", 3)
INVALID = Invalid(5, "report_final_result got str 'abc'")


@pytest.mark.parametrize(
    ("exit", "final", "invalid", "crash", "kind", "message"),
    [
        (Exit(code=0), None, None, None, "no result", NO_RESULT),
        (Exit(code=3), FINAL, None, None, "exit", "exited with 3"),
        (Exit(signal=11), FINAL, None, None, "signal", "killed by SIGSEGV (signal 11)"),
        (Exit(signal=63), None, None, None, "signal", "killed by signal 63"),
        (Exit(code=1), None, None, CRASH, "OSError", "no file"),
        (Exit(code=1), None, INVALID, CRASH, "OSError", "no file"),
        (Exit(code=0), None, INVALID, None, "bad metric", INVALID.message),
        (Exit(code=0), None, None, CRASH, "no result", NO_RESULT),
        (Exit(signal=9, problem="too much", kind="output"), None, None, None, "output", "too much"),
    ],
)
def test_failures(exit, final, invalid, crash, kind, message):
    failure = find_failure(exit, final, invalid, crash)
    assert (failure.kind, failure.message) == (kind, message)


def test_a_bad_metric_that_ended_the_script_has_its_place():
    crash = Crash(9, "TypeError", INVALID.message, (), "/p/train.py", 7)
    failure = find_failure(Exit(code=1), None, INVALID, crash)
    assert (failure.kind, failure.path, failure.line, failure.exit_code) == (
        "bad metric",
        "/p/train.py",
        7,
        1,
    )


@pytest.mark.parametrize("value", [0.0, float("nan"), float("-inf")])
def test_a_result_and_exit_code_0_is_a_success(value):
    assert find_failure(Exit(code=0), Result(0, True, value), INVALID, None) is None
