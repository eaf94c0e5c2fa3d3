"""The inventory of NVIDIA's driver. Only this file loads its binding, and only the manager this file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any, TypeVar

from nnic.runtime.devices.inventory import DevicesError, Gpu, Process

T = TypeVar("T")
GONE = "it is not there any more"
_HIDE = "; without GPUs: leave out --gpus-per-trial and --gpu-ids"


class Nvml:
    """See :class:`nnic.runtime.devices.inventory.Inventory`.

    A GPU that was there once is in every later answer; when it fails or disappears it is ``lost``.

    Raises
    ------
    DevicesError
        When there is no driver that answers.
    """

    def __init__(self) -> None:
        try:
            import pynvml
        except ImportError as error:  # a part of every installation, but for broken ones
            raise DevicesError(f"GPUs need the package nvidia-ml-py: {error}") from error
        self._nvml: ModuleType = pynvml
        self._known: dict[str, Gpu] = {}
        self._failing: dict[str, str] = {}  # number: why
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            raise DevicesError(_explain(pynvml, error) + _HIDE) from error

    def read(self) -> tuple[Gpu, ...]:
        """See the protocol."""
        self._failing = {}
        seen: dict[str, Gpu] = {}
        try:
            for gpu in self._enumerate():
                seen[gpu.uuid] = gpu
        except self._nvml.NVMLError as error:
            if not self._known:
                raise DevicesError(_explain(self._nvml, error) + _HIDE) from error
            seen = {}
            self._failing = dict.fromkeys((gpu.number for gpu in self._known.values()), _words(error))
        for uuid, gpu in self._known.items():
            if uuid not in seen:
                why = self._failing.get(gpu.number) or self._failing.get(gpu.parent, GONE)
                seen[uuid] = replace(gpu, used_bytes=None, processes=(), lost=why)
        self._known = dict(sorted(seen.items(), key=lambda item: _place(item[1])))
        return tuple(self._known.values())

    def close(self) -> None:
        """See the protocol."""
        with contextlib.suppress(self._nvml.NVMLError):
            self._nvml.nvmlShutdown()

    def _enumerate(self) -> Iterator[Gpu]:
        nvml = self._nvml
        for index in range(nvml.nvmlDeviceGetCount()):
            try:
                handle = nvml.nvmlDeviceGetHandleByIndex(index)
                mode = self._maybe(nvml.nvmlDeviceGetMigMode, handle)
                if mode is not None and mode[0]:
                    yield from self._instances(handle, index)
                else:
                    yield self._describe(handle, str(index), False)
            except nvml.NVMLError as error:
                # Of one that was never seen nothing is known: in a container, one that is not ours.
                self._failing[str(index)] = _words(error)

    def _instances(self, handle: Any, index: int) -> Iterator[Gpu]:
        for slot in range(self._nvml.nvmlDeviceGetMaxMigDeviceCount(handle)):
            try:
                instance = self._nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, slot)
            except self._nvml.NVMLError_NotFound:
                continue
            yield self._describe(instance, f"{index}:{slot}", True)

    def _describe(self, handle: Any, number: str, instance: bool) -> Gpu:
        nvml = self._nvml
        memory = self._maybe(nvml.nvmlDeviceGetMemoryInfo, handle)
        found = self._maybe(nvml.nvmlDeviceGetComputeRunningProcesses, handle)
        processes = None if found is None else tuple(Process(p.pid, p.usedGpuMemory) for p in found)
        return Gpu(
            nvml.nvmlDeviceGetUUID(handle),
            number,
            self._maybe(nvml.nvmlDeviceGetName, handle) or "",
            None if memory is None else memory.total,
            None if memory is None else memory.used,
            processes,
            instance,
        )

    def _maybe(self, function: Callable[[Any], T], handle: Any) -> T | None:
        """What ``function`` tells of a device; ``None`` when it does not though the device works."""
        try:
            return function(handle)
        except (self._nvml.NVMLError_GpuIsLost, self._nvml.NVMLError_ResetRequired):
            raise
        except self._nvml.NVMLError:
            return None


def _place(gpu: Gpu) -> tuple[int, ...]:
    return tuple(int(part) for part in gpu.number.split(":"))


def _words(error: Exception) -> str:
    return str(error).rstrip(".")


def _explain(nvml: ModuleType, error: Exception) -> str:
    if isinstance(error, nvml.NVMLError_LibraryNotFound):
        return "GPUs were asked for, but there is no NVIDIA driver here (libnvidia-ml.so.1 is not found)"
    if isinstance(error, nvml.NVMLError_DriverNotLoaded):
        return "GPUs were asked for, but the NVIDIA driver is not loaded (nvidia-smi says more)"
    if isinstance(error, nvml.NVMLError_LibRmVersionMismatch):
        return "the NVIDIA driver was updated while the machine ran; restart the machine"
    return f"GPUs were asked for, but the NVIDIA driver does not answer: {_words(error)}"
