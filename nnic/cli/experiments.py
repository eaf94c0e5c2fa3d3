"""Finding the experiment that a command is about, and JSON that any parser reads."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnic.cli.errors import NoExperimentError
from nnic.project import home_for

if TYPE_CHECKING:
    from nnic.runtime.reader import StoreReader


@contextmanager
def open_project() -> Iterator[StoreReader]:
    """Open the store of the project around the working directory.

    Raises
    ------
    NoExperimentError
        When there is none, or, inside the block, when an experiment or a trial is not in it.
    """
    from nnic.runtime.reader import StoreReader, UnknownExperimentError
    from nnic.runtime.schema import StoreError

    home = home_for(Path.cwd())
    if not (home / "nnic.db").exists():
        raise NoExperimentError(f"no experiments in {home}; start one: nnic run SCRIPT")
    try:
        with StoreReader(home) as reader:
            yield reader
    except UnknownExperimentError as error:
        raise NoExperimentError(f"{error.args[0]} (in {home})") from None
    except StoreError as error:
        raise NoExperimentError(str(error)) from None


def print_json(value: Any) -> None:
    """Print ``value`` on standard output; a float that is not finite becomes a string."""
    print(json.dumps(_plain(value), indent=2, ensure_ascii=False))


def iso_time(seconds: float | None) -> str | None:
    """Return Unix seconds as ISO 8601 in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value
