"""Tuners and assessors that other installed distributions bring, by their entry points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from nnic.tuners.loading import check_class


@dataclass(frozen=True, slots=True)
class Plugin:
    """What a distribution announces; nothing of it has been imported."""

    point: EntryPoint

    @property
    def name(self) -> str:
        """What ``--tuner`` calls it."""
        return self.point.name

    @property
    def origin(self) -> str:
        """The distribution and its version."""
        distribution = self.point.dist
        return "a distribution" if distribution is None else f"{distribution.name} {distribution.version}"

    def load(self, word: str, methods: Sequence[str]) -> type[Any]:
        """Import the class.

        Raises
        ------
        ValueError
            When it can't be imported, or is no class with these methods; the message names the distribution.
        """
        try:
            cls = self.point.load()
        except (Exception, SystemExit) as error:
            raise ValueError(
                f"the {word} {self.name!r} of {self.origin} ({self.point.value}) can't be loaded: "
                f"{type(error).__name__}: {error}"
            ) from error
        return check_class(cls, f"the entry point {self.name!r} of {self.origin}", word, methods)


def list_plugins(group: str) -> tuple[Plugin, ...]:
    """What installed distributions announce in a group, by name."""
    found = {(point.name, point.value): Plugin(point) for point in entry_points(group=group)}
    return tuple(found[key] for key in sorted(found))


def find_plugin(group: str, name: str, word: str) -> Plugin | None:
    """The plug-in of this name, ``None`` when there is none.

    Raises
    ------
    ValueError
        When several distributions announce it.
    """
    found = [plugin for plugin in list_plugins(group) if plugin.name == name]
    if len(found) > 1:
        origins = " and ".join(f"{plugin.origin} ({plugin.point.value})" for plugin in found)
        raise ValueError(
            f"several {word}s are called {name!r}: {origins}; uninstall one, or name the class itself"
        )
    return found[0] if found else None
