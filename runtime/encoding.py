"""JSON in which non-finite numbers survive.

``nan`` and the infinities are legal metrics but not legal JSON; they travel and are stored as
``{"$float": "nan"}``, ``{"$float": "inf"}`` and ``{"$float": "-inf"}``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

_NAMES = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def encode(value: Any) -> Any:
    """``value`` with every non-finite float replaced by its marked form."""
    if isinstance(value, (str, int, type(None))):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return {"$float": "nan" if value != value else "inf" if value > 0 else "-inf"}
    if isinstance(value, Mapping):
        return {str(key): encode(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(entry) for entry in value]
    return value


def _decode_object(data: dict[str, Any]) -> Any:
    if len(data) == 1 and "$float" in data:
        number = _NAMES.get(data["$float"]) if isinstance(data["$float"], str) else None
        return data if number is None else number
    return data


def _reject_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_ENCODE = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_DECODER = json.JSONDecoder(object_hook=_decode_object, parse_constant=_reject_constant)


def dumps(value: Any) -> str:
    """One line of JSON text."""
    return _ENCODE(encode(value))


def loads(text: str) -> Any:
    """Inverse of :func:`dumps`.

    Raises
    ------
    ValueError
        When ``text`` is not JSON, bare ``NaN`` and ``Infinity`` included.
    """
    if text in ("{}", "[]"):  # A store of many trials holds mostly these.
        return {} if text == "{}" else []
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None
