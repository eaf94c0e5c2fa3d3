"""The values of one trial in a JSON file, as a person or a program wrote them down."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnic.results.given_values import ValuesReader
from nnic.runtime.errors import WrongInputError
from nnic.runtime.reading import parse_json
from nnic.tuners.space import SearchSpace, Value


def read_params(path: Path, space: SearchSpace) -> dict[str, Value]:
    """Return the values in a JSON file by full key; parameters that have the script's own value are left out.

    The file holds names and values, where a name is a key or any unambiguous end of one; NNI's nested
    dictionaries with a ``_name``; or what ``nnic best --format json`` prints.

    Raises
    ------
    WrongInputError
        When the file can't be read or holds something else; or names every parameter that is unknown,
        missing, not there in this configuration or out of range.
    """
    data, is_own = _load(path)
    reader = ValuesReader(space)
    reader.read(data)
    config = reader.checked(is_own)
    if reader.problems:
        raise WrongInputError(f"{path}: " + "\n  ".join(reader.problems))
    return config


def _load(path: Path) -> tuple[Mapping[str, Any], bool]:
    """Return the names and values, and whether they are those of trial 0, of which some may be unknown."""
    try:
        data = parse_json(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WrongInputError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise WrongInputError(f"{path} is not JSON: {error}") from None
    if isinstance(data, Mapping) and isinstance(data.get("parameters"), Mapping) and "metric" in data:
        return data["parameters"], data.get("trial") == 0
    if not isinstance(data, Mapping):
        raise WrongInputError(
            f'{path} contains no values by name, such as {{"lr": 0.01}}; '
            "the output of nnic best --format json works too"
        )
    return data, False
