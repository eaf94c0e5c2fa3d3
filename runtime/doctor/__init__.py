"""What ``nnic doctor`` looks at: one check a file, each a function from a project's home to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from nnic.runtime.doctor.devices import check_devices
from nnic.runtime.doctor.disk import check_disk
from nnic.runtime.doctor.findings import Finding, Level
from nnic.runtime.doctor.leftovers import check_leftovers
from nnic.runtime.doctor.store import check_store
from nnic.runtime.doctor.trust import check_trust
from nnic.runtime.doctor.versions import check_versions

__all__ = ["CHECKS", "Finding", "Level", "examine"]

CHECKS: tuple[Callable[[Path], Iterator[Finding]], ...] = (
    check_versions,  # of what everything below runs under
    check_disk,  # where the store lies, and whether it can grow
    check_store,
    check_leftovers,  # of runs that were killed
    check_trust,
    check_devices,
)


def examine(home: Path) -> Iterator[Finding]:
    """Look at everything; nothing is changed."""
    for check in CHECKS:
        yield from check(home)
