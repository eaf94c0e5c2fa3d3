"""Remembers where the last run that a folder saw wrote, where that is not the folder's own project.

So ``nnic best`` finds it after ``nnic run elsewhere/train.py``. It lies with the user's caches: without it
only this is lost.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from nnic.project.home import default_home

_NAME = "last-runs.json"
_MOST_KEPT = 500


def note_run(home: Path) -> None:
    """Remember that a run that was started here writes to ``home``."""
    place = _place()
    if place is None:
        return
    here = os.path.realpath(Path.cwd())
    found = _read(place)
    earlier = found.pop(here, None)
    away = os.path.realpath(home) != os.path.realpath(default_home(Path(here)))
    if away:
        found[here] = os.fspath(home.absolute())
    if away or earlier is not None:
        _write(place, dict(list(found.items())[-_MOST_KEPT:]))


def homes_here() -> list[Path]:
    """Return where commands that are called here look for experiments, the first place first.

    ``NNIC_HOME`` alone where it is set. Else where the last run that was started here wrote, and the project
    around the working directory; where that has nothing, too, where a run wrote that was started in a folder
    above.
    """
    chosen = os.environ.get("NNIC_HOME")
    if chosen:
        return [Path(chosen).absolute()]
    here = Path.cwd()
    place = _place()
    noted = {} if place is None else _read(place)
    found = [noted[folder] for folder in _upwards(here) if folder in noted]
    own = default_home(here)
    if os.path.realpath(here) not in noted:
        return list(dict.fromkeys([own, *map(Path, found)]))
    return list(dict.fromkeys([Path(found[0]), own, *map(Path, found[1:])]))


def _upwards(here: Path) -> list[str]:
    folder = Path(os.path.realpath(here))
    return [os.fspath(above) for above in (folder, *folder.parents)]


def _place() -> Path | None:
    from platformdirs import user_cache_dir

    folder = user_cache_dir("nnic", appauthor=False)
    return Path(folder, _NAME) if os.path.isabs(folder) else None


def _read(place: Path) -> dict[str, str]:
    try:
        found = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {k: v for k, v in found.items() if isinstance(k, str) and isinstance(v, str)}


def _write(place: Path, found: dict[str, str]) -> None:
    aside = place.with_name(f"{place.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(found), encoding="utf-8")
        os.replace(aside, place)
