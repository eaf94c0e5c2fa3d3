"""Changing a search from Python, before it starts and while it runs in whatever process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnic.runtime.errors import ExplainedError, WrongInputError
from nnic.tuners.space import SearchSpace, Value

if TYPE_CHECKING:
    from nnic.results.earlier_results import EarlierResults
    from nnic.runtime.store.records import TrialRecord
    from nnic.runtime.store.request_kinds import Request

_LIMITS = ("trials", "time_s", "trial_time_s", "jobs")
Results = Iterable[tuple[Mapping[str, Value], float]]


class RefusedError(ExplainedError, ValueError):
    """The experiment does not do what was asked; the message says why."""


class NothingFitsError(WrongInputError):
    """No result fits the search space; ``found`` has what is wrong with each."""

    def __init__(self, found: EarlierResults) -> None:
        self.found = found
        why = "".join(f"\n  {problem}" for problem in found.problems[:10])
        super().__init__(f"there is no result that fits the search space{why}")


class ExperimentControl(ABC):
    """What can be asked of an experiment. Before it starts, it is kept for its beginning; of one that is
    not running, for when it goes on."""

    home: Path
    settings: dict[str, Any]
    fixed: dict[str, str]
    _requests: list[Request]

    @property
    @abstractmethod
    def name(self) -> str:
        """The experiment; ``""`` before it starts."""

    @property
    @abstractmethod
    def trials(self) -> tuple[TrialRecord, ...]:
        """Its trials so far."""

    @abstractmethod
    def _search_space(self) -> SearchSpace:
        """Return its search space."""

    @abstractmethod
    def _values_of(self, trial: int) -> Mapping[str, Value]:
        """Return the configuration of one of its trials."""

    def enqueue(
        self, values: Mapping[str, Value] | str | Path, *, like: int = 0, as_text: bool = False
    ) -> str:
        """Try a configuration before what the tuner proposes.

        Parameters
        ----------
        values
            By full keys or any unambiguous end of one, such as ``{"lr": 0.01}``; or a JSON file that has
            all of them, as ``nnic best --format json`` prints.
        like
            The trial whose values the other parameters have; 0 has the script's own.
        as_text
            The values are texts, as they are typed on a command line: ``{"lr": "0.01"}``.

        Returns
        -------
        str
            What the run answered, ``""`` when none does yet.

        Raises
        ------
        ValuesError
            When the values do not fit the search space, or the script's arguments fix one of them; a
            ``ValueError``.
        WrongInputError
            When the file can't be read, or what it holds does not fit.
        RefusedError
            When they violate a constraint of the script.
        """
        from nnic.results.given_values import complete_values
        from nnic.results.params_file import read_params
        from nnic.runtime.store.request_kinds import EnqueueTrial

        space = self._search_space()
        if isinstance(values, (str, Path)):
            config = read_params(Path(values), space)
        else:
            self._refuse_fixed(values)
            others = self._values_of(like)
            config = complete_values(space, values, others, as_text=as_text, own=like == 0)
        return self._ask(EnqueueTrial(config))

    def _refuse_fixed(self, values: Iterable[str]) -> None:
        from nnic.results.given_values import ValuesError

        found = {name: self.fixed[part] for name in values for part in name.split("/") if part in self.fixed}
        if found:
            raise ValuesError([f"{name} is fixed by your arguments: {text}" for name, text in found.items()])

    def import_results(
        self,
        results: str | Path | Results,
        *,
        earlier: Mapping[str, Value] | None = None,
    ) -> EarlierResults:
        """Tell the tuner results of earlier searches; those that it knows already change nothing.

        Parameters
        ----------
        results
            A file that ``nnic export`` or NNI's export wrote (``.json``, ``.jsonl``, ``.csv``), or
            configurations with their results.
        earlier
            The values that the results had of parameters which they do not name, such as one that was
            annotated since.

        Returns
        -------
        EarlierResults
            Those that were taken, what does not fit the search space, by line, and what the run
            answered.

        Raises
        ------
        NothingFitsError
            When none fits; a ``ValueError``.
        ValueError
            When the file is none of these.
        OSError
            When it can't be read.
        RefusedError
            When the run refuses them.
        """
        from nnic.results.earlier_results import EarlierResults, read_results, take_result
        from nnic.results.given_values import stated_values
        from nnic.results.warm_start import import_request

        space = self._search_space()
        stated = stated_values(space, earlier or {})
        if isinstance(results, (str, Path)):
            found = read_results(Path(results), space, stated)
        else:
            found = EarlierResults()
            for number, (config, value) in enumerate(results, 1):
                take_result(found, space, f"result {number}", config, value, stated)
        if not found.results:
            raise NothingFitsError(found)
        found.answer = self._ask(import_request(found))
        return found

    def retry(self, *trials: int) -> str:
        """Try failed or cancelled trials again, with the same values and the same random seed.

        Parameters
        ----------
        trials
            Their numbers; all that failed when left out.

        Raises
        ------
        RefusedError
            When one has not failed, or there is none.
        """
        from nnic.runtime.store.request_kinds import RetryTrials
        from nnic.tuners.protocol import TrialState

        if not self.name:
            raise RefusedError("it has not started, so no trial has failed")
        found = {trial.id: trial for trial in self.trials}
        failed = (t for t in found.values() if t.status is TrialState.FAILED and t.discarded is None)
        numbers = trials or tuple(t.id for t in failed)
        if not numbers:
            raise RefusedError(f"no trial of {self.name} failed")
        for number in numbers:
            if number not in found:
                raise RefusedError(f"{self.name} has no trial {number}; see them: nnic trials {self.name}")
            status = found[number].status
            if status not in (TrialState.FAILED, TrialState.CANCELLED):
                raise RefusedError(
                    f"trial {number} of {self.name} is {status.value}; only failed and cancelled trials are "
                    f"tried again. Its values once more: nnic enqueue {self.name} --like {number}"
                )
        return self._ask(RetryTrials(tuple(numbers)))

    def cancel(self, *trials: int, keep: bool = False) -> str:
        """End trials that run or wait, and go on.

        Parameters
        ----------
        keep
            The last value that each has reported is its result; without, they have none.

        Raises
        ------
        RefusedError
            When one has ended already, there is none of a number, or it has reported nothing to keep.
        """
        from nnic.runtime.store.request_kinds import CancelTrials, KeepTrials

        if not self.name:
            raise RefusedError("it has not started, so there is no trial to end")
        found = {trial.id: trial for trial in self.trials}
        for number in trials:
            if number not in found:
                raise RefusedError(f"{self.name} has no trial {number}; see them: nnic trials {self.name}")
            if found[number].status.ended:
                raise RefusedError(_describe_ended(self.name, found[number]))
        return self._ask(KeepTrials(tuple(trials)) if keep else CancelTrials(tuple(trials)))

    def discard(self, *trials: int, undo: bool = False) -> str:
        """Have the results of trials count no more, because they are known to be wrong.

        Such a trial is kept and shown as ``discarded``. It is never the best, no report has it, and the
        tuner counts it as a failure.

        Parameters
        ----------
        undo
            Have results that were discarded count again.

        Returns
        -------
        str
            What was done; ``""`` when a run has not answered yet.

        Raises
        ------
        RefusedError
            When a trial has no result, or none that was discarded, or there is none of this number.
        """
        from nnic.runtime.manager.discarding import discard_results
        from nnic.runtime.store.lock import ExperimentBusyError
        from nnic.runtime.store.reader import UnknownExperimentError
        from nnic.runtime.store.request_kinds import DiscardTrials
        from nnic.runtime.text import plural

        if not self.name:
            raise RefusedError("it has not started, so no trial has a result")
        try:
            discard_results(self.home, self.name, trials, undo)
        except ExperimentBusyError:
            return self._ask(DiscardTrials(tuple(trials), undo))
        except UnknownExperimentError as error:
            raise RefusedError(f"{error}; see them: nnic trials {self.name}") from None
        except ValueError as error:
            raise RefusedError(f"{self.name}: {error}") from None
        numbers = ", ".join(map(str, dict.fromkeys(trials)))
        count = len(set(trials))
        what = "counted again" if undo else "discarded"
        return f"{plural(count, 'trial')} {numbers} {plural(count, 'is', 'are')} {what}"

    def update(self, **limits: float | None) -> str:
        """Change the limits: ``trials``, ``time_s``, ``trial_time_s``, ``jobs``; ``None`` takes one away.

        Raises
        ------
        TypeError
            When there is no limit of this name.
        RefusedError
            When a value makes no sense.
        """
        from nnic.runtime.store.request_kinds import ChangeLimits

        unknown = sorted(limits.keys() - set(_LIMITS))
        if unknown:
            raise TypeError(f"unknown limit {unknown[0]!r}; known are {', '.join(_LIMITS)}")
        if not self.name:
            self.settings.update(limits)
            return ""
        return self._ask(ChangeLimits(**limits))  # type: ignore[arg-type]  # the run refuses other types

    def _ask(self, request: Request) -> str:
        """Return what the run answers, ``""`` when it will only later."""
        from nnic.runtime.manager.asking import ask_experiment

        if not self.name:
            self._requests.append(request)
            return ""
        answer = ask_experiment(self.home, self.name, request)
        if answer.refused:
            raise RefusedError(f"{self.name}: {answer.text}")
        return answer.text


def _describe_ended(name: str, trial: TrialRecord) -> str:
    """Return that a trial can't be ended, since it has, and how."""
    result = "" if trial.metric is None else f" with {trial.metric:g}"
    how = {"succeeded": "succeeded", "failed": "failed"}.get(trial.status.value, f"was {trial.status.value}")
    return f"trial {trial.id} of {name} has ended already: it {how}{result}"
