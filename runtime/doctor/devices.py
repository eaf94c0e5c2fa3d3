"""What trials can run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from nnic.runtime.devices.inventory import DevicesError, Gpu
from nnic.runtime.devices.nvml import Nvml
from nnic.runtime.devices.wording import in_gib
from nnic.runtime.doctor.findings import Finding, Level
from nnic.runtime.text import counted
from nnic.runtime.threads import count_cpus


def check_devices(home: Path) -> Iterator[Finding]:
    """The CPUs of this process and the GPUs of the machine."""
    cpus = count_cpus()
    yield Finding(Level.OK, "cpus", counted(cpus, "CPU"))
    try:
        with closing(Nvml()) as inventory:
            gpus = inventory.read()
    except DevicesError as error:
        text = str(error).partition("; ")[0].removeprefix("GPUs were asked for, but ")
        yield Finding(Level.NOTE, "gpus", f"none: {text}")
        return
    if not gpus:
        yield Finding(Level.NOTE, "gpus", "none: the NVIDIA driver knows of none")
    for gpu in gpus:
        yield _describe(gpu)


def _describe(gpu: Gpu) -> Finding:
    name = f"{gpu.number} {gpu.name} ({gpu.uuid})"
    if gpu.lost:
        return Finding(Level.PROBLEM, "gpus", f"{name} is lost: {gpu.lost}", "nvidia-smi says more")
    if gpu.memory_bytes is None or gpu.used_bytes is None:
        return Finding(Level.OK, "gpus", name)
    used = f"{in_gib(gpu.used_bytes)} of {in_gib(gpu.memory_bytes)} used"
    programs = f" by {counted(len(gpu.processes), 'process', 'processes')}" if gpu.processes else ""
    return Finding(Level.OK, "gpus", f"{name}, {used}{programs}")
