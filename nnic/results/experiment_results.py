"""Looking at an experiment from Python, while it runs and afterwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnic.results.stored import open_store
from nnic.runtime.errors import ExplainedError, WrongInputError
from nnic.tuners.names import NamedValues, ParameterNames

if TYPE_CHECKING:
    import pandas

    from nnic.results.importance import ExperimentImportance
    from nnic.results.outputs import TrialOutput
    from nnic.results.status import ExperimentStatus
    from nnic.runtime.store.reader import StoreReader
    from nnic.runtime.store.records import ExperimentRecord, TrialRecord


class NoOutputError(ExplainedError):
    """A trial has printed nothing that is kept; the message says which attempts there are."""


class ExperimentResults(ABC):
    """What can be read of an experiment that was started. Each access reads the store anew."""

    home: Path

    @property
    @abstractmethod
    def name(self) -> str:
        """The experiment; ``""`` before it starts."""

    @property
    def exists(self) -> bool:
        """Whether it was started, so that there is something to look at or to resume."""
        from nnic.runtime.store.reader import UnknownExperimentError

        try:
            return bool(self.name and self.record)
        except UnknownExperimentError:
            return False

    @property
    def record(self) -> ExperimentRecord:
        """All that the store has of the experiment as a whole."""
        with open_store(self.home) as reader:
            return reader.experiment(self.name)

    @property
    def status(self) -> ExperimentStatus:
        """How it stands: running or not, its best trial, and what was asked of it."""
        from nnic.results.status import read_status

        with open_store(self.home) as reader:
            return read_status(reader, reader.experiment(self.name))

    @property
    def trials(self) -> tuple[TrialRecord, ...]:
        """The trials so far, by number; trial 0 has the script's own values."""
        with open_store(self.home) as reader:
            names = _names(reader, self.name)
            return tuple(_named(trial, names) for trial in reader.trials(self.name))

    @property
    def best(self) -> TrialRecord | None:
        """The best finished trial, ``None`` when none has a result yet.

        ``best.parameters["lr"]`` takes the names that tables show.
        """
        with open_store(self.home) as reader:
            best = reader.best(self.name)
            return None if best is None else _named(best, _names(reader, self.name))

    @property
    def baseline(self) -> TrialRecord | None:
        """Trial 0, which has the script's own values; ``None`` before it is started."""
        with open_store(self.home) as reader:
            record = reader.experiment(self.name)
            found = reader.first_and_best(record)
        names = ParameterNames(record.space)
        return next((_named(trial, names) for trial in found if trial.baseline), None)

    def trial(self, number: int) -> TrialRecord:
        """Return one trial.

        Raises
        ------
        UnknownExperimentError
            When there is no trial of this number.
        """
        with open_store(self.home) as reader:
            return _named(reader.trial(self.name, number), _names(reader, self.name))

    def output_file(self, trial: int, attempt: int | None = None) -> Path:
        """Return the file of what a trial wrote to its standard output and standard error.

        Parameters
        ----------
        attempt
            One of its attempts, counted from 0; the last one when left out.

        Raises
        ------
        UnknownExperimentError
            When there is no trial of this number.
        NoOutputError
            When nothing is kept of what it wrote.
        """
        record = self.trial(trial)
        directory = record.directory if attempt is None else record.directory.parent / str(attempt)
        file = directory / "output.log"
        if not file.exists():
            known = ", ".join(str(a.number) for a in record.attempts) or "none"
            raise NoOutputError(f"trial {trial} has no output at {file} (attempts: {known})")
        return file

    def logs(self, trial: int, attempt: int | None = None) -> TrialOutput:
        """Return what a trial wrote to its standard output and standard error, as text.

        Parameters
        ----------
        attempt
            One of its attempts, counted from 0; the last one when left out.

        Raises
        ------
        UnknownExperimentError
            When there is no trial of this number.
        NoOutputError
            When nothing is kept of what it wrote.
        """
        from nnic.results.outputs import TrialOutput, printed

        data = b"".join(printed(self.output_file(trial, attempt)))
        return TrialOutput(data.decode("utf-8", "replace"))

    def follow_logs(self, trial: int) -> Iterator[bytes]:
        """Return what a trial writes, in pieces, until it has ended.

        Raises
        ------
        UnknownExperimentError
            When there is no trial of this number.
        """
        from nnic.results.outputs import follow_output

        return follow_output(lambda: self.trial(trial), lambda: self.status.process is not None)

    def importance(self, method: str = "fanova", *, best: float = 0.1) -> ExperimentImportance:
        """Return how much each parameter matters for the result, with 95 % intervals.

        Parameters
        ----------
        method
            ``fanova``: the part of the results' variance that a parameter explains; ``ped-anova``: how
            much it matters for being among the best.
        best
            For ``ped-anova``: the part of the trials that is the best, above 0 and below 1.

        Raises
        ------
        ImportanceError
            When the trials can't tell, as when they are too few.
        """
        from nnic.results.importance import find_importance

        return find_importance(self.record, self.trials, method, best)

    def export(self, out: str | Path | None = None, format: str | None = None) -> str:
        """Return the results in a form that other programs read, and write them to ``out``.

        Parameters
        ----------
        out
            The file, replaced at once when it exists; ``None`` writes none.
        format
            ``csv``, a row a trial; ``json``, everything; ``jsonl``, a line a trial; ``nni``, as NNI's
            export; ``yaml``, the best configuration alone. By default as the name of ``out`` ends, else
            ``csv``.

        Raises
        ------
        WrongInputError
            When there is no such form, or the name of ``out`` does not say which is meant.
        NoResultError
            When no trial has a result, for ``yaml``.
        OSError
            When ``out`` can't be written; nothing was changed.
        """
        from nnic.project.writing import put_file
        from nnic.results.exports import EXPORTERS, format_of

        chosen = format or ("csv" if out is None else format_of(Path(out)))
        if chosen not in EXPORTERS:
            raise WrongInputError(f"there is no format {chosen!r}; there are {', '.join(EXPORTERS)}")
        text = EXPORTERS[chosen](self.record, self.trials)
        if out is not None:
            put_file(Path(out), text.encode("utf-8"))
        return text

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the trials as a table: a row a trial, a column a parameter under its shortest name.

        Raises
        ------
        ImportError
            When pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise ImportError("to_dataframe needs pandas; install it: pip install pandas") from None
        names = self.record.space.display_names()
        rows = [_row(trial, names) for trial in self.trials]
        columns = ["trial", "status", "metric", *names.values(), "budget", "steps", "seconds", "error"]
        return pandas.DataFrame(rows, columns=columns).set_index("trial")


def _names(reader: StoreReader, experiment: str) -> ParameterNames:
    return ParameterNames(reader.experiment(experiment).space)


def _named(trial: TrialRecord, names: ParameterNames) -> TrialRecord:
    """Return the trial with parameters that can be looked up by the names that people are shown."""
    return replace(trial, parameters=NamedValues(trial.parameters, names))


def _row(trial: TrialRecord, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "trial": trial.id,
        "status": trial.status.value if trial.discarded is None else "discarded",
        "metric": trial.metric,
        **{name: trial.parameters.get(key) for key, name in names.items()},
        "budget": trial.budget,
        "steps": len(trial.reports),
        "seconds": trial.seconds,
        "error": None if trial.error is None else f"{trial.error.kind}: {trial.error.message}",
    }
