"""What ties an experiment to its source: the compiled program, later edits, and values written back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nnic.experiment.definition import ExperimentDefinition
from nnic.results.experiment_results import ExperimentResults
from nnic.results.stored import NoResultError
from nnic.runtime.config import experiment_directory
from nnic.runtime.errors import ExplainedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from nnic.apply.apply_trial import AppliedTrial
    from nnic.apply.undo_last import UndoneApply
    from nnic.runtime.program import Program


class ProgramGoneError(ExplainedError):
    """The compiled program of an experiment was deleted: it can't go on, and nothing can be written back."""


class ExperimentSource(ExperimentDefinition, ExperimentResults):
    """What an experiment searches, and what becomes of it afterwards."""

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
        from nnic.screens.commands import command, run_again

        folder = experiment_directory(self.home, self._name) / "program"
        if not (folder / "program.json").is_file():
            raise ProgramGoneError(
                f"{folder} was deleted, and with it the program of {self._name};\n"
                f"  its results are still there: {command('trials', self._name)}\n"
                f"  search anew: {run_again(self.record.config)}"
            )
        return folder

    def check_trusted(self) -> None:
        """Make sure that what the experiment runs is what this user's nnic made; see ``docs/project.md``.

        Raises
        ------
        NotTrustedError
            When it came from another user or another machine, and was not accepted yet.
        """
        from nnic.runtime.store.trust import check_experiment

        if self._name:
            self._program_folder()
            check_experiment(self.record.config, self.record.created)

    @property
    def edited(self) -> dict[str, list[int]]:
        """The lines of the source that were edited since the experiment was started, by file: it goes on
        with the code as it was. A file that is gone has none."""
        from nnic.apply.freshness import changed_lines

        return changed_lines(self.program, self._program_folder())

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
        ApplyError, ProgramGoneError, NotTrustedError, CompileError
            When the source is not what was searched, or has errors now; nothing was written.
        """
        from nnic.apply.apply_trial import ApplyOptions, apply_trial
        from nnic.screens.commands import command

        self.check_trusted()
        chosen = self.best if trial is None else self.trial(trial)
        if chosen is None:
            raise NoResultError(
                f"no trial of {self._name} has a result yet; see them: {command('trials', self._name)}"
            )
        options = ApplyOptions(dry_run, digits, strip, narrow)
        return apply_trial(self.record, self.program, chosen, self.trials, options)

    def plot(self, kind: str = "history", parameters: Sequence[str] | None = None) -> Figure:
        """Return a figure of matplotlib; a notebook shows it, ``.savefig("plot.png")`` writes a file.

        Parameters
        ----------
        kind
            ``history``: the results in the order of the trials; ``parallel``: a line a trial through all
            parameters; ``importance``: how much each parameter matters; ``slice``: the results over the
            values of each parameter. :mod:`nnic.results.plot_data` has the numbers that they show.
        parameters
            The names of those to show, in their order, in ``parallel`` and ``slice``; by default all
            that differ between the trials.

        Raises
        ------
        WrongInputError
            When there is no such plot or parameter, or no result yet.
        ImportanceError
            When too few trials have a result to say what matters.
        ImportError
            When matplotlib is not installed: ``pip install matplotlib``.
        """
        from nnic.screens.plots import draw_plot

        return draw_plot(self.record, self.trials, kind, parameters)

    def undo(self, *, dry_run: bool = False) -> UndoneApply:
        """Put back what was there before the last :meth:`apply`; again, before the one before it.

        Raises
        ------
        ApplyError
            When there is none, or a file was edited since; nothing was undone.
        """
        from nnic.apply.undo_last import undo_last

        return undo_last(self.home / "experiments", self._name, dry_run=dry_run)
