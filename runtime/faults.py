"""Kills at named points, for the tests of what survives them.

``NNIC_FAULT=[target@]point:count`` sends SIGKILL to this process, or to the last registered
``supervisor`` or ``trial``, when ``point`` is passed for the ``count``-th time.
"""

from __future__ import annotations

import contextlib
import os
import signal

_targets: dict[str, int] = {}
_passed: dict[str, int] = {}


def register(target: str, pid: int) -> None:
    """Make the process a target."""
    _targets[target] = pid


def pass_point(point: str) -> None:
    """Pass a named point."""
    wanted = os.environ.get("NNIC_FAULT")
    if wanted:
        _strike(wanted, point)


def _strike(wanted: str, point: str) -> None:
    where, _, count = wanted.rpartition(":")
    target, _, name = where.rpartition("@")
    if name != point:
        return
    _passed[point] = _passed.get(point, 0) + 1
    if _passed[point] == int(count):
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.kill(_targets[target] if target else os.getpid(), signal.SIGKILL)
