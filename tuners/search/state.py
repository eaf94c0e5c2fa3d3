"""Saved states of tuners: plain JSON values, with arrays in one npz; never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

_META = "__state__"


def pack(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Put JSON values and arrays into bytes; the inverse of :func:`unpack`."""
    buffer = BytesIO()
    columns: dict[str, Any] = {_META: np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8), **arrays}
    np.savez(buffer, **columns)
    return buffer.getvalue()


def unpack(state: bytes, kind: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Take apart what :func:`pack` made.

    Raises
    ------
    ValueError
        When the bytes are no state, or not one whose ``meta["kind"]`` is ``kind``.
    """
    try:
        with np.load(BytesIO(state), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta: dict[str, Any] = json.loads(bytes(arrays.pop(_META)))
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise ValueError(f"this is not a saved state of a tuner: {error}") from error
    if meta.get("kind") != kind:
        raise ValueError(f"this is a state of {meta.get('kind')!r}, not of {kind!r}")
    return meta, arrays


def parse_state(state: bytes, kind: str) -> Mapping[str, Any]:
    """Read a state that is JSON alone.

    Raises
    ------
    ValueError
        When the bytes are no state, or that of another tuner.
    """
    try:
        data = json.loads(state)
    except ValueError as error:
        raise ValueError(f"this is not a saved state of a tuner: {error}") from None
    if not isinstance(data, dict) or data.get("kind") != kind:
        raise ValueError(f"this is not a saved state of {kind}")
    return data
