"""The life of a trial, as a table."""

from __future__ import annotations

from enum import Enum

from nnic.tuners.protocol import TrialState


class Phase(Enum):
    """The phase of a trial; finer than ``TrialState`` while it runs."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPING = "stopping"  # the assessor or the tuner has it stopped
    PAUSING = "pausing"  # the tuner has it paused
    CANCELLING = "cancelling"  # its user or a limit of the run has it ended
    EXPIRING = "expiring"  # it has run longer than a trial may
    INTERRUPTING = "interrupting"  # the run ends now; a resume repeats the trial
    KEEPING = "keeping"  # its user has it ended, and its last value is its result
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    PAUSED = "paused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Cause(Enum):
    """What moves a trial on."""

    LAUNCH = "launch"
    STOP = "stop"
    PAUSE = "pause"
    CANCEL = "cancel"
    EXPIRE = "expire"
    INTERRUPT = "interrupt"
    SUCCEED = "succeed"  # it ended with a result
    FAIL = "fail"  # it ended without a result
    LOSE = "lose"  # it ended for a reason that is not its own
    REPEAT = "repeat"  # it failed, and is started again where it may not fail
    GIVE_UP = "give up"  # it was lost too often
    REVIVE = "revive"  # it is tried again: by its user, or trial 0 by a resume
    IMPORT = "import"  # it has the result of an earlier search
    KEEP = "keep"  # its user has it ended with what it has
    DISCARD = "discard"  # its user does not trust its result


TRANSITIONS: dict[tuple[Phase, Cause], Phase] = {
    (Phase.WAITING, Cause.LAUNCH): Phase.RUNNING,
    (Phase.WAITING, Cause.CANCEL): Phase.CANCELLED,
    (Phase.WAITING, Cause.GIVE_UP): Phase.FAILED,
    (Phase.RUNNING, Cause.STOP): Phase.STOPPING,
    (Phase.RUNNING, Cause.PAUSE): Phase.PAUSING,
    (Phase.RUNNING, Cause.CANCEL): Phase.CANCELLING,
    (Phase.RUNNING, Cause.EXPIRE): Phase.EXPIRING,
    (Phase.RUNNING, Cause.INTERRUPT): Phase.INTERRUPTING,
    (Phase.RUNNING, Cause.SUCCEED): Phase.SUCCEEDED,
    (Phase.RUNNING, Cause.FAIL): Phase.FAILED,
    (Phase.RUNNING, Cause.LOSE): Phase.WAITING,
    (Phase.RUNNING, Cause.REPEAT): Phase.WAITING,
    # What was decided first stands; a trial that got to its result all the same has succeeded.
    (Phase.STOPPING, Cause.CANCEL): Phase.STOPPING,
    (Phase.STOPPING, Cause.INTERRUPT): Phase.STOPPING,
    (Phase.STOPPING, Cause.SUCCEED): Phase.SUCCEEDED,
    (Phase.STOPPING, Cause.FAIL): Phase.STOPPED,
    (Phase.STOPPING, Cause.LOSE): Phase.STOPPED,
    (Phase.PAUSING, Cause.CANCEL): Phase.PAUSING,
    (Phase.PAUSING, Cause.INTERRUPT): Phase.PAUSING,
    (Phase.PAUSING, Cause.SUCCEED): Phase.SUCCEEDED,
    (Phase.PAUSING, Cause.FAIL): Phase.PAUSED,
    (Phase.PAUSING, Cause.LOSE): Phase.PAUSED,
    (Phase.CANCELLING, Cause.CANCEL): Phase.CANCELLING,
    (Phase.CANCELLING, Cause.INTERRUPT): Phase.CANCELLING,
    (Phase.CANCELLING, Cause.SUCCEED): Phase.SUCCEEDED,
    (Phase.CANCELLING, Cause.FAIL): Phase.CANCELLED,
    (Phase.CANCELLING, Cause.LOSE): Phase.CANCELLED,
    (Phase.EXPIRING, Cause.CANCEL): Phase.EXPIRING,
    (Phase.EXPIRING, Cause.INTERRUPT): Phase.EXPIRING,
    (Phase.EXPIRING, Cause.SUCCEED): Phase.SUCCEEDED,
    (Phase.EXPIRING, Cause.FAIL): Phase.FAILED,
    (Phase.EXPIRING, Cause.LOSE): Phase.FAILED,
    (Phase.INTERRUPTING, Cause.INTERRUPT): Phase.INTERRUPTING,
    (Phase.INTERRUPTING, Cause.CANCEL): Phase.INTERRUPTING,
    (Phase.INTERRUPTING, Cause.SUCCEED): Phase.SUCCEEDED,
    (Phase.INTERRUPTING, Cause.FAIL): Phase.WAITING,
    (Phase.INTERRUPTING, Cause.LOSE): Phase.WAITING,
    (Phase.RUNNING, Cause.KEEP): Phase.KEEPING,
    (Phase.KEEPING, Cause.CANCEL): Phase.KEEPING,
    (Phase.KEEPING, Cause.INTERRUPT): Phase.KEEPING,
    (Phase.KEEPING, Cause.SUCCEED): Phase.SUCCEEDED,
    (Phase.KEEPING, Cause.FAIL): Phase.SUCCEEDED,
    (Phase.KEEPING, Cause.LOSE): Phase.SUCCEEDED,
    (Phase.SUCCEEDED, Cause.DISCARD): Phase.FAILED,
    (Phase.STOPPED, Cause.DISCARD): Phase.FAILED,
    (Phase.PAUSED, Cause.DISCARD): Phase.FAILED,
    (Phase.FAILED, Cause.REVIVE): Phase.WAITING,
    (Phase.CANCELLED, Cause.REVIVE): Phase.WAITING,
    (Phase.WAITING, Cause.IMPORT): Phase.SUCCEEDED,
}

_STATES = {
    Phase.STOPPING: TrialState.RUNNING,
    Phase.PAUSING: TrialState.RUNNING,
    Phase.CANCELLING: TrialState.RUNNING,
    Phase.EXPIRING: TrialState.RUNNING,
    Phase.INTERRUPTING: TrialState.RUNNING,
    Phase.KEEPING: TrialState.RUNNING,
}


def step(phase: Phase, cause: Cause) -> Phase:
    """The phase after ``cause``.

    Raises
    ------
    ValueError
        When the table has no such transition: a bug of the loop.
    """
    try:
        return TRANSITIONS[phase, cause]
    except KeyError:
        raise ValueError(f"a trial that is {phase.value} cannot {cause.value}") from None


def state_of(phase: Phase) -> TrialState:
    """Return what the tuners and the store call ``phase``."""
    return _STATES.get(phase) or TrialState(phase.value)


def is_running(phase: Phase) -> bool:
    """Return whether a trial in ``phase`` may have a process."""
    return state_of(phase) is TrialState.RUNNING


ENDING = frozenset(
    {
        Phase.STOPPING,
        Phase.PAUSING,
        Phase.CANCELLING,
        Phase.EXPIRING,
        Phase.INTERRUPTING,
        Phase.KEEPING,
    }
)
"""The phases in which the processes were asked to end."""
