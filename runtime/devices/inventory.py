"""The GPUs of the machine, as they are read at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from nnic.runtime.errors import ExplainedError


class DevicesError(ExplainedError):
    """The GPUs that a run asks for can't be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that computes on a GPU; ``memory_bytes`` is ``None`` when the driver does not tell."""

    pid: int
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU that CUDA can use, or a MIG instance of one, and what is on it now.

    Parameters
    ----------
    number
        The number that ``nvidia-smi`` shows; ``0:1`` for the instance 1 of GPU 0.
    memory_bytes, used_bytes
        ``None`` when the driver does not tell.
    processes
        ``None`` when the driver does not tell.
    lost
        Why it can't be used any more, in NVML's words.
    """

    uuid: str
    number: str
    name: str = ""
    memory_bytes: int | None = None
    used_bytes: int | None = None
    processes: tuple[Process, ...] | None = ()
    instance: bool = False
    lost: str = ""

    @property
    def parent(self) -> str:
        """The number of the physical GPU."""
        return self.number.partition(":")[0]


class Inventory(Protocol):
    """Reads the GPUs. Used from one thread."""

    def read(self) -> tuple[Gpu, ...]:
        """What there is now, in the order of ``nvidia-smi``.

        Raises
        ------
        DevicesError
            When the driver does not answer at all.
        """
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...
