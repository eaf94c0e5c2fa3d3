"""Running out of memory: how it is recognised, and when a trial is started again alone.

Out of GPU memory beside others, a trial is started again once, as its next attempt, on GPUs where
nothing else runs. What ran out of memory alone has failed: it would again. A process that the kernel
ended for want of the machine's own memory has failed too, and its failure says so.
"""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

from nnic.runtime.launchers.base import Exit
from nnic.runtime.store.records import TrialRecord
from nnic.tuners.protocol import Failure

# torch and cupy raise an OutOfMemoryError; older torch, jax and TensorFlow something else, with these words.
_KIND = "OutOfMemoryError"
_WORDS = (
    "cuda out of memory",
    "cuda error: out of memory",
    "cuda_error_out_of_memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "resource_exhausted: out of memory",
)


def ran_out(failure: Failure | None) -> bool:
    """Whether a failure is for want of GPU memory."""
    if failure is None:
        return False
    text = failure.message.lower()
    return failure.kind.rpartition(".")[2] == _KIND or any(words in text for words in _WORDS)


def runs_alone(record: TrialRecord) -> bool:
    """Whether the next attempt of a trial gets its GPUs for itself: an earlier one ran out of memory."""
    return any(attempt.devices and ran_out(attempt.failure) for attempt in record.attempts)


def kernel_kills(path: Path = Path("/proc/vmstat")) -> int:
    """How many processes the kernel has ended for want of memory since the machine was started."""
    try:
        for line in path.read_text(encoding="ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    except (OSError, ValueError):
        pass
    return 0


def blame_kernel(failure: Failure, exit: Exit, kills: int) -> Failure:
    """Say of a trial that was killed that the kernel did it, if it ended ``kills`` processes meanwhile."""
    killed = exit.signal == signal.SIGKILL or exit.code == 128 + signal.SIGKILL
    if not killed or kills == 0 or exit.problem:
        return failure
    why = "while it ran, the kernel ended a process because the machine's memory (not the GPU's) ran out"
    return replace(failure, message=f"{failure.message}: {why}; run fewer at once (--jobs)")
