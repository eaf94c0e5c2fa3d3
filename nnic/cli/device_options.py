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
        help="How many GPUs each trial has: 1, 2, or a part of one such as 0.5. With 0 it has none. "
        "[default: trials see the same GPUs as you]",
    ),
]
GpuIdsOption = Annotated[
    str | None,
    typer.Option(
        "--gpu-ids",
        metavar="ID,...",
        help="The GPUs to use: their numbers in nvidia-smi, or the beginnings of their UUIDs. "
        "[default: those of CUDA_VISIBLE_DEVICES, or all]",
    ),
]
TrialsPerGpuOption = Annotated[
    int | None,
    typer.Option(
        "--max-trials-per-gpu",
        min=1,
        metavar="N",
        help="How many trials may share a GPU. Fewer do when earlier trials needed too much memory for that. "
        "[default: 1; as many parts as fit]",
    ),
]
ActiveGpusOption = Annotated[
    bool,
    typer.Option("--use-active-gpus", help="Also use GPUs on which other programs compute."),
]
CpusOption = Annotated[
    int | None,
    typer.Option(
        "--cpus-per-trial",
        min=1,
        metavar="N",
        help="How many CPUs each trial has, which is also the number of threads of its libraries. [default: "
        "with --jobs, all CPUs divided by it, unless OMP_NUM_THREADS is set]",
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
