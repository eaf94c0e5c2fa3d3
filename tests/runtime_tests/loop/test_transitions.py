import pytest

from nnic.runtime.loop.transitions import ENDING, TRANSITIONS, Cause, Phase, is_running, state_of, step
from nnic.tuners.protocol import TrialState


def test_every_phase_is_reached_from_waiting():
    seen = {Phase.WAITING}
    while True:
        more = {after for (before, _), after in TRANSITIONS.items() if before in seen} - seen
        if not more:
            break
        seen |= more
    assert seen == set(Phase)


def test_every_phase_that_runs_takes_every_end():
    for phase in Phase:
        if is_running(phase):
            for cause in (Cause.SUCCEED, Cause.FAIL, Cause.LOSE):
                assert not is_running(step(phase, cause))


def test_what_is_ending_may_be_asked_to_end_again():
    for phase in ENDING:
        for cause in (Cause.CANCEL, Cause.INTERRUPT):
            assert step(phase, cause) is phase


def test_an_end_is_an_end_but_for_what_is_tried_again():
    leaving = {key for key in TRANSITIONS if state_of(key[0]).ended}
    with_result = (Phase.SUCCEEDED, Phase.STOPPED, Phase.PAUSED)
    assert leaving == {
        (Phase.FAILED, Cause.REVIVE),
        (Phase.CANCELLED, Cause.REVIVE),
        *((phase, Cause.DISCARD) for phase in with_result),  # its user does not trust what it has
    }


def test_a_trial_that_gets_its_result_while_it_is_ended_has_succeeded():
    for phase in ENDING:
        assert step(phase, Cause.SUCCEED) is Phase.SUCCEEDED


def test_every_state_of_the_protocol_has_a_phase():
    assert {state_of(phase) for phase in Phase} == set(TrialState)


def test_what_the_table_does_not_have_is_refused():
    with pytest.raises(ValueError, match="a trial that is succeeded cannot launch"):
        step(Phase.SUCCEEDED, Cause.LAUNCH)
