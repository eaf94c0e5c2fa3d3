"""The options of ``nnic run`` that say what a trial runs on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from nnic.cli.errors import UsageError

GpusOption = Annotated[
    float | None,
    typer.Option(
        "--gpus-per-trial",
        min=0,
        metavar="NUMBER",
        help="GPUs of each trial: 1, 2, or a part of one such as 0.5; 0 hides them. "
        "[default: trials see the GPUs that you see]",
    ),
]
GpuIdsOption = Annotated[
    str | None,
    typer.Option(
        "--gpu-ids",
        metavar="ID,...",
        help="GPUs to use: numbers of nvidia-smi, UUIDs or their beginnings. [default: those of "
        "CUDA_VISIBLE_DEVICES, or all]",
    ),
]
TrialsPerGpuOption = Annotated[
    int | None,
    typer.Option(
        "--max-trials-per-gpu",
        min=1,
        metavar="N",
        help="Trials that share a whole GPU, as far as its memory reaches by what earlier trials took. "
        "[default: 1; as many parts as fit]",
    ),
]
ActiveGpusOption = Annotated[
    bool,
    typer.Option("--use-active-gpus", help="Use GPUs that other programs compute on, too."),
]
CpusOption = Annotated[
    int | None,
    typer.Option(
        "--cpus-per-trial",
        min=1,
        metavar="N",
        help="CPUs of each trial, and the threads of its libraries. [default: with --jobs, all CPUs divided "
        "by it, unless OMP_NUM_THREADS is set]",
    ),
]


def device_settings(
    gpus_per_trial: float | None,
    gpu_ids: str | None,
    max_trials_per_gpu: int | None,
    use_active_gpus: bool,
    cpus_per_trial: int | None,
) -> dict[str, Any]:
    """Return the settings of a run that these options make.

    Raises
    ------
    UsageError
        When they contradict each other.
    """
    from nnic.runtime.demand import make_demand, parse_ids

    ids = parse_ids(gpu_ids or ())
    try:
        make_demand(gpus_per_trial, ids, max_trials_per_gpu, use_active_gpus, cpus_per_trial)
    except ValueError as error:
        raise UsageError(_as_typed(str(error))) from None
    return {
        "gpus_per_trial": gpus_per_trial,
        "gpu_ids": ids,
        "max_trials_per_gpu": max_trials_per_gpu,
        "use_active_gpus": use_active_gpus,
        "cpus_per_trial": cpus_per_trial,
    }


def _as_typed(message: str) -> str:
    """Name the options of the command line where the message names settings."""
    for name in ("gpus_per_trial", "max_trials_per_gpu", "cpus_per_trial"):
        message = message.replace(name, "--" + name.replace("_", "-"))
    return message
