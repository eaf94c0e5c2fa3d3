"""``[tool.nnic]`` of the nearest ``pyproject.toml``: what a project says about its checks.

Paths and patterns are relative to the folder of that file; patterns are those of ``.gitignore``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnic.findings.selection import Selection, check_code
from nnic.runtime.errors import WrongInputError

if TYPE_CHECKING:
    from nnic.project.ignore_files import IgnoreFile

_NAME = "pyproject.toml"


class ConfigError(WrongInputError):
    """The configuration can't be meant; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a project configures.

    Parameters
    ----------
    folder
        Where its ``pyproject.toml`` is; ``None`` when there is none.
    selection
        ``select`` and ``ignore``.
    per_file_ignores
        Patterns, each with codes that the files it fits are not told.
    exclude
        Patterns of files and folders that are not searched.
    roots
        Further folders that the program imports from.
    python
        The Python that runs trials: an absolute path, or a name that is looked for on ``PATH``.
    """

    folder: Path | None = None
    selection: Selection = field(default_factory=Selection)
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] = ()
    roots: tuple[Path, ...] = ()
    python: str | None = None

    def selection_for(
        self, file: Path, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()
    ) -> Selection:
        """What is reported of ``file``; codes to ``select`` stand in for those of the project, codes to
        ``ignore`` join them."""
        own = self.selection
        selection = Selection(select, ignore) if select else replace(own, ignore=(*own.ignore, *ignore))
        for pattern, codes in self.per_file_ignores:
            if self._fits((pattern,), file):
                selection = selection.ignoring(codes)
        return selection

    def excludes(self, file: Path) -> bool:
        """Return whether ``file``, or a folder that holds it, is excluded."""
        return bool(self.exclude) and self._fits(self.exclude, file)

    def _fits(self, patterns: tuple[str, ...], file: Path) -> bool:
        from nnic.project.ignore_files import is_ignored

        file = file.absolute()
        if self.folder is None or not file.is_relative_to(self.folder):
            return False
        rules = (_rules_of(patterns),)
        path = file.relative_to(self.folder)
        above = [folder for folder in path.parents if folder != Path()]
        return is_ignored(bytes(path), False, rules) or any(
            is_ignored(bytes(folder), True, rules) for folder in above
        )


@cache
def _rules_of(patterns: tuple[str, ...]) -> IgnoreFile:
    from nnic.project.ignore_files import IgnoreFile

    return IgnoreFile(b"", os.fsencode("\n".join(patterns)))


def config_for(path: Path) -> Config:
    """Return the configuration of the nearest folder at or above ``path`` that has one.

    Raises
    ------
    ConfigError
        When it can't be read, or says what can't be meant.
    """
    absolute = path.absolute()
    return _config_of(absolute if absolute.is_dir() else absolute.parent)


@cache
def _config_of(folder: Path) -> Config:
    file = folder / _NAME
    if file.is_file():
        config = read_config(file)
        if config is not None:
            return config
    return Config() if folder.parent == folder else _config_of(folder.parent)


def read_config(file: Path) -> Config | None:
    """Return what ``file`` says; ``None`` when it has no ``[tool.nnic]``.

    Raises
    ------
    ConfigError
        As for :func:`config_for`.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    if b"nnic" not in data:
        return None
    tool = _parse(file, data).get("tool")
    table = tool.get("nnic") if isinstance(tool, Mapping) else None
    if table is None:
        return None
    if not isinstance(table, Mapping):
        raise ConfigError(f"{file}: tool.nnic is a table, [tool.nnic]")
    config = Config(folder=file.parent.absolute())
    for key, value in table.items():
        try:
            if key not in _READERS:
                raise ValueError(f"there is no such key; known are {', '.join(sorted(_READERS))}")
            config = _READERS[key](config, value)
        except ValueError as error:
            raise ConfigError(f"{file}: [tool.nnic] {key}: {error}") from None
    return config


def _parse(file: Path, data: bytes) -> dict[str, Any]:
    import tomllib

    try:
        parsed: dict[str, Any] = tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise ConfigError(f"{file}: it is nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are ones
        raise ConfigError(f"{file}: {error}") from None
    return parsed


def _texts(value: Any, example: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"this must be a list of strings, such as {example}, not {value!r}")
    return tuple(value)


def _codes(value: Any) -> tuple[str, ...]:
    return tuple(check_code(code) for code in _texts(value, '["NNI202"]'))


def _select(config: Config, value: Any) -> Config:
    return replace(config, selection=replace(config.selection, select=_codes(value)))


def _ignore(config: Config, value: Any) -> Config:
    return replace(config, selection=replace(config.selection, ignore=_codes(value)))


def _per_file_ignores(config: Config, value: Any) -> Config:
    if not isinstance(value, Mapping):
        raise ValueError(f'this must be a table, such as {{"tests/*" = ["NNI202"]}}, not {value!r}')
    return replace(config, per_file_ignores=tuple((p, _codes(codes)) for p, codes in value.items()))


def _exclude(config: Config, value: Any) -> Config:
    return replace(config, exclude=_texts(value, '["generated/"]'))


def _roots(config: Config, value: Any) -> Config:
    assert config.folder is not None
    roots = []
    for text in _texts(value, '["src"]'):
        root = config.folder / text
        if not root.is_dir():
            raise ValueError(f"{text!r} is not a folder next to this file")
        roots.append(root.resolve())
    return replace(config, roots=tuple(roots))


def _python(config: Config, value: Any) -> Config:
    assert config.folder is not None
    if not isinstance(value, str) or not value:
        raise ValueError(f'this is a text, such as ".venv/bin/python", not {value!r}')
    place = config.folder / os.path.expanduser(value)
    return replace(config, python=os.fspath(place) if os.sep in value or place.exists() else value)


def _configs(config: Config, value: Any) -> Config:
    raise ValueError("annotated YAML files are not supported yet; remove the key")


_READERS: dict[str, Callable[[Config, Any], Config]] = {
    "select": _select,
    "ignore": _ignore,
    "per-file-ignores": _per_file_ignores,
    "exclude": _exclude,
    "roots": _roots,
    "python": _python,
    "configs": _configs,
}
