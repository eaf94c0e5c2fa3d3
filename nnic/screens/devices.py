"""What trials run on, in short."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from nnic.runtime.config import RunConfig
from nnic.runtime.store.records import DeviceRef, Wait
from nnic.runtime.threads import count_cpus, thread_limits, threads_per_trial


def format_gpus(devices: Iterable[DeviceRef]) -> str:
    """Return the numbers of GPUs: ``0``, ``0,1``, or ``0:1`` for a MIG instance; ``""`` for none."""
    return ",".join(device.number for device in devices)


def format_devices(config: RunConfig) -> str:
    """Return ``gpus=0.5 threads=2`` of each trial, each part where the run decides it, and a space behind."""
    asked = config.demand.gpus
    gpus = "" if asked is None else f"gpus={float(asked):g} "
    threads = threads_per_trial(config.demand, config.jobs, count_cpus())
    limits = thread_limits(threads, {**os.environ, **config.environment})
    return gpus + (f"threads={threads} " if limits else "")


def without_numbers(wait: Wait) -> str:
    """Return a reason without what changes all the time: sizes, and which trial of this run is before."""
    text = re.sub(r"[\d.]+ [MG]iB", "", wait.reason)
    if wait.trial is None:
        text = re.sub(r"another trial|trials? (#\d+(, | and )?)+", "trial", text)
        text = re.sub(r"(CPUs?): .*", r"\1", text)
    return f"{wait.trial} {text}"
