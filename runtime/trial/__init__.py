"""What compiled code imports as ``__nnic__``: a trial's values, and its reports.

Standard library only, and little of it: this is the price that every process of every trial pays.
Without a manager (no ``NNIC_TRIAL_DIR``) there are no values, so the originals run, and reports are
printed to stderr.
"""

import os
import sys

from nnic.runtime.trial import assignment as _assignment
from nnic.runtime.trial import left_files as _left_files
from nnic.runtime.trial import loading as _loading

__all__ = [
    "below",
    "get",
    "get_current_parameter",
    "get_experiment_id",
    "get_next_parameter",
    "get_sequence_id",
    "get_trial_id",
    "has",
    "is_",
    "own",
    "report",
    "report_final_result",
    "report_intermediate_result",
    "should_stop",
]

_process = _assignment.process
_asked = _process.asked
_PLAIN = frozenset({bool, int, float, str, type(None)})

if os.environ.get("NNIC_TRIAL_DIR"):
    _process.take(os.environ["NNIC_TRIAL_DIR"])


def _note_fork_point() -> None:
    """Note where the script first asks for what is the trial's own, and after how many seconds."""
    if _process.fork_point is not None:
        return
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    _process.note_fork_point(frame.f_code.co_filename, frame.f_lineno)
    if _process.given.trial == 0:
        _left_files.note_first_value(_process.given)


def has(key: str) -> bool:
    """Whether the trial supplies a value for this parameter."""
    if key not in _asked:
        _ask(key)
    return key in _process.given.parameters


def get(key: str) -> object:
    """Return the value of a parameter that the trial supplies.

    Raises
    ------
    KeyError
        When it supplies none: ask :func:`has` first.
    """
    if key not in _asked:
        _ask(key)
    return _process.given.parameters[key]


def is_(key: str, index: int) -> bool:
    """Whether the trial chose the option at ``index`` (from 0) of this choice."""
    if key not in _asked:
        _ask(key)
    return _process.given.options.get(key) == index


def below(key: str, index: int) -> bool:
    """Whether the trial chose one of the options before ``index`` of this choice."""
    if key not in _asked:
        _ask(key)
    chosen = _process.given.options.get(key)
    return chosen is not None and chosen < index


def own(key: str, value: object) -> object:
    """Return ``value``, the script's own, and remember it for trial 0, whose values only running tells.

    A parameter whose value differs from one time to the next has none of its own.
    """
    if _process.given.baseline and type(value) in _PLAIN:
        _process.note_own(key, value)
        if not _assignment.in_main_process():
            _loading.load("outcome").tell_reads(_process.given, [key], {key: value})
    return value


def get_next_parameter() -> dict[str, object]:
    """Return the trial's parameters by key, a fresh dictionary each time.

    It is empty in trial 0, which runs the script's own values, and without a manager, so that
    ``params.update(get_next_parameter())`` always works.
    """
    _note_fork_point()
    return _copied(_process.given.handed)


def _copied(parameters: dict[str, object]) -> dict[str, object]:
    return {key: _copied(value) if isinstance(value, dict) else value for key, value in parameters.items()}


def get_current_parameter(tag: str | None = None) -> object:
    """Return the trial's parameters, or with ``tag`` the value of one, None when there is none."""
    _note_fork_point()
    if tag is None:
        return _copied(_process.given.handed)
    return _copied(_process.given.handed).get(tag)


def report_intermediate_result(metric: object) -> None:
    """Report the metric as it stands after another step of the trial.

    Parameters
    ----------
    metric
        A number (``nan`` and ``inf`` are legal), a numpy scalar, a tensor of one element, or a
        dictionary whose ``default`` is one.

    Raises
    ------
    TypeError, ValueError
        When it is none of these, in a trial.
    OSError
        When the trial's metrics file can't be written.
    """
    error = _report("intermediate", metric)
    if error is not None:
        raise error from None


def report_final_result(metric: object) -> None:
    """Report the trial's result, as :func:`report_intermediate_result`; the last one counts."""
    error = _report("final", metric)
    if error is not None:
        raise error from None


def report(metric: object, *, final: bool = False) -> bool:
    """Report the metric as it stands now, and return whether the script is to stop: ``nnic.report``.

    A script that stops goes to its own end, as it does after the last step; it has some minutes for that.
    What it reports from then on is shown, but is no result of its trial.

    Parameters
    ----------
    metric
        As for :func:`report_intermediate_result`.
    final
        Whether it is the trial's result, as for :func:`report_final_result`.

    Returns
    -------
    bool
        Always false without a manager, in trial 0, and where nothing stops trials early.

    Raises
    ------
    TypeError, ValueError, OSError
        As :func:`report_intermediate_result`; never because the trial is to stop.
    """
    told, error = _report_and_decide("final" if final else "intermediate", metric)
    if error is not None:
        raise error from None
    return told


def should_stop() -> bool:
    """Return whether the script is to stop: what the last :func:`report` returned, or newer."""
    return bool(_loading.load("reports").should_stop(_process.given))


for _function in (report_intermediate_result, report_final_result, report):
    _loading.disguise(_function, "<nnic>")


def trial_seed() -> int | None:
    """Return the trial's random seed, the same in each of its attempts; None without a manager."""
    return _process.given.seed


def get_experiment_id() -> str:
    """Return the experiment's identifier, ``STANDALONE`` without a manager."""
    _note_fork_point()
    return _process.given.experiment


def get_trial_id() -> str:
    """Return the trial's identifier, ``STANDALONE`` without a manager."""
    _note_fork_point()
    return "STANDALONE" if _process.given.trial is None else str(_process.given.trial)


def get_sequence_id() -> int:
    """Return the trial's number from 0, and 0 without a manager."""
    _note_fork_point()
    return _process.given.trial or 0


def _report(kind: str, metric: object) -> "Exception | None":
    """Report, and return what is wrong; where it came from says nothing to the one whose metric it is."""
    _note_fork_point()
    try:
        _loading.load("reports").report(_process.given, kind, metric)
    except Exception as error:
        return error.with_traceback(None)
    _tell_seen()
    return None


def _tell_seen() -> None:
    """Have the first trials tell what is there under the names of their parameters."""
    first, _process.has_reported = not _process.has_reported, True
    if first and _process.given.trial in (0, 1, 2) and _assignment.in_main_process():
        try:
            _loading.load("seen").tell(_process, sys._getframe(1))
        except Exception:  # The script goes on, whatever its variables are.
            return


def _report_and_decide(kind: str, metric: object) -> "tuple[bool, Exception | None]":
    """Do as :func:`_report`, and return first whether the script is to stop."""
    _note_fork_point()
    try:
        told = bool(_loading.load("reports").report_and_decide(_process.given, kind, metric))
    except Exception as error:
        return False, error.with_traceback(None)
    _tell_seen()
    return told, None


def _ask(key: str) -> None:
    _note_fork_point()
    _asked.add(key)
    if _process.given.baseline and not _assignment.in_main_process():
        # Only the main process tells at its exit; others may end without one (os._exit).
        _loading.load("outcome").tell_reads(_process.given, [key], {})
