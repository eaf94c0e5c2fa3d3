"""The Python interface: compile a script, search it, and look at what came out."""

from __future__ import annotations

import shlex
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

from nnic.compile.given_space import parse_space, read_space, with_space
from nnic.control import Control
from nnic.findings.diagnostics import Diagnostic
from nnic.findings.render import render_text
from nnic.project.home import home_for
from nnic.runtime.config import RunConfig, experiment_directory
from nnic.runtime.demand import make_demand, parse_ids
from nnic.runtime.loop.observer import Observer, RunResult
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import ExperimentRecord, ExperimentState, TrialRecord
from nnic.tuners.space import SearchSpace, Value

if TYPE_CHECKING:
    import pandas

    from nnic.api import Compilation
    from nnic.results.earlier_results import EarlierResults

DEFAULT_TRIALS = 50
_OURS = {"home", "name", "argv", "cwd"}


class CompileError(ValueError):
    """The script was not compiled; ``diagnostics`` say why, and the message shows them."""

    def __init__(self, script: str, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        shown = "\n\n".join(render_text(d) for d in self.diagnostics if d.is_error)
        super().__init__(f"{script} was not compiled\n\n{shown}")


class NothingOpenError(ValueError):
    """The script leaves nothing open: no annotated value was found in it or in what it imports."""


class Experiment(Control):
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
        with StoreReader(folder) as reader:
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
        from nnic.api import compile_entry
        from nnic.project.settings import config_for

        path = None if self.module else Path(self.script)
        compilation = compile_entry(
            path,
            module=self.script if self.module else "",
            code_dir=self._code_dir,
            roots=config_for(path or self._code_dir or Path()).roots,
        )
        program = compilation.program
        if program is None:
            raise CompileError(self.script, compilation.diagnostics)
        if self._space is not None:
            given = (
                parse_space(self._space)
                if isinstance(self._space, Mapping)
                else read_space(Path(self._space))
            )
            program = with_space(program, given)
        if not program.space.parameters:
            raise NothingOpenError(
                f"{self.script} leaves nothing open: no annotated value was found in it or in what it imports"
            )
        return replace(compilation, program=program)

    def prepare(self) -> RunConfig:
        """Compile, write the program to a new experiment's folder, and return its configuration."""
        from nnic.api import write_program
        from nnic.results.warm_start import import_request
        from nnic.runtime.manager.run import create_experiment
        from nnic.runtime.store.requests import write_prepared

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
        warm = [import_request(earlier)] if earlier.results else []
        write_prepared(config.directory, [*warm, *self._requests])
        return config

    def earlier_results(self) -> EarlierResults:
        """What the experiments of ``warm_start`` gave: configurations with results, and what does not fit.

        Raises
        ------
        UnknownExperimentError, StoreError
            When there is no such experiment.
        ValueError
            When one of them went the other way, minimizing or maximizing.
        """
        from nnic.results.earlier_results import EarlierResults
        from nnic.results.warm_start import earlier_results

        program = self.compile().program
        assert program is not None
        if not self._warm_start:
            return EarlierResults()
        maximize = self.settings.get("maximize", True)
        return earlier_results(self.home, self._warm_start, program.space, maximize)

    def _search_space(self) -> SearchSpace:
        if self._name:
            return self.record.space
        program = self.compile().program
        assert program is not None
        return program.space

    def _values_of(self, trial: int) -> Mapping[str, Value]:
        from nnic.runtime.loop.own_values import own_values

        if self._name:
            with StoreReader(self.home) as reader:
                return reader.trial(self._name, trial).parameters
        if trial != 0:
            raise ValueError(f"there is no trial {trial} yet: the search has not started")
        return own_values(self._search_space())

    def _device_settings(self) -> dict[str, Any]:
        """What trials run on, and as many jobs as there is room for where the settings do not say."""
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
        from nnic.runtime.manager.resume import resume_experiment
        from nnic.runtime.manager.run import run_experiment
        from nnic.runtime.manager.session import TunerChoiceError
        from nnic.screens.choosing import close_screen, make_screen

        handle_signals = threading.current_thread() is threading.main_thread()
        resumed = bool(self._name)
        earlier = self.trials if resumed else ()
        config = None if resumed else self.prepare()
        watcher = observer or make_screen(False, earlier, self.record.elapsed_s if resumed else 0.0)
        try:
            if config is None:
                result = resume_experiment(self.home, self._name, watcher, handle_signals=handle_signals)
            else:
                result = run_experiment(config, watcher, handle_signals=handle_signals)
        except (TunerChoiceError, DevicesError):
            if config is not None:
                rmtree(config.directory)
                self._name = ""
            raise
        finally:
            close_screen(watcher)
        if observer is None and result.state is ExperimentState.FAILED:
            from nnic.screens.failure import render_failed_run

            print(render_failed_run(self.record, result, self.trials), file=sys.stderr)
        return result

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
                rmtree(config.directory)
                self._name = ""
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

    def stop(self, *, now: bool = False) -> None:
        """End the search in whatever process runs it; with ``now`` running trials are ended too.

        Raises
        ------
        NotRunningError
            When nothing runs it.
        """
        from nnic.runtime.manager.run import stop_experiment

        stop_experiment(self.home, self._name, now=now)
        self.wait()

    @property
    def record(self) -> ExperimentRecord:
        """All that the store has of the experiment as a whole."""
        with StoreReader(self.home) as reader:
            return reader.experiment(self._name)

    @property
    def trials(self) -> tuple[TrialRecord, ...]:
        """The trials so far, by number; trial 0 has the script's own values."""
        with StoreReader(self.home) as reader:
            return reader.trials(self._name)

    @property
    def best(self) -> TrialRecord | None:
        """The best finished trial, ``None`` when none has a result yet."""
        with StoreReader(self.home) as reader:
            return reader.best(self._name)

    def to_dataframe(self) -> pandas.DataFrame:
        """The trials as a table: a row a trial, a column a parameter under its shortest name.

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

    def __repr__(self) -> str:
        if not self._name:
            return f"Experiment({self.script!r})"
        best = self.best
        found = "no result yet" if best is None else f"best #{best.id} {best.metric:g}"
        return f"<Experiment {self._name}: {len(self.trials)} trials, {found}>"


def _row(trial: TrialRecord, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "trial": trial.id,
        "status": trial.status.value,
        "metric": trial.metric,
        **{name: trial.parameters.get(key) for key, name in names.items()},
        "budget": trial.budget,
        "steps": len(trial.reports),
        "seconds": trial.seconds,
        "error": None if trial.error is None else f"{trial.error.kind}: {trial.error.message}",
    }
