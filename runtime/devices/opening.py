"""Finds out, before a run starts, whether what it asks for is there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nnic.runtime.devices.admission import Admission
from nnic.runtime.devices.inventory import DevicesError, Gpu
from nnic.runtime.devices.monitor import DeviceMonitor
from nnic.runtime.devices.nvml import Nvml
from nnic.runtime.devices.visible import VARIABLE, allowed, chosen, describe, order_is_uncertain
from nnic.runtime.text import counted, plural
from nnic.runtime.threads import count_cpus

if TYPE_CHECKING:
    from nnic.runtime.config import RunConfig
    from nnic.runtime.demand import Demand

_UNCERTAIN = (
    f"nnic takes the numbers in {VARIABLE} for those of nvidia-smi. Where GPUs differ, CUDA may number them "
    "differently, unless CUDA_DEVICE_ORDER=PCI_BUS_ID is set"
)


def open_admission(config: RunConfig, environment: Mapping[str, str] = os.environ) -> Admission:
    """Open what the run needs: nothing for one that asks for no GPU.

    Raises
    ------
    DevicesError
        When there is no driver, or less than a trial asks for.
    """
    demand, cpus = config.demand, count_cpus()
    _check_cpus(demand, cpus)
    if not demand.uses_gpus:
        return Admission(None, cpus)
    inventory = Nvml()
    try:
        gpus = inventory.read()
        permitted = _permitted(gpus, demand, environment)
        warnings = (_UNCERTAIN,) if order_is_uncertain(gpus, environment) else ()
        return Admission(DeviceMonitor(inventory, [gpu.uuid for gpu in permitted]), cpus, warnings)
    except BaseException:
        inventory.close()
        raise


def default_jobs(demand: Demand, environment: Mapping[str, str] = os.environ) -> int:
    """How many trials run at once when nobody says: as many as there is room for, where that is counted.

    Raises
    ------
    DevicesError
        See :func:`open_admission`.
    """
    cpus = count_cpus()
    _check_cpus(demand, cpus)
    counts = [] if demand.cpus is None else [cpus // demand.cpus]
    if demand.uses_gpus:
        inventory = Nvml()
        try:
            permitted = _permitted(inventory.read(), demand, environment)
        finally:
            inventory.close()
        counts.append(len(permitted) // demand.gpu_count * demand.trials_per_gpu)
    return max(1, min(counts, default=1))


def _check_cpus(demand: Demand, cpus: int) -> None:
    if demand.cpus is not None and demand.cpus > cpus:
        there = f"there {plural(cpus, 'is', 'are')} {cpus}"
        raise DevicesError(
            f"each trial asks for {counted(demand.cpus, 'CPU')} (--cpus-per-trial), but {there} here"
        )


def _permitted(gpus: tuple[Gpu, ...], demand: Demand, environment: Mapping[str, str]) -> tuple[Gpu, ...]:
    """The GPUs that trials may get, enough for one at least."""
    if not gpus:
        raise DevicesError("GPUs were asked for, but the NVIDIA driver knows of none")
    visible = allowed(gpus, environment)
    if not visible:
        value = environment.get(VARIABLE, "")
        raise DevicesError(
            f"GPUs were asked for, but {VARIABLE}={value!r} hides them all; there are {describe(gpus)}"
        )
    permitted = [gpu for gpu in chosen(gpus, visible, demand.gpu_ids) if not gpu.lost]
    usable = [gpu for gpu in permitted if not gpu.instance] if demand.gpu_count > 1 else permitted
    if len(usable) < demand.gpu_count:
        which = f": {describe(usable)}" if usable else ""
        instances = "; of MIG instances CUDA gives a process one" if len(usable) < len(permitted) else ""
        wanted = f"{demand.gpu_count} GPUs" if demand.gpu_count > 1 else "a GPU"
        there = f"only {len(usable)} may be used" if usable else "none may be used"
        raise DevicesError(f"each trial asks for {wanted}, but {there}{which}{instances}")
    return tuple(usable)
