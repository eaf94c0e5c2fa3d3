"""``nnic run``: compile a script and search it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nnic.cli.answers import import_file, print_problems
from nnic.cli.app import Format, FormatOption, app
from nnic.cli.arguments import EarlierOption, parse_assignments, parse_duration
from nnic.cli.device_options import (
    ActiveGpusOption,
    CpusOption,
    GpuIdsOption,
    GpusOption,
    TrialsPerGpuOption,
    device_settings,
)
from nnic.cli.direction import settle_direction, turn_if_asked
from nnic.cli.errors import CommandError, UsageError
from nnic.cli.experiments import tell_home
from nnic.cli.findings import print_wanted, summarize_wanted
from nnic.cli.python_option import PythonOption, choose_python, tell_python
from nnic.cli.run_words import ScriptCommand, is_command, split_words
from nnic.cli.session import finish, keep_result_clean
from nnic.screens.choosing import make_screen

if TYPE_CHECKING:
    from nnic.api import Compilation
    from nnic.experiment import Experiment

DEFAULT_TRIALS = 50  # as in nnic.experiment, which is loaded when the command runs


class Share(StrEnum):
    """What trials have in common."""

    IMPORTS = "imports"
    PREFIX = "prefix"
    OFF = "off"


@app.command(cls=ScriptCommand)
def run(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[SCRIPT] [-- ARGS or COMMAND]",
            help="The script, then its own arguments after --; or after -- a command that starts the script, "
            "such as torchrun --nproc_per_node 2 train.py.",
        ),
    ],
    named_script: Annotated[
        str | None,
        typer.Option(
            "--script", metavar="PATH", help="The script that COMMAND starts, where COMMAND does not name it."
        ),
    ] = None,
    module: Annotated[
        bool, typer.Option("-m", "--module", help="SCRIPT is the dotted name of a module, as for python -m.")
    ] = False,
    tuner: Annotated[
        str,
        typer.Option(
            help="What proposes values: auto, a name that nnic tuners lists, package.module:Class or "
            "FILE.py:Class."
        ),
    ] = "auto",
    tuner_arg: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="An option of the tuner. May be repeated.")
    ] = None,
    assessor: Annotated[
        str,
        typer.Option(
            help="What stops poor trials early: medianstop, curvefitting, asha, percentile, patience, "
            "threshold, none, package.module:Class or FILE.py:Class."
        ),
    ] = "none",
    assessor_arg: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="An option of the assessor. May be repeated."),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            min=1, help=f"How many configurations to try. [default: {DEFAULT_TRIALS}, no limit with --time]"
        ),
    ] = None,
    time: Annotated[str | None, typer.Option(help="When to stop, such as 90s, 30m or 2h.")] = None,
    trial_time: Annotated[
        str | None,
        typer.Option(
            "--trial-time", help="How long a trial may run, such as 90s or 10m. It fails when it runs longer."
        ),
    ] = None,
    linger: Annotated[
        str,
        typer.Option(help="How long threads and processes may go on after the script of a trial has ended."),
    ] = "30s",
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="How many trials run at once. [default: 1, or as many as there are GPUs or CPUs for]",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What the run is called. [default: SCRIPT-4 digits]"),
    ] = None,
    maximize: Annotated[
        bool | None,
        typer.Option(
            "--maximize/--minimize",
            help="Which way the reported metric is better. [default: maximize; a metric that looks like a "
            "loss is asked about]",
            show_default=False,
        ),
    ] = None,
    warm_start: Annotated[
        list[str] | None,
        typer.Option(metavar="EXP", help="An earlier experiment to learn from. May be repeated."),
    ] = None,
    imported: Annotated[
        list[Path] | None,
        typer.Option(
            "--import",
            metavar="FILE",
            help="A file with earlier results, as for nnic import. May be repeated.",
        ),
    ] = None,
    earlier: EarlierOption = None,
    enqueue: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'NAME=VALUE ...'",
            help="Values to try first. The other values are the script's own. May be repeated.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            min=0, help="With the same seed, the tuner makes the same proposals on the same kind of machine."
        ),
    ] = 0,
    space: Annotated[
        Path | None, typer.Option(help="A search space in NNI's JSON, for a script without annotations.")
    ] = None,
    code_dir: Annotated[
        Path | None,
        typer.Option(
            help="The folder of all files of the program. [default: the folder of the script or package]"
        ),
    ] = None,
    python: PythonOption = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Continue when the script's own values fail in trial 0.")
    ] = False,
    gpus_per_trial: GpusOption = None,
    gpu_ids: GpuIdsOption = None,
    max_trials_per_gpu: TrialsPerGpuOption = None,
    use_active_gpus: ActiveGpusOption = False,
    cpus_per_trial: CpusOption = None,
    share: Annotated[
        Share,
        typer.Option(
            help="What is done once for all trials. imports: the imports at the beginning of the script. "
            "prefix: all that the script does before its first value, such as loading data. off: nothing. "
            "Where nothing can be shared, the run says why, and each trial is an ordinary process."
        ),
    ] = Share.IMPORTS,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print only the result.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Search for better values than the script's own.

    Trial 0 runs the script with its own values; every result is compared with it. Ctrl-C once lets the
    running trials end, Ctrl-C twice stops them. A stopped run can be continued: nnic resume.
    """
    from nnic.experiment import Experiment

    script, arguments, command = split_words(words, is_command(context), named_script, module)
    time_s = None if time is None else parse_duration(time)
    if command and python is not None:
        raise UsageError("--python is for a script that nnic starts; a command has the Python that it names")
    chosen = choose_python(python, script or ".", module)
    tuner_options = parse_assignments("--tuner-arg", tuner_arg or ())
    assessor_options = parse_assignments("--assessor-arg", assessor_arg or ())
    experiment = Experiment(
        script,
        arguments,
        module=module,
        command=command,
        space=space,
        code_dir=code_dir,
        name=name,
        python=chosen.path,
        tuner=tuner,
        tuner_options=tuner_options,
        warm_start=warm_start or (),
        earlier=parse_assignments("--earlier", earlier or ()),
        assessor=None if assessor == "none" else assessor,
        assessor_options=assessor_options,
        time_s=time_s,
        trial_time_s=None if trial_time is None else parse_duration(trial_time, "--trial-time"),
        linger_s=parse_duration(linger, "--linger"),
        jobs=jobs,
        **device_settings(gpus_per_trial, gpu_ids, max_trials_per_gpu, use_active_gpus, cpus_per_trial),
        seed=seed,
        keep_going=keep_going,
        share=share.value,
        trials=trials if trials is not None or time_s is not None else DEFAULT_TRIALS,
    )
    if maximize is not None:
        experiment.settings["maximize"] = maximize
    script = experiment.script
    if command:
        _tell_of_command(experiment, share)
    compilation = _compile(experiment)
    experiment.check_failing()
    if warm_start:
        _tell_of_earlier(experiment, warm_start)
    settle_direction(experiment)
    _ask_beforehand(experiment, imported or (), enqueue or (), earlier or ())
    if experiment.overrides:
        print(f"nnic: trials of {script} get their values as overrides of Hydra", file=sys.stderr)
    elif not any(file.annotated for file in compilation.files):
        print(
            f"nnic: {script} has no annotations, so trial #0 gets no values: if it has none of its own\n"
            "  (params = {...}; params.update(nni.get_next_parameter())), it fails and the search goes on",
            file=sys.stderr,
        )
    _tell_of_promotions(script, compilation, tuner, assessor)
    if not quiet and not command:
        tell_python(chosen)
    tell_home(experiment.home, Path.cwd() if experiment.module else Path(script))
    screen = make_screen(quiet)
    with keep_result_clean(experiment):
        result = experiment.run(screen)
        result = turn_if_asked(experiment, result, screen)
    raise typer.Exit(finish(experiment, result, format, screen, summarize_wanted(compilation.diagnostics)))


def _tell_of_command(experiment: Experiment, share: Share) -> None:
    """Say which script was found in a command, and what does not go with one."""
    if share is Share.PREFIX:
        raise UsageError("--share prefix needs a script that Python starts; a command's trials share nothing")
    print(
        f"nnic: tunes {experiment.script}, which the command starts; each trial runs the whole command, and "
        "trials share no imports",
        file=sys.stderr,
    )


def _compile(experiment: Experiment) -> Compilation:
    """Compile what is to be searched, and print the findings."""
    from nnic.experiment import AllFixedError, NothingOpenError

    try:
        compilation = experiment.compile()
    except AllFixedError as error:
        raise CommandError(str(error)) from None
    except NothingOpenError as error:
        raise CommandError(
            f"{error}.\n  Annotate one, as in\n      lr = 0.1  # @nni.loguniform(1e-4, 1e-1)\n"
            "  or, where it calls nni.get_next_parameter(), give the space: --space search_space.json"
        ) from None
    print_wanted(compilation.diagnostics)
    return compilation


def _ask_beforehand(
    experiment: Experiment, files: Sequence[Path], enqueued: Sequence[str], earlier: Sequence[str]
) -> None:
    """Keep what the run is to begin with: results from files, and values of the user's own."""
    for file in files:
        import_file(experiment, file, parse_assignments("--earlier", earlier))
    for text in enqueued:
        try:
            experiment.enqueue(parse_assignments("--enqueue", shlex.split(text)), as_text=True)
        except ValueError as error:
            raise UsageError(f"--enqueue {text!r}: {error}") from None


def _tell_of_earlier(experiment: Experiment, names: list[str]) -> None:
    """Say what is taken from earlier experiments, and the direction, where nobody said another one."""
    from nnic.runtime.errors import ExplainedError, UnknownNameError
    from nnic.runtime.text import counted

    asked = experiment.settings.get("maximize") is not None
    try:
        found = experiment.earlier_results()
    except UnknownNameError as error:
        raise CommandError(f"{error} (in {experiment.home})") from None
    except (ExplainedError, ValueError) as error:
        raise CommandError(str(error)) from None
    print_problems(found, f"--warm-start {', '.join(names)}")
    way = "maximizes" if experiment.settings["maximize"] else "minimizes"
    text = counted(len(found.results), "earlier result is", "earlier results are")
    searched = "" if asked else f"; the run {way} its metric, as {names[0]} did"
    print(f"nnic: {text} told to the tuner{searched}", file=sys.stderr)


def _tell_of_promotions(script: str, compilation: Compilation, tuner: str, assessor: str) -> None:
    program = compilation.program
    if program is None or program.fidelity is None or program.checkpoint:
        return
    if tuner == "auto":
        from nnic.tuners.protocol import Problem
        from nnic.tuners.search.auto_rules import choose_plan

        plan = choose_plan(Problem(program.space, fidelity=program.fidelity), budgets=assessor == "none")
        tuner = plan.first
    if _starts_from_zero(tuner):
        text = f"so a trial that {tuner} gives a larger budget starts from zero"
        print(f"nnic: {script} has no @nni.checkpoint, {text}", file=sys.stderr)


def _starts_from_zero(tuner: str) -> bool:
    """Return whether a tuner promotes trials also of a program without a checkpoint.

    One that can't be loaded is none: the run itself says what is wrong with it.
    """
    from nnic.tuners.registry import tuner_abilities

    with keep_result_clean():
        try:
            abilities = tuner_abilities(tuner)
        except (Exception, SystemExit):
            return False
    return abilities.promotes and not abilities.needs_checkpoint
