"""Which of the processes that work on one trial together speaks for it: the first rank.

Launchers tell a process its rank through its environment, and each has a name of its own for it. A process
group of torch or jax that is initialised in this process is asked first, since it is the surest.
"""

import os
import sys

# torchrun, accelerate, DeepSpeed; Horovod; Open MPI; MPICH, Intel MPI and PMIx; MVAPICH; IBM's jsrun; Flux;
# Cray's aprun; Paddle; Slurm. The first that is set decides.
GLOBAL = (
    "RANK",
    "HOROVOD_RANK",
    "OMPI_COMM_WORLD_RANK",
    "PMI_RANK",
    "PMIX_RANK",
    "MV2_COMM_WORLD_RANK",
    "JSM_NAMESPACE_RANK",
    "FLUX_TASK_RANK",
    "ALPS_APP_PE",
    "PADDLE_TRAINER_ID",
    "SLURM_PROCID",
)
# Lightning's launcher sets the first two and no other; the third is what it reads in place of the second.
PARTS = ("LOCAL_RANK", "NODE_RANK", "GROUP_RANK")
# The ranks that nnic itself was started with, as NAME=VALUE: they are not about the processes of a trial.
INHERITED = "NNIC_INHERITED_RANKS"
SIZES = ("WORLD_SIZE", "HOROVOD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_known: "dict[int, int]" = {}


def is_first() -> bool:
    """Whether this process is the first rank of its trial, or has no rank."""
    return rank() in (0, None)


def rank() -> "int | None":
    """This process' rank among those of its trial; ``None`` where nothing tells it."""
    found = _group_rank()
    if found is not None:
        # A script may leave its process group before it reports its result.
        _known[os.getpid()] = found
        return found
    if os.getpid() in _known:
        return _known[os.getpid()]
    return _environment_rank(os.environ)


def has_others() -> bool:
    """Whether other ranks are known to work on this trial."""
    group = _torch_group()
    if group is not None:
        return group.get_world_size() > 1  # type: ignore[no-any-return]
    inherited = _inherited(os.environ)
    sizes = [os.environ.get(name, "") for name in SIZES if name not in inherited]
    return any(size.isdecimal() and int(size) > 1 for size in sizes)


def inherited(environment: "Mapping[str, str]") -> str:
    """The value of :data:`INHERITED` for the trials of a manager with this environment."""
    names = (*GLOBAL, *PARTS, *SIZES)
    return " ".join(f"{name}={environment[name]}" for name in names if environment.get(name))


def _inherited(environment: "Mapping[str, str]") -> "set[str]":
    """The variables that have the value that nnic itself was started with."""
    pairs = [entry.partition("=") for entry in environment.get(INHERITED, "").split()]
    return {name for name, _, value in pairs if environment.get(name) == value}


def _environment_rank(environment: "Mapping[str, str]") -> "int | None":
    inherited = _inherited(environment)
    own = {
        name: int(environment[name])
        for name in (*GLOBAL, *PARTS)
        if name not in inherited and environment.get(name, "").isdecimal()
    }
    for name in GLOBAL:
        if name in own:
            return own[name]
    # Without the number of processes on each node this is no rank, but only the first one has 0.
    return max(own.values()) if own else _tensorflow_rank(environment.get("TF_CONFIG", ""))


def _group_rank() -> "int | None":
    group = _torch_group()
    if group is not None:
        return group.get_rank()  # type: ignore[no-any-return]
    jax = sys.modules.get("jax._src.distributed")
    state = getattr(jax, "global_state", None)
    if getattr(state, "client", None) is not None:
        found = getattr(state, "process_id", None)
        return found if isinstance(found, int) else None
    return None


def _torch_group() -> "Any":
    """``torch.distributed`` where this process is in a process group of it."""
    module: Any = sys.modules.get("torch.distributed")
    try:
        return module if module is not None and module.is_available() and module.is_initialized() else None
    except Exception:
        # It is being imported right now, or is no module of torch's.
        return None


def _tensorflow_rank(text: str) -> "int | None":
    """The rank that TensorFlow's ``TF_CONFIG`` states: the chief, or else the first worker, is 0."""
    if not text:
        return None
    from nnic.runtime.trial import json_text

    try:
        data: Any = json_text.parse(text)
        kind, index = data["task"]["type"], int(data["task"]["index"])
        has_chief = bool({"chief", "master"} & set(data.get("cluster", {})))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if kind in ("chief", "master"):
        return 0
    return index + has_chief if kind == "worker" else index + 1
