"""The Python interface: compile a script, search it, and look at what came out."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from nnic.control import ExperimentControl
from nnic.findings.errors import CompileError as CompileError
from nnic.project.home import home_for
from nnic.results.experiment_results import ExperimentResults
from nnic.results.stored import NoResultError, open_store
from nnic.runtime.config import RunConfig, experiment_directory
from nnic.runtime.errors import ExplainedError, WrongInputError
from nnic.runtime.text import counted
from nnic.tuners.space import SearchSpace, Value

if TYPE_CHECKING:
    from nnic.apply.apply_trial import AppliedTrial
    from nnic.apply.undo_last import UndoneApply
    from nnic.compile.program import Compilation
    from nnic.results.earlier_results import EarlierResults
    from nnic.runtime.loop.observer import Observer, RunResult
    from nnic.runtime.program import Program

DEFAULT_TRIALS = 50
_OURS = {"home", "name", "argv", "cwd"}


class NothingOpenError(ExplainedError, ValueError):
    """The script leaves nothing open: no annotated value was found in it or in what it imports."""


class ProgramGoneError(ExplainedError):
    """The compiled program of an experiment was deleted: it can't go on, and nothing can be written back."""


class Experiment(ExperimentResults, ExperimentControl):
    """A search over one script, which ``nnic run`` is too.

    Parameters
    ----------
    script
        The path of the script, or (``module``) a dotted name as for ``python -m``.
    arguments
        What the script gets on its command line: a text, split as a shell does, or its words.
    module
        ``script`` is the dotted name of a module.
    space
        A search space in NNI's form, or the path of a JSON file that holds one: for a script without
        annotations, or in place of annotated ranges.
    code_dir
        Root of the program's files; by default the script's folder, or that of its package.
    home
        The project's ``NNIC_HOME``; by default ``.nnic`` in the project's root.
    cwd
        Where trials run; by default the working directory.
    warm_start
        Earlier experiments of the project, by name: their results are told to the tuner before it
        proposes anything. What does not fit the search space is left out.
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

    def __init__(
        self,
        script: str | Path,
        arguments: str | Iterable[str] = (),
        *,
        module: bool = False,
        space: Mapping[str, Any] | str | Path | None = None,
        code_dir: str | Path | None = None,
        home: str | Path | None = None,
        cwd: str | Path | None = None,
        warm_start: str | Iterable[str] = (),
        **settings: Any,
    ) -> None:
        known = {field.name for field in fields(RunConfig)} - _OURS
        unknown = sorted(settings.keys() - known)
        if unknown:
            raise TypeError(f"unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}")
        self.script = str(script)
        self.arguments = tuple(shlex.split(arguments) if isinstance(arguments, str) else arguments)
        self.module = module
        self.settings = dict(settings)
        self._space = space
        self._code_dir = None if code_dir is None else Path(code_dir)
        base = Path.cwd() if module else Path(script)
        self.home = home_for(base) if home is None else Path(home)
        self._cwd = Path.cwd() if cwd is None else Path(cwd)
        self._warm_start = (warm_start,) if isinstance(warm_start, str) else tuple(warm_start)
        self._name = ""
        self._requests = []
        self._compilation: Compilation | None = None
        self._program: Program | None = None
        self._earlier: EarlierResults | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def open(cls, name: str | None = None, home: str | Path | None = None) -> Experiment:
        """An experiment that exists; ``None`` for the latest one.

        Raises
        ------
        UnknownExperimentError
            When there is none.
        """
        folder = home_for(Path.cwd()) if home is None else Path(home)
        with open_store(folder) as reader:
            record = reader.experiment(name)
        argv = record.config.argv[1:]
        module = argv[0] == "-m"
        words = argv[1:] if module else argv
        opened = cls(words[0], words[1:], module=module, home=folder, cwd=record.config.cwd)
        opened.settings = {
            f.name: getattr(record.config, f.name) for f in fields(RunConfig) if f.name not in _OURS
        }
        opened._name = record.name
        return opened

    @property
    def name(self) -> str:
        """``<script>-<4 hex digits>``; ``""`` before it is started."""
        return self._name

    def compile(self) -> Compilation:
        """Compile the script, once; nothing of it is run. ``program`` of what is returned has the search
        space, ``diagnostics`` the warnings.

        Raises
        ------
        CompileError
            When the annotations have errors.
        NothingOpenError
            When there is nothing to search.
        ValueError, FileNotFoundError
            When the script or the space is not there, or the space does not fit.
        """
        if self._compilation is None:
            self._compilation = self._compile()
        return self._compilation

    def _compile(self) -> Compilation:
        from nnic.compile.compile_program import compile_program
        from nnic.compile.direction import direction_findings
        from nnic.compile.given_space import parse_space, read_space, with_space

        compilation = compile_program(self.script, module=self.module, code_dir=self._code_dir)
        program = compilation.program
        assert program is not None
        try:
            if isinstance(self._space, Mapping):
                program = with_space(program, parse_space(self._space))
            elif self._space is not None:
                program = with_space(program, read_space(Path(self._space)))
        except ValueError as error:
            raise WrongInputError(str(error)) from None
        if not program.space.parameters:
            raise NothingOpenError(
                f"{self.script} leaves nothing open: no annotated value was found in it or in what it imports"
            )
        found = direction_findings(compilation, self.settings.get("maximize", True))
        return replace(compilation, program=program, diagnostics=(*compilation.diagnostics, *found))

    @property
    def program(self) -> Program:
        """The compiled program: what the experiment runs, or, before it starts, what it would run.

        Raises
        ------
        ProgramGoneError
            When it was deleted since.
        """
        from nnic.runtime.program import Program

        if not self._name:
            program = self.compile().program
            assert program is not None
            return program
        if self._program is None:
            self._program = Program.load(self._program_folder())
        return self._program

    def _program_folder(self) -> Path:
        folder = experiment_directory(self.home, self._name) / "program"
        if not (folder / "program.json").is_file():
            raise ProgramGoneError(
                f"{folder} was deleted, and with it the program of {self._name};\n"
                f"  its results are still there: nnic trials {self._name}. Search anew: nnic run"
            )
        return folder

    @property
    def edited(self) -> dict[str, list[int]]:
        """The lines of the source that were edited since the experiment was started, by file: it goes on
        with the code as it was. A file that is gone has none."""
        from nnic.apply.freshness import changed_lines

        return changed_lines(self.program, self._program_folder())

    def prepare(self) -> RunConfig:
        """Compile, write the program to a new experiment's folder, and return its configuration."""
        from nnic.compile.output import write_program
        from nnic.results.warm_start import import_request, write_prepared
        from nnic.runtime.manager.run import create_experiment

        compilation = self.compile()
        program = compilation.program
        assert program is not None
        earlier = self.earlier_results()
        devices = self._device_settings()
        stem = self.script.rpartition(".")[2] if self.module else Path(self.script).stem
        self._name = create_experiment(self.home, stem)
        without_limit = None if self.settings.get("time_s") else DEFAULT_TRIALS
        settings: dict[str, Any] = {"trials": without_limit, **self.settings, **devices}
        annotated = any(file.annotated for file in program.files)
        settings["keep_going"] = settings.get("keep_going", False) or not annotated
        config = RunConfig(
            home=self.home,
            name=self._name,
            argv=(sys.executable, *(("-m",) if self.module else ()), self.script, *self.arguments),
            cwd=self._cwd,
            **settings,
        )
        write_program(compilation, experiment_directory(self.home, self._name) / "program")
        warm = [("import", import_request(earlier))] if earlier.results else []
        write_prepared(config, [*warm, *self._requests])
        return config

    def earlier_results(self) -> EarlierResults:
        """Return what the experiments of ``warm_start`` gave, and what of it does not fit.

        Raises
        ------
        UnknownExperimentError, StoreError
            When there is no such experiment.
        ValueError
            When one of them went the other way, minimizing or maximizing.
        """
        from nnic.results.earlier_results import EarlierResults
        from nnic.results.warm_start import earlier_results

        if not self._warm_start:
            return EarlierResults()
        if self._earlier is None:
            maximize = self.settings.get("maximize", True)
            space = self.program.space
            self._earlier = earlier_results(self.home, self._warm_start, space, maximize)
        return self._earlier

    def _search_space(self) -> SearchSpace:
        return self.record.space if self._name else self.program.space

    def _values_of(self, trial: int) -> Mapping[str, Value]:
        from nnic.runtime.loop.trial_table import own_values

        if self._name:
            return self.trial(trial).parameters
        if trial != 0:
            raise ValueError(f"there is no trial {trial} yet: the search has not started")
        return own_values(self._search_space())

    def _device_settings(self) -> dict[str, Any]:
        """What trials run on, and as many jobs as there is room for where the settings do not say."""
        from nnic.runtime.demand import make_demand, parse_ids
        from nnic.runtime.devices.opening import default_jobs

        given = self.settings
        ids = parse_ids(given.get("gpu_ids", ()))
        demand = make_demand(
            given.get("gpus_per_trial"),
            ids,
            given.get("max_trials_per_gpu"),
            given.get("use_active_gpus", False),
            given.get("cpus_per_trial"),
        )
        jobs = given.get("jobs")
        return {"gpu_ids": ids, "jobs": default_jobs(demand) if jobs is None else jobs}

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
        config = self.prepare()
        try:
            return self._watch(
                observer, lambda told, signals: run_experiment(config, told, handle_signals=signals)
            )
        except (TunerChoiceError, DevicesError):
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

        Raises
        ------
        ProgramGoneError, ResumeError, TunerChoiceError, DevicesError, ExperimentBusyError, StoreError
            Nothing was started.
        """
        from nnic.runtime.manager.resume import resume_experiment

        program = self.program
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
        from nnic.runtime.store.records import ExperimentState
        from nnic.screens.choosing import close_screen, make_screen

        earlier = (self.trials, self.record.elapsed_s) if resumed and observer is None else ((), 0.0)
        watcher = observer or make_screen(False, *earlier)
        try:
            result = search(watcher, threading.current_thread() is threading.main_thread())
        finally:
            close_screen(watcher)
        if observer is None and result.state is ExperimentState.FAILED:
            from nnic.screens.failure import render_failed_run

            print(render_failed_run(self.record, result, self.trials), file=sys.stderr)
        return result

    def _discard(self, config: RunConfig) -> None:
        """Forget an experiment that could not be started."""
        rmtree(config.directory)
        self._name = ""

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
        except NotRunningError:
            state = self.status.state
            raise NotRunningError(
                f"{self._name} is not running ({state}); go on with it: nnic resume {self._name}"
            ) from None
        self.wait()
        return process.pid

    def apply(
        self,
        trial: int | None = None,
        *,
        dry_run: bool = False,
        digits: int | None = None,
        strip: bool = False,
        narrow: bool = False,
    ) -> AppliedTrial:
        """Write the values of a trial into the source; every file or none.

        Parameters
        ----------
        trial
            Its number; the best one when left out.
        dry_run, digits, strip, narrow
            See :class:`nnic.apply.apply_trial.ApplyOptions`.

        Raises
        ------
        NoResultError, UnknownExperimentError
            When there is no such trial.
        ApplyError, ProgramGoneError, CompileError
            When the source is not what was searched, or has errors now; nothing was written.
        """
        from nnic.apply.apply_trial import ApplyOptions, apply_trial

        chosen = self.best if trial is None else self.trial(trial)
        if chosen is None:
            raise NoResultError(
                f"no trial of {self._name} has a result yet; see them: nnic trials {self._name}"
            )
        options = ApplyOptions(dry_run, digits, strip, narrow)
        return apply_trial(self.record, self.program, chosen, self.trials, options)

    def undo(self, *, dry_run: bool = False) -> UndoneApply:
        """Put back what was there before the last :meth:`apply`; again, before the one before it.

        Raises
        ------
        ApplyError
            When there is none, or a file was edited since; nothing was undone.
        """
        from nnic.apply.undo_last import undo_last

        return undo_last(self.home / "experiments", self._name, dry_run=dry_run)

    def __repr__(self) -> str:
        if not self._name:
            return f"Experiment({self.script!r})"
        best = self.best
        found = "no result yet" if best is None else f"best #{best.id} {best.metric:g}"
        return f"<Experiment {self._name}: {counted(len(self.trials), 'trial')}, {found}>"
