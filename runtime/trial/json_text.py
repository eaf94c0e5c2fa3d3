"""JSON for a trial, without the json module: its regular expressions would cost more than all else here."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Quote = Callable[[str], str]
    Scan = Callable[[str, int], tuple[object, int]]

_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_SAMPLE = '[{"a": [-1, 2.5e3, null, true]}, "\\u00e9\\n"]'
_MEANING = [{"a": [-1, 2500.0, None, True]}, "é\n"]


class _Settings:
    """What json.JSONDecoder() hands to the scanner."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None  # 3.15
    parse_float = float
    parse_int = int
    parse_constant = _CONSTANTS.__getitem__


def _choose() -> "tuple[Quote, Scan]":
    """The json module's own functions in C where they are as they were, else what the module offers."""
    try:
        from _json import encode_basestring_ascii, make_scanner

        scan: Scan = make_scanner(_Settings)  # type: ignore[arg-type]
        if scan(_SAMPLE, 0) == (_MEANING, len(_SAMPLE)) and encode_basestring_ascii("é\n") == '"\\u00e9\\n"':
            return encode_basestring_ascii, scan
    except Exception:  # they are private, so they may change in any way
        pass
    import json

    return json.dumps, json.JSONDecoder().raw_decode


_quote, _scan = _choose()


def parse(text: str) -> object:
    """Read one JSON value; numbers, strings and containers as ``json.loads`` gives them.

    Raises
    ------
    ValueError
        When the text is no JSON value.
    """
    text = text.strip()
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError(f"not JSON: {text[:60]!r}") from None
    if end != len(text):
        raise ValueError(f"not JSON after character {end}: {text[end : end + 60]!r}")
    return value


def dump(value: object) -> str:
    """Write plain values as ASCII JSON on one line, non-finite numbers as ``{"$float": "nan"}``.

    Raises
    ------
    TypeError
        For anything but None, bool, int, float, str, list, tuple and dictionaries of these.
    """
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _dump_float(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([dump(item) for item in value]) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join([f"{_quote(str(key))}: {dump(item)}" for key, item in value.items()]) + "}"
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _dump_float(value: float) -> str:
    if value - value == 0.0:
        return float.__repr__(value)
    name = "nan" if value != value else "inf" if value > 0 else "-inf"
    return f'{{"$float": "{name}"}}'
