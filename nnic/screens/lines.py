"""Progress in a pipe: one line an event, no cursor movement."""

from __future__ import annotations

from datetime import datetime
from typing import TextIO

from nnic.runtime.config import RunConfig
from nnic.runtime.loop.observer import StoppableRun
from nnic.runtime.store.records import Origin, TrialRecord, Wait
from nnic.runtime.text import counted
from nnic.screens.devices import format_devices, format_gpus, without_numbers
from nnic.screens.failure import describe_failure
from nnic.screens.format import format_metric, printable
from nnic.screens.observer import ScreenObserver
from nnic.tuners.space import SearchSpace


class LineScreen(ScreenObserver):
    """Writes ``2026-11-21T00:12:41+01:00 trial=31 succeeded metric=0.9732 best=0.9732 lr=0.0024 58.2 s``."""

    def __init__(self, stream: TextIO, earlier: tuple[TrialRecord, ...] = (), elapsed_s: float = 0.0) -> None:
        super().__init__(earlier, elapsed_s)
        self._stream: TextIO | None = stream
        self._awaited: set[str] = set()

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        stamp = datetime.now().astimezone().isoformat(timespec="seconds")
        try:
            self._stream.write(f"{stamp} {printable(text)}\n")
            self._stream.flush()
        except OSError:  # nobody reads any more, or the disk is full: the run goes on all the same
            self._stream = None

    def run_started(self, config: RunConfig, space: SearchSpace, run: StoppableRun, resumed: bool) -> None:
        """Write what is searched, with what."""
        super().run_started(config, space, run, resumed)
        direction = "maximize" if config.maximize else "minimize"
        limit = "no limit" if config.trials is None else counted(config.trials, "trial")
        verb = "resumed" if resumed else "started"
        assessor = f" assessor={config.assessor}" if config.assessor else ""
        chosen = f" plan={config.tuner_options['plan']!r} ({config.tuner_note})" if config.tuner_note else ""
        self._write(
            f"{config.name} {verb} tuner={config.tuner}{chosen}{assessor} {direction} {limit} "
            f"jobs={config.jobs} {format_devices(config)}parameters={len(space)}"
        )

    def trial_started(self, trial: TrialRecord) -> None:
        """Write the configuration."""
        super().trial_started(trial)
        values = self.state.shown.config(trial.parameters) or "-"
        attempt = f" attempt={trial.attempt}" if trial.attempt else ""
        attempt += f" gpu={format_gpus(trial.devices)}" if trial.devices else ""
        self._write(f"trial={trial.id} started{attempt} {'own values: ' if trial.baseline else ''}{values}")

    def trial_ended(self, trial: TrialRecord) -> None:
        """Write the result."""
        super().trial_ended(trial)
        best = self.state.best
        what = "imported" if trial.origin is Origin.IMPORTED else trial.status.value
        parts = [f"trial={trial.id} {what} metric={format_metric(trial.latest)}"]
        parts.append(f"best={format_metric(best.metric if best else None)}")
        parts.append(self.state.shown.config(trial.parameters))
        if trial.seconds is not None:
            parts.append(f"{trial.seconds:.1f}s")
        if trial.error is not None:
            place = f" {trial.error.path}:{trial.error.line}" if trial.error.line else ""
            parts.append(" ".join(describe_failure(trial.error).split()) + place)
        self._write(" ".join(part for part in parts if part))

    def trial_lost(self, trial: TrialRecord, reason: str) -> None:
        """Write why the attempt was lost."""
        super().trial_lost(trial, reason)
        self._write(f"trial={trial.id} lost {reason}")

    def trial_repeated(self, trial: TrialRecord, reason: str) -> None:
        """Write why the trial runs once more."""
        super().trial_repeated(trial, reason)
        self._write(f"trial={trial.id} repeated {reason}")

    def trial_revived(self, trial: TrialRecord) -> None:
        """Write that the trial is tried again."""
        super().trial_revived(trial)
        self._write(f"trial={trial.id} again after {trial.status.value}")

    def trial_corrected(self, before: TrialRecord, trial: TrialRecord, best: TrialRecord | None) -> None:
        """Write what counts now."""
        super().trial_corrected(before, trial, best)
        what = "counts again" if trial.discarded is None else "discarded"
        metric = format_metric((before if trial.discarded is not None else trial).latest)
        now = format_metric(None if best is None else best.metric)
        self._write(f"trial={trial.id} {what} metric={metric} best={now}")

    def limits_changed(self, config: RunConfig) -> None:
        """Write the limits."""
        super().limits_changed(config)
        trials = "no limit" if config.trials is None else counted(config.trials, "trial")
        time = "" if config.time_s is None else f" time={config.time_s:g}s"
        trial_time = "" if config.trial_time_s is None else f" trial-time={config.trial_time_s:g}s"
        self._write(f"limits {trials}{time}{trial_time} jobs={config.jobs}")

    def waits_changed(self, waits: tuple[Wait, ...]) -> None:
        """Write what the next trials wait for, once until it changes."""
        super().waits_changed(waits)
        # That other trials of this run are before the next one is how a run goes on: said once.
        told = {wait: without_numbers(wait) for wait in waits}
        for wait, text in told.items():
            if text not in self._awaited:
                self._write(f"{'next trial' if wait.trial is None else f'trial={wait.trial}'} {wait.reason}")
        self._awaited = set(told.values())

    def best_changed(self, trial: TrialRecord, previous: TrialRecord | None) -> None:
        """Write nothing, for every line carries the best."""

    def waiting(self, reason: str) -> None:
        """Write why a slot is free, once."""
        if reason != self.state.note:
            super().waiting(reason)
            self._write(f"waiting {reason}")

    def warning(self, message: str) -> None:
        """Write the message."""
        super().warning(message)
        self._write(f"warning {message}")

    def stopping(self, drain: bool) -> None:
        """Write what is waited for."""
        count = len(self.state.running)
        self._write(f"stopping {'once running trials have ended' if drain else 'now'} ({count} running)")
