"""Which GPUs a run may use: what CUDA_VISIBLE_DEVICES allows, and of these what ``--gpu-ids`` names.

The variable is read as CUDA reads it: numbers, UUIDs or their beginnings; the first entry that means
nothing hides itself and all behind it; an entry that comes twice hides everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from nnic.runtime.devices.inventory import DevicesError, Gpu

VARIABLE = "CUDA_VISIBLE_DEVICES"
ORDER = "CUDA_DEVICE_ORDER"


def allowed(gpus: Sequence[Gpu], environment: Mapping[str, str]) -> tuple[Gpu, ...]:
    """The GPUs of ``gpus`` that the variable leaves visible; all of them when it is not set.

    A number means the GPU that ``nvidia-smi`` gives it to, with all its MIG instances.
    """
    value = environment.get(VARIABLE)
    if value is None:
        return tuple(gpus)
    entries = [entry.strip() for entry in value.split(",")]
    by_uuid = entries[0].startswith(("GPU-", "MIG-"))
    visible: list[Gpu] = []
    for entry in entries:
        found = _by_uuid(gpus, entry) if by_uuid else _by_number(gpus, _leading_number(entry))
        if not found:
            break
        if any(gpu in visible for gpu in found):
            return ()
        visible += found
    return tuple(visible)


def order_is_uncertain(gpus: Iterable[Gpu], environment: Mapping[str, str]) -> bool:
    """Whether a number in the variable may mean another GPU to CUDA, which counts the fastest first."""
    value = environment.get(VARIABLE, "")
    numbered = bool(value) and not value.lstrip().startswith(("GPU-", "MIG-"))
    names = {gpu.name for gpu in gpus if not gpu.instance}
    return numbered and len(names) > 1 and environment.get(ORDER) != "PCI_BUS_ID"


def chosen(gpus: Sequence[Gpu], permitted: Sequence[Gpu], ids: Sequence[str]) -> tuple[Gpu, ...]:
    """Those of ``permitted`` that ``ids`` name; all of them when it is empty.

    Parameters
    ----------
    gpus
        Every GPU of the machine.
    ids
        Numbers as ``nvidia-smi`` shows them (``0:1`` for a MIG instance), UUIDs or their beginnings.

    Raises
    ------
    DevicesError
        When one names nothing, or several, or what is not permitted.
    """
    if not ids:
        return tuple(permitted)
    named: list[Gpu] = []
    for text in ids:
        found = _named(gpus, text)
        if not found:
            raise DevicesError(f"--gpu-ids: there is no GPU {text!r}; there are {describe(gpus)}")
        refused = [gpu for gpu in found if gpu not in permitted]
        if refused:
            names = describe(permitted) or "none"
            raise DevicesError(f"--gpu-ids: {VARIABLE} does not allow GPU {text}; it allows {names}")
        named += [gpu for gpu in found if gpu not in named]
    return tuple(gpu for gpu in permitted if gpu in named)


def describe(gpus: Iterable[Gpu]) -> str:
    """``0 (NVIDIA H200), 1 (NVIDIA H200)``."""
    return ", ".join(f"{gpu.number} ({gpu.name or gpu.uuid})" for gpu in gpus)


def _named(gpus: Sequence[Gpu], text: str) -> list[Gpu]:
    if text.startswith(("GPU-", "MIG-")):
        return _by_uuid(gpus, text)
    return [gpu for gpu in gpus if text in (gpu.number, gpu.parent)]


def _by_uuid(gpus: Sequence[Gpu], text: str) -> list[Gpu]:
    found = [gpu for gpu in gpus if gpu.uuid.startswith(text)]
    return found if len(found) == 1 else []


def _by_number(gpus: Sequence[Gpu], number: str) -> list[Gpu]:
    return [gpu for gpu in gpus if gpu.parent == number]


def _leading_number(entry: str) -> str:
    """The number that an entry begins with, as C's ``strtol`` finds it; ``""`` for none or a negative one."""
    match = re.match(r"\+?(\d+)", entry)
    return str(int(match[1])) if match else ""
