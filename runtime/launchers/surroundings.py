"""What a trial finds: its directory, its ``trial.json``, its environment."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from nnic.runtime.launchers import trial_document
from nnic.runtime.launchers.base import Launch
from nnic.runtime.trial import ranks

_SITE = Path(__file__).parent.parent / "trial" / "site"


def prepare(launch: Launch) -> None:
    """Create the attempt's directory with everything that the trial reads."""
    output = launch.directory / "output"
    output.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_earlier(launch)
    if launch.document.checkpoint:
        _prepare_checkpoint(Path(launch.document.checkpoint), launch.document.checkpoint_source)
    target = launch.directory / trial_document.FILE
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as stream:
        stream.write(trial_document.encode(launch.document))


def _remove_earlier(launch: Launch) -> None:
    """Take away what is there only when an older copy of the store was put back: this attempt begins once."""
    for name in ("metrics.jsonl", "output.log"):
        with contextlib.suppress(FileNotFoundError):
            (launch.directory / name).unlink()
    checkpoint = launch.document.checkpoint
    if checkpoint and launch.key.attempt == 0 and os.path.isdir(checkpoint):
        shutil.rmtree(checkpoint)


def _prepare_checkpoint(directory: Path, source: str) -> None:
    """Create a trial's checkpoint directory, as a copy of its parent's where it has one.

    The copy appears as a whole or not at all, so that a kill leaves no half of it.
    """
    if directory.exists():
        return
    if not source or not os.path.isdir(source):
        directory.mkdir(mode=0o700, parents=True)
        return
    aside = directory.with_name("checkpoint.copying")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(source, aside, symlinks=True)
    aside.rename(directory)


def trial_environment(launch: Launch, address: str) -> dict[str, str]:
    """The variables that are added to the manager's own."""
    output = str(launch.directory / "output")
    environment = dict(launch.environment)
    before = environment.get("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    environment.update(
        NNIC_TRIAL_DIR=str(launch.directory),
        NNIC_SOCKET=address,
        NNIC_OUTPUT_DIR=output,
        NNI_OUTPUT_DIR=output,
        NNIC_INHERITED_RANKS=ranks.inherited({**os.environ, **environment}),
        PYTHONPATH=f"{_SITE}{os.pathsep}{before}" if before else str(_SITE),
    )
    return environment
