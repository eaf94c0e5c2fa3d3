"""What the launcher holds of an attempt that runs: its files, and how it may end."""

from __future__ import annotations

from nnic.runtime.launchers.base import Exit, Launch, Recorded
from nnic.runtime.launchers.metrics_file import MetricsFile
from nnic.runtime.launchers.output import OutputBound
from nnic.runtime.trial.messages import FILE


class RunningAttempt:
    """An attempt that runs.

    Parameters
    ----------
    max_output_bytes
        What is kept of its ``output.log``.
    """

    def __init__(self, launch: Launch, max_output_bytes: int) -> None:
        self.key = launch.key
        self._max_output_bytes = max_output_bytes
        self._metrics = MetricsFile(launch.directory / FILE, *launch.key)
        self._output = OutputBound(launch.directory / "output.log", max_output_bytes)
        self._overflow = False

    @property
    def malformed(self) -> int:
        """The lines of its metrics that were left out."""
        return self._metrics.malformed

    @property
    def unknown(self) -> str:
        """What the first message was that is unknown here, ``""`` for none."""
        return self._metrics.unknown

    def read(self, ended: bool = False) -> list[Recorded]:
        """What is new in its metrics; all of it where it has ``ended``."""
        return [Recorded(self.key, metric) for metric in self._metrics.read(ended)]

    def bound_output(self) -> bool:
        """Keep its output within the bound; true when it must be ended, since that can't be done."""
        if self._overflow or self._output.enforce():
            return False
        self._overflow = True
        return True

    def exit(self, code: int | None, signal: int | None) -> Exit:
        """How its process ended."""
        if self._overflow:
            problem = f"printed more than {self._max_output_bytes} bytes and was ended"
            return Exit(code, signal, problem, "output")
        return Exit(code, signal)

    def finish(self) -> None:
        """Its processes are gone, and its metrics are read."""
        self._metrics.close()
        self._output.enforce()

    def close(self) -> None:
        """Close its files."""
        self._metrics.close()
