"""The commands that are proposed to a person: each can be typed as it is printed."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence

from nnic.results.secrets import mask_secrets
from nnic.runtime.config import RunConfig

_VALUED = ("time_s", "trial_time_s", "jobs", "seed", "gpus_per_trial", "max_trials_per_gpu", "cpus_per_trial")
_DEFAULTS = {"jobs": 1, "seed": 0}
_FLAGS = ("keep_going", "use_active_gpus")


def command(verb: str, *words: object) -> str:
    """Return ``nnic VERB WORDS``, quoted for a shell where that is needed."""
    return shlex.join(["nnic", verb, *map(str, words)])


def retyped(typed: Sequence[str]) -> str:
    """Return the command of a run as it was typed, but for its name, which is taken now, and for secrets."""
    words: list[str] = []
    rest = list(typed)
    while rest and rest[0] != "--":
        word = rest.pop(0)
        if word == "--name" and rest:
            rest.pop(0)
        elif not word.startswith("--name="):
            words.append(word)
    return shlex.join(["nnic", *words, *mask_secrets(rest)])


def run_again(config: RunConfig, arguments: Sequence[str] | None = None) -> str:
    """Return the command that starts a run like this one anew, from its settings.

    Parameters
    ----------
    arguments
        The script's, in the place of those that it had.
    """
    words = list(config.argv[1:])
    script = words[:2] if words[:1] == ["-m"] else words[:1]
    behind = mask_secrets(words[len(script) :] if arguments is None else arguments)
    return command("run", *script, *_options(config), *(["--", *behind] if behind else []))


def _options(config: RunConfig) -> Iterator[str]:
    if config.tuner != "auto":
        yield from ("--tuner", config.tuner)
        yield from _assignments("--tuner-arg", config.tuner_options)
    if config.assessor:
        yield from ("--assessor", config.assessor)
        yield from _assignments("--assessor-arg", config.assessor_options)
    if not config.maximize:
        yield "--minimize"
    if config.trials not in (None, RunConfig.__dataclass_fields__["trials"].default):
        yield from ("--trials", str(config.trials))
    for name in _VALUED:
        value = getattr(config, name)
        if value is not None and value != _DEFAULTS.get(name):
            text = f"{value:g}s" if name.endswith("_s") else f"{value:g}"
            yield from (f"--{name.removesuffix('_s').replace('_', '-')}", text)
    if config.gpu_ids:
        yield from ("--gpu-ids", ",".join(config.gpu_ids))
    if not config.script and config.argv[0] != sys.executable:
        yield from ("--python", config.argv[0])
    for name in _FLAGS:
        if getattr(config, name):
            yield f"--{name.replace('_', '-')}"
    if config.share != "imports":
        yield from ("--share", config.share)


def _assignments(option: str, values: object) -> Iterator[str]:
    if isinstance(values, dict):
        for name, value in values.items():
            yield from (option, f"{name}={value}")
