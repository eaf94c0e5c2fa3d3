"""Reads a number out of whatever a script reports."""

from nnic.runtime.trial import json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXPECTED = "a metric is a number or a dict with a numeric 'default'"


class Metric:
    """A metric as it goes over the channel.

    Parameters
    ----------
    value
        The number that counts.
    metrics
        Further numbers by name.
    extra
        What else a dictionary held, JSON values.
    """

    def __init__(
        self, value: "int | float", metrics: "dict[str, int | float]", extra: "dict[str, object]"
    ) -> None:
        self.value = value
        self.metrics = metrics
        self.extra = extra


def read_metric(function: str, metric: object) -> Metric:
    """Read a metric that was given to ``function``.

    Raises
    ------
    TypeError
        When it is neither a number nor a dictionary.
    ValueError
        When it holds several numbers, or is a dictionary without a numeric ``default``.
    """
    if not isinstance(metric, dict):
        return Metric(_read_only_number(function, metric), {}, {})
    value = as_number(metric.get("default"))
    if value is None:
        names = ", ".join([repr(key) for key in metric])
        raise ValueError(f"{function} got a dict with the keys {_shorten(names)}; {EXPECTED}")
    metrics: dict[str, int | float] = {}
    extra: dict[str, object] = {}
    for key, item in metric.items():
        if key == "default":
            continue
        number = as_number(item)
        if number is not None:
            metrics[str(key)] = number
        elif _has_json(item):
            extra[str(key)] = item
    return Metric(value, metrics, extra)


def as_number(item: object) -> "int | float | None":
    """Unwrap a number, a numpy scalar or a tensor of one element; None for everything else."""
    if isinstance(item, float):
        return float(item)
    if isinstance(item, int):
        return _fit(int(item))
    if item is None or isinstance(item, (str, bytes, bytearray, complex, list, tuple, dict, set)):
        return None
    return _unwrap(item)


def _unwrap(item: "Any") -> "int | float | None":
    try:
        plain = item.item() if hasattr(item, "item") else float(item)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
    if isinstance(plain, float):
        return plain
    return _fit(int(plain)) if isinstance(plain, int) else None


def _fit(number: int) -> "int | float | None":
    """Keep what a reader's float can hold."""
    try:
        float(number)
    except OverflowError:
        return None
    return number


def _read_only_number(function: str, metric: "Any") -> "int | float":
    number = as_number(metric)
    if number is not None:
        return number
    kind = type(metric).__name__
    shape = getattr(metric, "shape", None)
    if shape is not None:
        raise ValueError(f"{function} got {kind} of shape {tuple(shape)}; {EXPECTED}")
    raise TypeError(f"{function} got {kind} {_shorten(_describe(metric))}; {EXPECTED}")


def _has_json(item: object) -> bool:
    try:
        json_text.dump(item)
    except (TypeError, RecursionError):
        return False
    return True


def _describe(metric: object) -> str:
    try:
        return repr(metric)
    except Exception as error:
        return f"(its repr raises {type(error).__name__})"


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
