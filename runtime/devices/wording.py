"""How devices, processes and trials are named in the reasons that people read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nnic.runtime.devices.inventory import Process
from nnic.runtime.text import plural

_GIB = 1 << 30


def in_gib(size_bytes: int) -> str:
    """``3.1 GiB``; what is less than a tenth of one in MiB."""
    if abs(size_bytes) < _GIB // 10:
        return f"{size_bytes / (1 << 20):.0f} MiB"
    return f"{size_bytes / _GIB:.1f} GiB"


def list_trials(trials: Iterable[int]) -> str:
    """``trial #3``, ``trials #3 and #4``; negative numbers are trials that have none yet."""
    numbers = sorted(trial for trial in trials if trial >= 0)
    names = [f"#{number}" for number in numbers]
    if not names:
        return "another trial"
    return f"{plural(len(names), 'trial')} {_join(names)}"


def name_processes(processes: Sequence[Process]) -> str:
    """``another program (pid 1234, 3.1 GiB)``, ``2 other programs (pids 12 and 34, 3.1 GiB)``."""
    pids = [str(process.pid) for process in processes]
    known = [p.memory_bytes for p in processes if p.memory_bytes is not None]
    size = f", {in_gib(sum(known))}" if known else ""
    if len(pids) == 1:
        return f"another program (pid {pids[0]}{size})"
    return f"{len(pids)} other programs (pids {_join(pids)}{size})"


def _join(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
