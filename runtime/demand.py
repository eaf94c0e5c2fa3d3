"""What each trial of a run asks for: GPUs or a part of one, and CPUs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

FINEST = 1000  # Shares are rounded to thousandths, so that eleven elevenths are one.


@dataclass(frozen=True, slots=True)
class Demand:
    """What a trial asks for, and how trials may share.

    Parameters
    ----------
    gpus
        Whole GPUs, or a part of one; 0 hides every GPU from trials. ``None`` when the run leaves
        GPUs alone: trials see what their user sees.
    gpu_ids
        The GPUs that may be used, as typed: numbers as ``nvidia-smi`` has them, UUIDs or their
        beginnings. Empty for all that are allowed.
    trials_per_gpu
        How many trials may share a GPU.
    use_active
        GPUs that other programs compute on may be used too.
    cpus
        CPUs that a trial has to itself; ``None`` when the run does not count them.
    """

    gpus: Fraction | None = None
    gpu_ids: tuple[str, ...] = ()
    trials_per_gpu: int = 1
    use_active: bool = False
    cpus: int | None = None

    @property
    def uses_gpus(self) -> bool:
        """Whether trials get GPUs."""
        return bool(self.gpus)

    @property
    def shares(self) -> bool:
        """Whether a trial asks for a part of a GPU."""
        return self.gpus is not None and 0 < self.gpus < 1

    @property
    def packs(self) -> bool:
        """Whether whole GPUs are shared, by what is known of the trials' memory."""
        return self.uses_gpus and not self.shares and self.trials_per_gpu > 1

    @property
    def gpu_count(self) -> int:
        """On how many GPUs a trial runs."""
        return -(-self.gpus // 1) if self.gpus else 0


def parse_ids(ids: str | Iterable[str | int]) -> tuple[str, ...]:
    """The ids of GPUs, from ``"0,1"`` or one by one."""
    words = ids.split(",") if isinstance(ids, str) else ids
    return tuple(text for word in words if (text := str(word).strip()))


def make_demand(
    gpus_per_trial: float | None,
    gpu_ids: Sequence[str],
    max_trials_per_gpu: int | None,
    use_active_gpus: bool,
    cpus_per_trial: int | None,
) -> Demand:
    """Make the demand of a run from its configuration.

    A limit or a choice of GPUs asks for one GPU a trial where nothing else is said.

    Raises
    ------
    ValueError
        When one is out of range, or they contradict each other.
    """
    chosen = bool(gpu_ids) or max_trials_per_gpu is not None or use_active_gpus
    if gpus_per_trial is None and chosen:
        gpus_per_trial = 1
    gpus = None if gpus_per_trial is None else _parse_gpus(gpus_per_trial)
    if gpus == 0 and chosen:
        raise ValueError("gpus_per_trial is 0, which hides the GPUs that the other options are about")
    if max_trials_per_gpu is not None and max_trials_per_gpu < 1:
        raise ValueError(f"max_trials_per_gpu must be at least 1, got {max_trials_per_gpu}")
    if cpus_per_trial is not None and cpus_per_trial < 1:
        raise ValueError(f"cpus_per_trial must be at least 1, got {cpus_per_trial}")
    fitting = 1 // gpus if gpus and gpus < 1 else 1
    per_gpu = fitting if max_trials_per_gpu is None else max_trials_per_gpu
    return Demand(gpus, tuple(gpu_ids), per_gpu, use_active_gpus, cpus_per_trial)


def _parse_gpus(value: float) -> Fraction:
    try:
        gpus = Fraction(str(value)).limit_denominator(FINEST)
    except ValueError:
        gpus = Fraction(-1)
    if gpus < 0 or (gpus == 0 and value != 0):
        raise ValueError(
            f"gpus_per_trial must be 0, a part of a GPU such as 0.5, or a whole number, got {value}"
        )
    if gpus > 1 and gpus.denominator != 1:
        raise ValueError(f"gpus_per_trial is a part of one GPU or a whole number of them, got {value}")
    return gpus
