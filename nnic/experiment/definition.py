"""What is searched and how: a script, its arguments, and the settings of a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Self

from nnic.experiment.errors import AllFixedError, DirectionError, KnownToFailError, NothingOpenError
from nnic.experiment.starting import find_start, recorded_start
from nnic.project.home import home_of_run
from nnic.runtime.config import RunConfig, experiment_directory
from nnic.runtime.errors import WrongInputError

if TYPE_CHECKING:
    from nnic.compile.compilation import Compilation
    from nnic.findings.diagnostics import Diagnostic
    from nnic.project.search_path import Surroundings
    from nnic.results.earlier_results import EarlierResults
    from nnic.runtime.program import Program
    from nnic.runtime.store.records import ExperimentRecord
    from nnic.runtime.store.request_kinds import Request

DEFAULT_TRIALS = 50
GIVEN_OTHERWISE = frozenset(
    {"overrides", "home", "name", "argv", "script", "cwd", "fixed", "direction_settled"}
)
"""The fields of :class:`RunConfig` that are no settings."""


class ExperimentDefinition:
    """A script that is compiled, and prepared to be searched; :class:`Experiment` has the parameters."""

    def __init__(
        self,
        script: str | Path | None = None,
        arguments: str | Iterable[str] = (),
        *,
        module: bool = False,
        command: str | Iterable[str] = (),
        space: Mapping[str, Any] | str | Path | None = None,
        code_dir: str | Path | None = None,
        home: str | Path | None = None,
        cwd: str | Path | None = None,
        python: str | Path | None = None,
        warm_start: str | Iterable[str] = (),
        earlier: Mapping[str, Any] | None = None,
        name: str | None = None,
        **settings: Any,
    ) -> None:
        known = {field.name for field in fields(RunConfig)} - GIVEN_OTHERWISE
        unknown = sorted(settings.keys() - known)
        if unknown:
            raise TypeError(f"unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}")
        self._cwd = Path.cwd() if cwd is None else Path(cwd)
        self._start = find_start(script, arguments, module, command, self._cwd)
        self.script, self.arguments = self._start.script, self._start.arguments
        self.module = self._start.module
        self.settings = dict(settings)
        self._space = space
        self._code_dir = None if code_dir is None else Path(code_dir)
        base = Path.cwd() if self.module else Path(self.script)
        self.home = home_of_run(base) if home is None else Path(home)
        self._noted = home is None
        self._python = None if python is None else str(python)
        self._warm_start = (warm_start,) if isinstance(warm_start, str) else tuple(warm_start)
        self._stated = dict(earlier or {})
        self._wanted_name = name
        self._name = ""
        self._requests: list[Request] = []
        self.overrides = False
        """Whether trials get their values as Hydra's overrides, once the script is compiled."""
        self._more: tuple[str, ...] = ()  # Arguments that are added to those of the script.
        self.fixed: dict[str, str] = {}
        """What the script's arguments fix, by the name of the parameter, once the script is compiled."""
        self._compilation: Compilation | None = None
        self._program: Program | None = None
        self._earlier: EarlierResults | None = None

    @classmethod
    def of_record(cls, record: ExperimentRecord, home: Path) -> Self:
        """Return an experiment that was started, with the settings that it has."""
        start = recorded_start(record.config)
        cwd, python = record.config.cwd, None if start.command else record.config.argv[0]
        made = cls(start.script, start.arguments, module=start.module, home=home, cwd=cwd, python=python)
        made._start = start
        names = {field.name for field in fields(RunConfig)} - GIVEN_OTHERWISE
        made.settings = {name: getattr(record.config, name) for name in names}
        made._name, made.fixed = record.name, dict(record.config.fixed)
        return made

    @property
    def name(self) -> str:
        """The name that was given, else ``<script>-<4 hex digits>``; ``""`` before it is started."""
        return self._name

    @property
    def python(self) -> str:
        """The Python that runs the trials: the one that was given, else that of the project's settings, else
        the one that this is running in.

        Raises
        ------
        InterpreterError, ConfigError
            When there is no such Python, or the settings can't be meant.
        """
        from nnic.project.settings import config_for
        from nnic.project.which_python import python_at

        if self._name and self._python is not None:
            return self._python
        if self._python is not None:
            return python_at(self._python, Path.cwd(), "python")
        setting = config_for(self._cwd if self.module else Path(self.script)).python
        return sys.executable if setting is None else python_at(setting, Path("/"), "[tool.nnic] python")

    def _surroundings(self) -> Surroundings:
        """Return where the script's imports are looked for.

        Raises
        ------
        InterpreterError
            When trials can't run in the Python that is asked for.
        """
        from nnic.project.interpreters import check_version, interpreter_at
        from nnic.project.search_path import Surroundings

        python = self.python
        check_version(interpreter_at(python))
        here = Surroundings.here(python, self._cwd)
        python_path = self.settings.get("environment", {}).get("PYTHONPATH")
        return here if python_path is None else replace(here, python_path=python_path)

    def compile(self) -> Compilation:
        """Compile the script, once; nothing of it is run. ``program`` of what is returned has the search
        space, ``diagnostics`` the warnings.

        Raises
        ------
        CompileError
            When the annotations have errors.
        NothingOpenError
            When there is nothing to search.
        AllFixedError
            When the script's arguments fix all that there is to search.
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

        compilation = compile_program(
            self.script, module=self.module, code_dir=self._code_dir, surroundings=self._surroundings()
        )
        self._more = self._added_arguments(compilation)
        program = _program_of(compilation)
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
        program, fixed = self._without_fixed(compilation, program)
        given = self.settings.get("maximize")  # Where it is not, check_direction asks.
        found = (*fixed, *(() if given is None else direction_findings(compilation, given)))
        return replace(compilation, program=program, diagnostics=(*compilation.diagnostics, *found))

    def _added_arguments(self, compilation: Compilation) -> tuple[str, ...]:
        """Return the arguments that the script gets besides its own: the folder of Hydra."""
        from nnic.project.hydra_scripts import hydra_arguments, is_hydra_script

        texts = {file.path: file.data for file in compilation.files}
        if not self._start.direct or not is_hydra_script(compilation.entry or "", texts):
            return ()
        own_way = any(file.annotated or b"get_next_parameter" in file.data for file in compilation.files)
        self.overrides = self._space is not None and not own_way
        return hydra_arguments(self.arguments)

    def _without_fixed(
        self, compilation: Compilation, program: Program
    ) -> tuple[Program, tuple[Diagnostic, ...]]:
        """Leave out what the script's arguments fix, and say so."""
        from nnic.arguments.dropping import without_fixed
        from nnic.arguments.fixed import find_fixed

        environment = {**os.environ, **self.settings.get("environment", {})}
        found = find_fixed(compilation.files, self.arguments, environment)
        names = program.space.display_names()
        texts = {value.key: value.given.text for value in found.values}
        kept = without_fixed(program, found.values)
        if program.space.parameters and not kept.space.parameters:
            listed = ", ".join(f"{names[key]} ({texts[key]})" for key in names if key in texts)
            raise AllFixedError(
                f"nothing is left to search in {self.script}: your arguments fix {listed}.\n"
                "  Leave out the arguments of those that are to be searched"
            )
        self.fixed = {names.get(key, key.split("/")[1]): text for key, text in texts.items()}
        return kept, found.diagnostics

    def prepare(self) -> RunConfig:
        """Compile, write the program to a new experiment's folder, and return its configuration."""
        from nnic.compile.write_program import write_program
        from nnic.project.last_runs import note_run
        from nnic.results.warm_start import import_request
        from nnic.runtime.manager.run import create_experiment
        from nnic.runtime.store.requests import write_prepared

        compilation = self.compile()
        self.check_failing()
        program = _program_of(compilation)
        earlier = self.earlier_results()
        self.check_direction()
        devices = self._device_settings()
        stem = self.script.rpartition(".")[2] if self.module else Path(self.script).stem
        name = create_experiment(self.home, stem, self._wanted_name)
        folder = experiment_directory(self.home, name)
        try:
            config = self._run_config(name, program, devices)
            write_program(compilation, folder / "program")
            warm = [import_request(earlier)] if earlier.results else []
            write_prepared(config.directory, [*warm, *self._requests])
        except BaseException:
            rmtree(folder)
            raise
        if self._noted:
            note_run(self.home)
        self._name, self._program = name, program
        return config

    def check_failing(self) -> None:
        """Refuse a program of which is known that trials fail, unless it is to go on all the same.

        Raises
        ------
        KnownToFailError
            Says what fails, and where.
        """
        from nnic.compile.failing import certain_failures

        compilation = self.compile()
        found = certain_failures(compilation)
        annotated = any(file.annotated for file in compilation.files)
        if found and annotated and not self.settings.get("keep_going", False):
            raise KnownToFailError(self.script, found)

    def check_direction(self) -> None:
        """Refuse to choose the direction where nobody gave it and the metric is called a loss, or the like.

        Raises
        ------
        DirectionError
            Says which metric it is, and how to say the direction.
        """
        from nnic.compile.direction import find_doubt

        doubt = find_doubt(self.compile()) if self.settings.get("maximize") is None else None
        if doubt is not None:
            raise DirectionError(doubt)

    def _run_config(self, name: str, program: Program, devices: Mapping[str, Any]) -> RunConfig:
        without_limit = None if self.settings.get("time_s") else DEFAULT_TRIALS
        settings: dict[str, Any] = {"trials": without_limit, **self.settings, **devices}
        annotated = any(file.annotated for file in program.files)
        from nnic.compile.direction import speaks_for_large

        given = settings.pop("maximize", None)
        settings["maximize"] = given is None or given
        settings["direction_settled"] = given is not None or speaks_for_large(self.compile())
        settings["keep_going"] = settings.get("keep_going", False) or not annotated
        return RunConfig(
            home=self.home,
            name=name,
            argv=self._start.argv(self.python, self._more),
            overrides=self.overrides,
            script=self._start.target if self._start.command else (),
            cwd=self._cwd,
            fixed=self.fixed,
            **settings,
        )

    def earlier_results(self) -> EarlierResults:
        """Return what the experiments of ``warm_start`` gave, and what of it does not fit.

        Where the direction was not given it is that of those experiments.

        Raises
        ------
        UnknownExperimentError, StoreError
            When there is no such experiment.
        OtherDirectionError
            When one of them went the other way, minimizing or maximizing.
        """
        from nnic.results.earlier_results import EarlierResults
        from nnic.results.given_values import stated_values
        from nnic.results.warm_start import direction_of, earlier_results

        if not self._warm_start:
            return EarlierResults()
        if self._earlier is None:
            if self.settings.get("maximize") is None:
                self.settings["maximize"] = direction_of(self.home, self._warm_start)
            maximize = self.settings["maximize"]
            space = _program_of(self.compile()).space
            stated = stated_values(space, self._stated)
            self._earlier = earlier_results(self.home, self._warm_start, space, maximize, stated)
        return self._earlier

    def _device_settings(self) -> dict[str, Any]:
        """Return what trials run on, and as many jobs as there is room for where the settings do not say."""
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

    def _discard(self, config: RunConfig) -> None:
        """Forget an experiment that could not be started."""
        rmtree(config.directory)
        self._name, self._program = "", None


def _program_of(compilation: Compilation) -> Program:
    assert compilation.program is not None  # else it had raised
    return compilation.program
