"""Tuners and assessors by name.

A built-in one is an entry of the tables in ``entries.py``. Others come from an entry point (groups
``nnic.tuners`` and ``nnic.assessors``), a class path ``package.module:Class`` or a file
``my_tuner.py:MyTuner``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from nnic.tuners.abilities import Abilities, declared_abilities
from nnic.tuners.entries import ASSESSORS, TUNERS, Entry
from nnic.tuners.loading import EXTERNAL_HINT, load_class_path, load_file
from nnic.tuners.options import accepted_options, convert_options
from nnic.tuners.protocol import Assessor, Problem, Tuner


def list_tuners() -> tuple[Entry, ...]:
    """The built-in tuners, in the order in which they are shown."""
    return TUNERS


def list_assessors() -> tuple[Entry, ...]:
    """The built-in assessors, in the order in which they are shown."""
    return ASSESSORS


def find_tuner(spec: str) -> type[Any]:
    """The class of the tuner that ``spec`` names as for :func:`make_tuner`."""
    return _find(_TUNER, spec)


def tuner_abilities(spec: str) -> Abilities:
    """What the tuner can do that ``spec`` names as for :func:`make_tuner`; a built-in one is not imported.

    Raises
    ------
    ValueError
        When there is no such tuner, or its class declares something else than abilities.
    """
    entry = _find_entry(_TUNER, spec)
    return declared_abilities(_find(_TUNER, spec)) if entry is None else entry.abilities


def find_assessor(spec: str) -> type[Any]:
    """The class of the assessor that ``spec`` names as for :func:`make_assessor`."""
    return _find(_ASSESSOR, spec)


def make_tuner(spec: str, problem: Problem, options: Mapping[str, Any] | None = None) -> Tuner:
    """Build a tuner.

    Parameters
    ----------
    spec
        A name, ``package.module:Class``, or ``path/to/file.py[:Class]``.
    problem
        The problem that it is to solve.
    options
        The keyword arguments of its constructor; text is converted by their annotations. NNI's
        ``seed`` and ``optimize_mode`` are understood for every tuner.

    Raises
    ------
    ValueError
        The message names what is unknown or does not fit, and says what is accepted.
    """
    return cast(Tuner, _make(_TUNER, spec, problem, options or {}))


def make_assessor(spec: str, problem: Problem, options: Mapping[str, Any] | None = None) -> Assessor:
    """Build an assessor; parameters and errors are those of :func:`make_tuner`."""
    return cast(Assessor, _make(_ASSESSOR, spec, problem, options or {}))


@dataclass(frozen=True, slots=True)
class _Kind:
    word: str
    table: tuple[Entry, ...]
    group: str
    methods: tuple[str, ...]


_TUNER = _Kind("tuner", TUNERS, "nnic.tuners", ("suggest", "observe"))
_ASSESSOR = _Kind("assessor", ASSESSORS, "nnic.assessors", ("assess",))


def _make(kind: _Kind, spec: str, problem: Problem, options: Mapping[str, Any]) -> object:
    cls = _find(kind, spec)
    problem, options = _common_options(spec, cls, problem, dict(options))
    return cls(problem, **convert_options(spec, cls, options))


def _find_entry(kind: _Kind, spec: str) -> Entry | None:
    wanted = _plain(spec)
    names = ((entry, _plain(name)) for entry in kind.table for name in (entry.name, *entry.aliases))
    return next((entry for entry, name in names if name == wanted), None)


def _find(kind: _Kind, spec: str) -> type[Any]:
    entry = _find_entry(kind, spec)
    if entry is not None:
        return entry.load()
    path, _, name = spec.rpartition(":")
    if spec.endswith(".py") or path.endswith(".py"):
        return load_file(path or spec, name if path else "", kind.word, kind.methods)
    if path:
        return load_class_path(path, name, kind.word, kind.methods)
    from nnic.tuners.plugins import find_plugin, list_plugins

    plugin = find_plugin(kind.group, spec, kind.word)
    if plugin is not None:
        return plugin.load(kind.word, kind.methods)
    raise ValueError(_unknown(kind, spec, {plugin.name for plugin in list_plugins(kind.group)}))


def _unknown(kind: _Kind, spec: str, others: Iterable[str]) -> str:
    names = [entry.name for entry in kind.table] + sorted(others)
    close = difflib.get_close_matches(spec.lower(), names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return f"there is no {kind.word} {spec!r}{hint} There are {', '.join(names)}. {EXTERNAL_HINT}"


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _common_options(
    spec: str, cls: type[Any], problem: Problem, options: dict[str, Any]
) -> tuple[Problem, dict[str, Any]]:
    """Handle what NNI's classes took each for itself and a :class:`Problem` says for all."""
    accepted = accepted_options(cls)
    if "seed" in options and "seed" not in accepted:
        try:
            problem = replace(problem, seed=int(options.pop("seed")))
        except (TypeError, ValueError):
            raise ValueError(f"{spec}: seed must be an integer") from None
    if "optimize_mode" in options and "optimize_mode" not in accepted:
        mode = options.pop("optimize_mode")
        wanted = "maximize" if problem.objectives[0].maximize else "minimize"
        if mode not in ("maximize", "minimize"):
            raise ValueError(f"{spec}: optimize_mode is 'maximize' or 'minimize', got {mode!r}")
        if mode != wanted:
            raise ValueError(
                f"{spec}: optimize_mode is {mode!r}, but the experiment is set to {wanted}; "
                "the direction is set for the whole experiment"
            )
    return problem, options
