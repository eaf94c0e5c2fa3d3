"""How a script ends that is told to stop at a report: by itself, by its framework, or by ``SystemExit``.

Ranks have to leave a training at the same step, or those that go on wait for the others for ever. Only the
first one hears the manager. It writes the number of its *next* report into a file, and every rank stops
there: a step needs all ranks, so none can come to that report before the file is written.
"""

import os
import sys

from nnic.runtime.trial import channel, messages, ranks
from nnic.runtime.trial.assignment import Assignment, in_main_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# The exit status of a script that was stopped at a report: what shells call an end by SIGTERM.
STOPPED = 143
FILE = "stop_at"

_reports = 0
_stop_at: "int | None" = None
_announced = False


def count_report() -> None:
    """Take note of one more report of this process."""
    global _reports
    _reports += 1


def decide(given: Assignment, told: bool) -> bool:
    """Whether the script is to stop now.

    Parameters
    ----------
    told
        Whether the manager told this process so.
    """
    global _stop_at
    if given.trial is None or not (told or given.judged):
        return False
    if not ranks.has_others():
        if told:
            _announce(given)
        return told
    if _stop_at is None and ranks.is_first() and told:
        _stop_at = _reports + 1
        _write(given, _stop_at)
        _announce(given)
    if _stop_at is None:
        _stop_at = _read(given)
    return _stop_at is not None and _reports >= _stop_at


def end_script(given: Assignment, told: bool) -> None:
    """End the script where it is told to stop: by its framework's own way where it is in one that has one,
    else with its ``finally`` blocks and ``atexit`` callbacks."""
    if not (told or given.judged):
        return
    stop = _find_framework() if told or ranks.has_others() else None
    if stop is not None:
        if decide(given, told):
            stop()
        return
    # Another process or thread would end alone: there the manager's signal has to do it.
    if told and in_main_process() and _is_main_thread():
        channel.append(given, messages.stopping())
        raise SystemExit(STOPPED)


def _announce(given: Assignment) -> None:
    """Tell the manager, once, that the script ends by itself."""
    global _announced
    if not _announced:
        _announced = True
        channel.append(given, messages.stopping(by_itself=True))


def _find_framework() -> "Callable[[], None] | None":
    """What has the training loop that this report is made in end after its present step; ``None`` where there
    is none, or none that can."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        owner = frame.f_locals.get("self")
        if owner is not None:
            for kind in type(owner).__mro__:
                stop = _stop_of(owner, kind.__module__ or "", kind.__name__)
                if stop is not None:
                    return stop
        frame = frame.f_back
    return None


def _stop_of(owner: "Any", module: str, name: str) -> "Callable[[], None] | None":
    if name == "Trainer" and module.startswith(("lightning.pytorch.", "pytorch_lightning.")):
        return lambda: setattr(owner, "should_stop", True)
    if name == "Trainer" and module.startswith("transformers."):
        return lambda: setattr(owner.control, "should_training_stop", True)
    if name in ("Model", "Trainer", "TensorFlowTrainer") and module.startswith(("keras.", "tf_keras.")):
        return lambda: setattr(owner, "stop_training", True)
    if name == "Engine" and module.startswith("ignite."):
        return owner.terminate  # type: ignore[no-any-return]
    return None


def _is_main_thread() -> bool:
    threading = sys.modules.get("threading")
    return threading is None or threading.current_thread() is threading.main_thread()


def _write(given: Assignment, number: int) -> None:
    path = os.path.join(given.directory, FILE)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(str(number))
    os.replace(path + ".new", path)


def _read(given: Assignment) -> "int | None":
    try:
        with open(os.path.join(given.directory, FILE), encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None
