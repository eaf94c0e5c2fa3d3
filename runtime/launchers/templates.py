"""The manager's view of templates: whether a run has one, which trial is forked from which.

A template stands for one command, working directory and environment. What trials have of their own
there (their folder, their GPUs) is set in the forked process; any other difference may have been read
by a library while it was loaded, so it means another template.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from nnic.runtime.config import RunConfig
from nnic.runtime.launchers.base import Launch
from nnic.runtime.launchers.imports import Import, leading_imports
from nnic.runtime.launchers.messages import OpenTemplate
from nnic.runtime.launchers.shared_reads import explain_shared
from nnic.runtime.launchers.trial_document import FILE, Plan, TemplateDocument, encode
from nnic.runtime.program import Program
from nnic.runtime.threads import VARIABLES as THREADS

DEVICES = "CUDA_VISIBLE_DEVICES"
# What differs from trial to trial; every other variable is the template's own.
VARYING = ("NNIC_TRIAL_DIR", "NNIC_SOCKET", "NNIC_OUTPUT_DIR", "NNI_OUTPUT_DIR", "CUDA_VISIBLE_DEVICES")
TIMEOUT_S = 60.0
MAX_TEMPLATES = 4  # Each is for another environment.
MAX_KILLED = 3
LEAST_COST_S = 0.2  # A difference that is worth telling.

Key = tuple[tuple[str, ...], Path, tuple[tuple[str, str], ...]]


class Templates:
    """Decides what is forked from what.

    Parameters
    ----------
    directory
        The experiment's; templates have their folders in it.
    program, folder
        The compiled program, and where it lies.
    imports
        What a template does ahead.
    timeout_s
        Seconds for its imports, and for each fork.
    prefix
        Share all that the script does before its first value; the imports when that fails.
    """

    def __init__(
        self,
        directory: Path,
        program: Program,
        folder: Path,
        imports: Sequence[Import],
        timeout_s: float,
        prefix: bool = False,
    ) -> None:
        self._prefix = prefix
        self._begun = False
        self._directory = directory
        self._program = program
        self._folder = folder
        self._imports = imports
        self._timeout_s = timeout_s
        self._numbers: dict[Key, int] = {}
        self._begun_at: dict[int, float] = {}
        self._opened = 0
        self._killed = 0
        self._over = False

    def choose(
        self, launch: Launch, environment: Mapping[str, str]
    ) -> tuple[OpenTemplate | None, int | None]:
        """The command that opens a template if that is needed, and the number of the attempt's.

        Parameters
        ----------
        environment
            What is added to the supervisor's own for the attempt.
        """
        if self._over:
            return None, None
        kept = {name: value for name, value in environment.items() if name not in VARYING}
        key = (launch.argv, launch.cwd, tuple(sorted(kept.items())))
        if key in self._numbers:
            return None, self._numbers[key]
        if len(self._numbers) == MAX_TEMPLATES:
            return None, None
        self._opened += 1
        self._numbers[key] = self._opened
        self._begun_at[self._opened] = time.monotonic()
        try:
            return self._open(launch, kept), self._opened
        except OSError:
            return None, None  # The disk is full, most likely, and the trial will say so.

    def _open(self, launch: Launch, environment: Mapping[str, str]) -> OpenTemplate:
        # The name is longer than that of any attempt's folder, which is written over it.
        folder = self._directory / "templates" / f"{self._opened:030}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = folder / "output.log"
        log.unlink(missing_ok=True)
        threads = THREADS if self._prefix else ()
        varying = (*VARYING, *threads)
        if self._prefix:
            true = {**os.environ, **environment}
            own = tuple(name for name in VARYING if name != DEVICES or DEVICES in launch.environment)
            plan = Plan(
                prefix=True, varying=varying, own=own, threads={name: true.get(name) for name in threads}
            )
            environment = {**environment, **dict.fromkeys(threads, "1")}
        else:
            imports = tuple((entry.line, entry.module, entry.names) for entry in self._imports)
            plan = Plan(imports, varying=varying)
        document = encode(TemplateDocument(str(self._folder), plan))
        (folder / FILE).write_text(document, encoding="utf-8")
        return OpenTemplate(
            number=self._opened,
            argv=launch.argv,
            cwd=str(launch.cwd),
            env={**environment, "NNIC_TRIAL_DIR": str(folder)},
            log=str(log),
            varying=varying,
            timeout_s=self._timeout_s,
            limit_preparation=not self._prefix,  # Preparing data takes as long as it takes.
        )

    def lose(self, number: int, problem: str, killed: bool) -> str:
        """A template is gone; what a person should read of that.

        One that was ``killed`` while it served is opened again for the next trial, a few times.
        """
        self._numbers = {key: other for key, other in self._numbers.items() if other != number}
        if self._over:
            return ""
        took_s = time.monotonic() - self._begun_at.get(number, time.monotonic())
        self._killed += killed
        if killed and self._killed <= MAX_KILLED:
            return ""
        if self._prefix:
            self._prefix, self._over = False, not self._imports
            left = "only imports" if self._imports else "nothing"
            text = f"trials share {left}, because the code before the first value can't be shared: {problem}"
            return text + _describe_cost(took_s, problem)
        self._over = True
        text = f"trials do not share imports, so each one starts as a new process: {problem}"
        return text + _describe_cost(took_s, problem)

    def begin(self, file: str, line: int, drawn: Sequence[str]) -> list[str]:
        """A template serves; what a person should read of that, once.

        Parameters
        ----------
        file, line
            Its fork point; ``""`` where it is in no file of the program's.
        drawn
            The modules whose random numbers the shared part used, without a seed.
        """
        if not self._prefix or self._begun:
            return []
        self._begun = True
        return explain_shared(self._program, self._folder, file, line, drawn)

    def forget(self) -> None:
        """The supervisor is gone, and all templates with it."""
        self._numbers.clear()


def _is_python(path: str) -> bool:
    """Tell whether a program is by its name an interpreter, not one that starts others."""
    return path == sys.executable or re.fullmatch(r"python[\d.]*", os.path.basename(path)) is not None


def _describe_cost(took_s: float, problem: str) -> str:
    """What it costs that the template can't serve: about as long as it took until that was known."""
    if took_s < LEAST_COST_S or "did not end within" in problem:
        return ""
    return f" (each trial takes about {took_s:.1f} s more)"


def make_templates(config: RunConfig, program: Program) -> Templates | None:
    """The templates of a run of ``program``; ``None`` where each trial is a process of its own."""
    if config.share == "off" or not sys.platform.startswith("linux"):
        return None
    # Options of the interpreter, modules, folders and what was not compiled are started as they are.
    if (
        config.script
        or config.overrides
        or len(config.argv) < 2
        or config.argv[1].startswith("-")
        or program.module
    ):
        return None
    if program.entry not in (file.path for file in program.files):
        return None
    script = config.cwd / config.argv[1]
    entry = Path(program.code_dir, program.entry)
    if not _is_python(config.argv[0]) or os.path.realpath(script) != os.path.realpath(entry):
        return None
    imports = leading_imports(program, config.program)
    prefix = config.share == "prefix"
    if not imports and not prefix:
        return None
    return Templates(config.directory, program, config.program, imports, TIMEOUT_S, prefix)
