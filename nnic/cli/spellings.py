"""Options as other tools spell them, and options of the script: the command that was meant."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence

# The words of Optuna, Ray Tune, Weights & Biases, NNI, Hyperopt and scikit-learn, and ours.
_ELSEWHERE = {
    "--trials": "n-trials num-trials num-samples count max-trials max-trial-number n-iter max-evals budget "
    "run-cap max-trial-num",
    "--jobs": "n-jobs parallel parallelism workers num-workers max-concurrent max-concurrent-trials "
    "trial-concurrency max-parallel concurrency",
    "--time": "timeout max-time time-budget time-budget-s max-duration max-experiment-duration duration "
    "time-limit",
    "--trial-time": "trial-timeout max-trial-duration",
    "--tuner": "sampler search-alg algorithm algo method strategy searcher optimizer",
    "--assessor": "pruner scheduler early-stopping early-terminate",
    "--name": "study-name study experiment-name experiment sweep-name run-name",
    "--space": "search-space param-space parameters",
    "--seed": "random-state random-seed",
    "--gpus-per-trial": "gpus gpu num-gpus gpu-per-trial trial-gpu-number",
    "--cpus-per-trial": "cpus cpu num-cpus cpu-per-trial",
    "--format": "output-format",
    "--out": "output output-file",
    "--dry-run": "dryrun dry",
    "--yes": "force",
    "--follow": "tail watch",
    "--quiet": "silent",
}
_OURS = {f"--{word}": ours for ours, words in _ELSEWHERE.items() for word in words.split()}
_DIRECTIONS = ("--direction", "--mode", "--goal", "--objective")
_FILES = ("--config", "--config-file", "--config-path")
_WAYS = {"min": "--minimize", "max": "--maximize"}


def explain_option(
    command: str, option: str, arguments: Sequence[str], known: Collection[str], takes_script: bool
) -> str:
    """Return what to type instead of an option that the command does not have; ``""`` for no idea.

    Parameters
    ----------
    arguments
        All that was typed behind the command.
    known
        The options of the command.
    takes_script
        Whether the command has arguments of a script, behind ``--``.
    """
    typed = list(arguments)
    if option in _DIRECTIONS and "--minimize" in known:
        return _direction(command, option, typed)
    if option in _FILES and "--space" in known:
        return (
            "A run has no configuration file: its options are typed, and the search space is in the script.\n"
            "A search space in NNI's JSON: --space FILE"
        )
    ours = _OURS.get(option)
    if ours is not None and ours in known:
        return f"Here it is {ours}: {shlex.join(['nnic', command, *_renamed(typed, option, ours)])}"
    if takes_script:
        meant = ["nnic", command, *_behind_dashes(typed, known)]
        return f"Options of the script come after --: {shlex.join(meant)}"
    return ""


def _renamed(typed: Sequence[str], option: str, ours: str) -> Iterator[str]:
    for word in typed:
        name, equals, value = word.partition("=")
        yield f"{ours}{equals}{value}" if name == option else word


def _direction(command: str, option: str, typed: list[str]) -> str:
    """Return the command with ``--minimize`` or ``--maximize`` in the place of ``--direction minimize``."""
    position = next(place for place, word in enumerate(typed) if word.partition("=")[0] == option)
    _, equals, value = typed[position].partition("=")
    rest = typed[position + 1 :]
    if not equals and rest:
        value, *rest = rest
    way = _WAYS.get(value.lower()[:3])
    if way is None:
        return "Here it is --minimize or --maximize"
    return f"Here it is {way}: {shlex.join(['nnic', command, *typed[:position], way, *rest])}"


def _behind_dashes(typed: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the arguments with the options that are not ours, and their values, behind ``--``."""
    ahead, behind = list(typed), []
    if "--" in ahead:
        place = ahead.index("--")
        ahead, behind = ahead[:place], ahead[place + 1 :]
    kept: list[str] = []
    moved: list[str] = []
    target = kept
    for word in ahead:
        if word.startswith("-") and len(word) > 1:
            name = word.partition("=")[0]
            target = kept if name in known or (name[:2] in known and not word.startswith("--")) else moved
            target.append(word)
        else:
            target.append(word)
            target = kept
    return [*kept, "--", *moved, *behind]
