"""Reports of a trial: to the manager through the channel, without one to stderr."""

import os
import sys
import time

from nnic.runtime.trial import channel, metrics
from nnic.runtime.trial.assignment import Assignment

# Set by torchrun and PyTorch Lightning, Open MPI, Slurm; the first that is set decides.
_RANKS = ("RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID")


def report(given: Assignment, kind: str, metric: object) -> None:
    """Report a metric; ``kind`` is ``intermediate`` or ``final``.

    Raises
    ------
    TypeError, ValueError
        When it is no metric and there is a manager, which is told so first.
    OSError
        When the metrics file can't be written.
    """
    if not _is_first_rank():
        return
    if given.trial is None:
        _print(kind, metric)
        return
    try:
        read = metrics.read_metric(f"report_{kind}_result", metric)
    except (TypeError, ValueError) as error:
        _append(given, {"kind": "invalid", "of": kind, "message": str(error)})
        raise
    record: dict[str, object] = {"kind": kind, "value": read.value, "metrics": read.metrics}
    if read.extra:
        record["extra"] = read.extra
    _append(given, record)


def _append(given: Assignment, record: "dict[str, object]") -> None:
    record["time"] = time.time()
    channel.append(given, record)


def _is_first_rank() -> bool:
    for name in _RANKS:
        rank = os.environ.get(name)
        if rank:
            return rank == "0"
    return True


def _print(kind: str, metric: object) -> None:
    number = metrics.as_number(metric)
    if sys.stderr is not None:
        print(f"nnic: {kind} result: {metric if number is None else number}", file=sys.stderr, flush=True)
