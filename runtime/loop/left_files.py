"""Says once of each file that trials reach each other by it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from nnic.runtime.launchers.metrics import LeftFile

ADVICE = (
    "Write such a file to the trial's own folder, which NNIC_OUTPUT_DIR names, or to the folder of "
    "@nni.checkpoint"
)


_CACHES = re.compile(r"/(joblib|[^/]*cache[^/]*)/")


class LeftFiles:
    """What a person reads about the files that trials leave to each other.

    Parameters
    ----------
    cwd
        Where trials run; paths are shown from there.
    """

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        self._told: set[str] = set()

    def describe(self, trial: int, found: LeftFile) -> str:
        """What to say of a file that a trial read; ``""`` for one that was spoken of before."""
        if found.path in self._told:
            return ""
        self._told.add(found.path)
        name = found.path
        if Path(name).is_relative_to(self._cwd):
            name = os.path.relpath(name, self._cwd)
        at = f" ({found.at})" if found.at else ""
        if found.left and _CACHES.search(found.path.lower()):
            return (
                f"trial {trial} used what an earlier trial had cached, {name}{at}. This is "
                "correct only if the result depends on no searched value, or if the cache's key has them all"
            )
        if found.left:
            said = f"trial {trial} read {name}{at}, which an earlier trial wrote"
            remove = f"Remove {name} before you search again. " if trial == 0 else ""
            return f"{said}, so it may have started from the state of that trial. {remove}{ADVICE}"
        said = f"trial {trial} read {name}{at}, which was there before, and then wrote it"
        return f"{said}, so each trial may start from the state of the one before it. {ADVICE}"
