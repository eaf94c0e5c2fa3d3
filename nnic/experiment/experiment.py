"""The Python interface: compile a script, search it, and look at what came out."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.control import ExperimentControl
from nnic.experiment.source import ExperimentSource
from nnic.results.finding_home import find_home
from nnic.results.stored import open_store
from nnic.runtime.text import counted
from nnic.screens.speech import said, speaks_python
from nnic.tuners.space import SearchSpace, Value

if TYPE_CHECKING:
    from nnic.runtime.loop.observer import Observer, RunResult


@speaks_python
class Experiment(ExperimentSource, ExperimentControl):
    """A search over one script, which ``nnic run`` is too.

    Parameters
    ----------
    script
        The path of the script, or (``module``) a dotted name as for ``python -m``.
    arguments
        What the script gets on its command line: a text, split as a shell does, or its words.
    module
        ``script`` is the dotted name of a module.
    command
        What starts the script where Python itself does not, such as ``torchrun --nproc_per_node 2
        train.py``: a text or its words. ``script`` may be left out where the command names it.
    space
        A search space in NNI's form, or the path of a JSON file that holds one: for a script without
        annotations, or in place of annotated ranges.
    code_dir
        Root of the program's files; by default the script's folder, or that of its package.
    home
        The project's ``NNIC_HOME``; by default ``.nnic`` in the project's root.
    cwd
        Where trials run; by default the working directory.
    python
        The Python that runs trials: a program or the folder of an environment. By default that of the
        project's settings, or the one that this is running in.
    warm_start
        Earlier experiments of the project, by name: their results are told to the tuner before it
        proposes anything. What does not fit the search space is left out.
    name
        What the experiment is called; by default the script's name with four digits behind it.
    settings
        The fields of :class:`nnic.runtime.config.RunConfig`: ``tuner``, ``tuner_options``,
        ``assessor``, ``assessor_options``, ``maximize``, ``trials`` (default 50; no limit with
        ``time_s``), ``time_s``, ``trial_time_s``, ``jobs`` (default 1; with ``gpus_per_trial`` or
        ``cpus_per_trial`` as many as fit), ``gpus_per_trial``, ``seed``, ``keep_going`` and so on.

    Raises
    ------
    TypeError
        When a setting is unknown.

    Examples
    --------
    >>> experiment = Experiment("train.py", tuner="tpe", trials=60, jobs=2)  # doctest: +SKIP
    >>> experiment.run()  # doctest: +SKIP
    >>> experiment.best.parameters  # doctest: +SKIP
    """

    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, name: str | None = None, home: str | Path | None = None) -> Experiment:
        """Return an experiment that exists; ``None`` for the latest one.

        Raises
        ------
        UnknownExperimentError
            When there is none.
        """
        folder = find_home(name) if home is None else Path(home)
        with open_store(folder) as reader:
            record = reader.experiment(name)
        return cls.of_record(record, folder)

    def _search_space(self) -> SearchSpace:
        return self.record.space if self._name else self.program.space

    def _values_of(self, trial: int) -> Mapping[str, Value]:
        from nnic.runtime.loop.own_values import own_values

        if self._name:
            return self.trial(trial).parameters
        if trial != 0:
            raise ValueError(f"there is no trial {trial} yet: the search has not started")
        return own_values(self._search_space())

    def run(self, observer: Observer | None = None) -> RunResult:
        """Search to the end, or go on with an experiment that was stopped; Ctrl-C lets running trials end.

        Parameters
        ----------
        observer
            Told of what happens; by default a live display on a terminal and in a notebook, else
            a line an event, and at the end why the search failed, if it did.

        Raises
        ------
        CompileError, NothingOpenError, TunerChoiceError, DevicesError, ExperimentBusyError, StoreError
            Nothing was started.
        """
        from nnic.runtime.devices.inventory import DevicesError
        from nnic.runtime.manager.run import run_experiment
        from nnic.runtime.manager.session import TunerChoiceError

        if self._name:
            return self.resume(observer)
        config, program = self.prepare(), self.program
        try:
            return self._watch(
                observer,
                lambda told, signals: run_experiment(config, told, handle_signals=signals, program=program),
            )
        except (TunerChoiceError, DevicesError):
            self._discard(config)
            raise
        except KeyboardInterrupt:
            if not self.exists:
                self._discard(config)
            raise

    def resume(
        self,
        observer: Observer | None = None,
        *,
        keep_going: bool = False,
        trials: int | None = None,
        time_s: float | None = None,
        trial_time_s: float | None = None,
        jobs: int | None = None,
        maximize: bool | None = None,
        python: str | Path | None = None,
    ) -> RunResult:
        """Go on with a search that was stopped or killed, with the code as it was, to its end.

        Parameters
        ----------
        observer
            As for :meth:`run`.
        keep_going
            Go on although the script's own values failed in trial 0.
        trials, time_s, trial_time_s, jobs
            Take the place of what the run was started with; ``trials`` and ``time_s`` count from its
            beginning.
        maximize
            Whether a larger metric is better, where the run asked for that or went the wrong way. When that
            turns the search round, a fresh tuner is told the results so far.
        python
            Another Python for the trials.

        Raises
        ------
        ProgramGoneError, NotTrustedError, PythonGoneError, ResumeError, TunerChoiceError, DevicesError,
        ExperimentBusyError, StoreError
            Nothing was started.
        """
        from nnic.experiment.resumed_command import resumed_command
        from nnic.runtime.manager.resume import resume_experiment

        self.check_trusted()
        program, argv = self.program, resumed_command(self.record, python)
        return self._watch(
            observer,
            lambda told, signals: resume_experiment(
                self.home,
                self._name,
                told,
                keep_going=keep_going or None,
                trials=trials,
                time_s=time_s,
                trial_time_s=trial_time_s,
                jobs=jobs,
                maximize=maximize,
                argv=argv,
                handle_signals=signals,
                program=program,
            ),
            resumed=True,
        )

    def _watch(
        self,
        observer: Observer | None,
        search: Callable[[Observer, bool], RunResult],
        resumed: bool = False,
    ) -> RunResult:
        """Return what ``search`` does, which gets an observer and whether it is to heed signals."""
        from nnic.screens.choosing import close_screen, make_screen

        earlier = (self.trials, self.record.elapsed_s) if resumed and observer is None else ((), 0.0)
        watcher = observer or make_screen(False, *earlier)
        try:
            result = search(watcher, threading.current_thread() is threading.main_thread())
        finally:
            close_screen(watcher)
        if observer is None:
            self._tell_end(result, watcher)
        return result

    def _tell_end(self, result: RunResult, screen: Observer) -> None:
        """Say how the run ended, and what a person may do next, in calls where this is Python."""
        from nnic.runtime.store.records import ExperimentState
        from nnic.screens.choosing import in_notebook
        from nnic.screens.failure import render_failed_run
        from nnic.screens.observer import ScreenObserver
        from nnic.screens.run_end import render_counts, render_end, render_warnings

        record, trials = self.record, self.trials
        if result.state is ExperimentState.FAILED:
            print(said(render_failed_run(record, result, trials)), file=sys.stderr)
            return
        stream = sys.stdout if in_notebook() else sys.stderr  # a notebook shows the other as an error
        parts = (record.name, result.reason, render_counts(record, trials))
        print(said(": ".join(filter(None, parts))), file=stream)
        warnings = render_warnings(screen.warnings) if isinstance(screen, ScreenObserver) else []
        for line in render_end(record, result, trials, warnings, said):
            print(line, file=stream)

    def start(self) -> Experiment:
        """Search in a process of its own, which goes on when this one ends; see :meth:`wait`.

        Raises
        ------
        RuntimeError
            When it runs already, or could not be started; then the message is what the process said.
        CompileError, NothingOpenError
            Nothing was started.
        """
        from nnic.runtime.manager.process import start_manager

        if self.running:
            raise RuntimeError(f"experiment {self._name} runs already")
        self.check_trusted()
        config = None if self._name else self.prepare()
        try:
            self._process = start_manager(self.home, self._name, config)
        except RuntimeError:
            if config is not None:
                self._discard(config)
            raise
        return self

    @property
    def running(self) -> bool:
        """Whether some process of this machine runs it."""
        from nnic.runtime.store.lock import find_manager

        if self._process is not None and self._process.poll() is None:
            return True
        return bool(self._name) and find_manager(self.home, self._name) is not None

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of what :meth:`start` started; ``False`` when ``timeout_s`` passed before it."""
        if self._process is not None:
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                return False
        return True

    def stop(self, *, now: bool = False) -> int:
        """End the search in whatever process runs it; with ``now`` running trials are ended too.

        Returns
        -------
        int
            The process. One that :meth:`start` started has ended; another may take some time.

        Raises
        ------
        NotRunningError
            When nothing runs it.
        """
        from nnic.runtime.manager.run import NotRunningError, stop_experiment

        try:
            process = stop_experiment(self.home, self._name, now=now)
        except NotRunningError as error:
            left = f"; ended what it had left: {' '.join(map(str, error.ended))}" if error.ended else ""
            raise NotRunningError(
                f"{self._name} is not running ({self.status.state}){left}; "
                f"to continue it: nnic resume {self._name}",
                error.ended,
            ) from None
        self.wait()
        return process.pid

    def __repr__(self) -> str:
        if not self._name:
            return f"Experiment({self.script!r})"
        best = self.best
        found = "no result yet" if best is None else f"best #{best.id} {best.metric:g}"
        return f"<Experiment {self._name}: {counted(len(self.trials), 'trial')}, {found}>"
