"""The values of a search space as a person reads them: short names, options as their author wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnic.runtime.text import join_fitting
from nnic.screens.format import DIGITS, cells_of, cut_code, digits_apart, format_value
from nnic.tuners.space import SearchSpace, Value

MAX_CELL = 24
_NARROW = 9  # columns that a cut name keeps


class ShownSpace:
    """Shows the values of one search space; ``names`` has the short name of each parameter, by key."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.names = space.display_names()
        self._written = {
            parameter.key: parameter.origin.option_sources
            for parameter in space
            if parameter.origin is not None and len(parameter.origin.option_sources) == len(parameter.options)
        }

    def value(self, key: str, value: Value, width: int = MAX_CELL, digits: int = DIGITS) -> str:
        """Return one parameter's value in at most ``width`` columns.

        An option is shown as it was written, but for one with parameters of its own: ``svc(gamma=...)``
        says where they are, and they have values of their own.
        """
        written = self._written.get(key)
        if written and "..." not in str(value):
            option = self.space[key].option_of(value)
            if option is not None:
                return cut_code(" ".join(written[option].split()), width)
        return format_value(value, width, digits)

    def config(self, config: Mapping[str, Value], width: int | None = None) -> str:
        """Return ``lr=0.0024 hidden=220 opt="adam"`` in the order of ``config``; what does not fit into
        ``width`` columns is counted."""
        parts = [f"{self.names.get(key, key)}={self.value(key, value)}" for key, value in config.items()]
        return " ".join(parts) if width is None else join_fitting(parts, width)

    def column(self, key: str, configs: Iterable[Mapping[str, Value]]) -> list[str]:
        """Return the value of one parameter in each of several configurations, with as many digits as
        tell them apart; ``""`` where it has none."""
        found = [config.get(key) for config in configs]
        digits = digits_apart([value for value in found if isinstance(value, float)])
        present = [key in config for config in configs]
        return [self.value(key, value, digits=digits) if here else "" for value, here in zip(found, present)]

    def varying(self, configs: Iterable[Mapping[str, Value]]) -> list[str]:
        """Return the keys of the parameters that are not the same in all of ``configs``, in order; all
        keys where there is one configuration alone."""
        known = list(configs)
        keys = [parameter.key for parameter in self.space]
        if len(known) < 2:
            return keys
        return [key for key in keys if len({_identity(config, key) for config in known}) > 1]


def fitting(columns: Iterable[tuple[str, list[str]]], width: int) -> int:
    """Return how many of ``columns``, each a name and its cells, fit into ``width``, with two spaces before
    each; what is left needs room for a note that says so."""
    widths = [2 + max(map(cells_of, (name, *cells))) for name, cells in columns]
    if sum(widths) <= width:
        return len(widths)
    count = len(widths)
    while count and sum(widths[:count]) + 2 + len(more(len(widths) - count)) > width:
        count -= 1
    return count


def shortened(name: str, cells: Iterable[str]) -> str:
    """Return a column's name, cut where it is what makes the column wide."""
    width = max([_NARROW, *map(cells_of, cells)])
    return name if cells_of(name) <= width else f"{name[: width - 1]}…"


def more(count: int) -> str:
    """Return what stands for ``count`` columns that are not shown."""
    return f"+{count} more" if count else ""


def _identity(config: Mapping[str, Value], key: str) -> tuple[bool, str, Value]:
    return (key in config, type(config.get(key)).__name__, config.get(key))
