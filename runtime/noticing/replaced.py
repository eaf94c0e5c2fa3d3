"""Notices parameters whose values something replaces: two trials that were given others find the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnic.runtime.text import format_number
from nnic.tuners.space import SearchSpace, Value


class ReplacedValues:
    """What the first trials found under the names of their parameters, at their first reports."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._found: dict[int, tuple[Mapping[str, Value], Mapping[str, Value]]] = {}
        self._told: set[str] = set()

    def compare(self, trial: int, given: Mapping[str, Value], found: Mapping[str, Value]) -> Iterator[str]:
        """Return a sentence for each parameter that another trial got another value of and found the same."""
        for other, (others_given, others_found) in self._found.items():
            for key in sorted(found.keys() & others_found.keys() - self._told):
                if key not in given or key not in others_given or given[key] == others_given[key]:
                    continue
                if found[key] == others_found[key] and type(found[key]) is type(others_found[key]):
                    self._told.add(key)
                    yield self._describe(key, found[key], other, trial)
        self._found[trial] = (dict(given), dict(found))

    def _describe(self, key: str, value: Value, first: int, second: int) -> str:
        origin = self._space[key].origin
        place = "" if origin is None else f" ({origin.path}:{origin.line})"
        plain = isinstance(value, (bool, str)) or value is None
        shown = repr(value) if plain else format_number(float(value or 0), 6)
        return (
            f"{self._space.display_names()[key]}{place} was {shown} when trials #{first} and #{second} "
            "reported, although they were given other values. Something replaces it, such as a configuration "
            "file, so the values of the search may have no effect"
        )
