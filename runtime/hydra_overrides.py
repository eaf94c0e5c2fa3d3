"""Values as Hydra reads them from a command line."""

from __future__ import annotations

from collections.abc import Mapping

from nnic.tuners.space import Value


def overrides(parameters: Mapping[str, Value]) -> tuple[str, ...]:
    """Return an argument ``name=value`` for each parameter."""
    return tuple(f"{key}={_written(value)}" for key, value in parameters.items())


def _written(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # In quotes only a quote, and the backslashes before one, have a meaning; else all is text.
        text = value.replace("\\'", "\\\\'").replace("'", "\\'")
        ends = len(text) - len(text.rstrip("\\"))
        return f"'{text}{chr(92) * ends}'"
    return repr(value)
