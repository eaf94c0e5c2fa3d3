"""How many CPU threads a trial may start, so that trials that run at once don't fight over the cores.

numpy, torch and their like start a thread per core each; two trials on two cores then have four, which
wait for each other.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from nnic.runtime.demand import Demand

COMMON = "OMP_NUM_THREADS"
VARIABLES = (
    COMMON,  # OpenMP: torch, scikit-learn, LightGBM, XGBoost
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
    "TORCHINDUCTOR_COMPILE_THREADS",  # processes of torch.compile: up to 32 of each trial otherwise
)


def count_cpus(root: Path = Path("/")) -> int:
    """The CPUs that this process may use, by its affinity and the quotas of its control groups."""
    affinity = len(os.sched_getaffinity(0))
    return max(1, min([affinity, *(int(quota) for quota in _quotas(root))]))


def threads_per_trial(demand: Demand, jobs: int, cpus: int) -> int | None:
    """The number of threads of a trial; ``None`` when it may have every CPU, or is told nothing."""
    if demand.cpus is not None:
        return demand.cpus
    return max(1, cpus // jobs) if jobs > 1 else None


def thread_limits(threads: int | None, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables to add to ``environment``; what its user has set stands.

    Where they have set ``OMP_NUM_THREADS`` it stands for all, since the libraries fall back on it.
    """
    if threads is None or COMMON in environment:
        return {}
    return {name: str(threads) for name in VARIABLES if name not in environment}


def _quotas(root: Path) -> list[float]:
    """CPUs by the quotas of this process's control groups and of those around them, in either version."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    quotas = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "cpu", "cpu,cpuacct", "cpuacct,cpu"):
            continue
        base = root / "sys/fs/cgroup" / controllers
        group = base / path.lstrip("/")
        for folder in (group, *group.parents):
            quotas += _quota(folder)
            if folder == base:
                break
    return quotas


def _quota(folder: Path) -> list[float]:
    try:
        if (folder / "cpu.max").exists():
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text(encoding="ascii").strip()
            period = (folder / "cpu.cfs_period_us").read_text(encoding="ascii").strip()
        return [int(quota) / int(period)] if int(quota) > 0 else []
    except (OSError, ValueError):  # There is no such controller here, or no limit ("max").
        return []
