"""Loads a user's own class from a module that can be imported, or from a file."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

EXTERNAL_HINT = "Your own: 'package.module:Class', or a file, 'my_file.py:MyClass'."


def load_class_path(module_name: str, class_name: str, word: str, methods: Sequence[str]) -> type[Any]:
    """Import ``module_name`` and take ``class_name`` from it.

    Raises
    ------
    ValueError
        When the module is not found or holds no such class. An error inside the module is raised
        as it is.
    """
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise ValueError(
            f"no module {error.name!r} for the {word} {module_name}:{class_name}. {EXTERNAL_HINT}"
        ) from None
    return _class_of(module, class_name, module_name, word, methods)


def load_file(path: str, class_name: str, word: str, methods: Sequence[str]) -> type[Any]:
    """Run the file ``path`` and take ``class_name`` from it, or the only fitting class.

    Raises
    ------
    ValueError
        When there is no such file or class, or no name was given and several classes fit.
    """
    file = Path(path).resolve()
    if not file.is_file():
        raise ValueError(f"there is no file {path!r} for the {word}")
    module = _run(file)
    if class_name:
        return _class_of(module, class_name, path, word, methods)
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and not value.__name__.startswith("_")
        and not _missing(value, methods)
    ]
    if len(own) != 1:
        found = ", ".join(cls.__name__ for cls in own) or "none"
        raise ValueError(f"{path} should define one {word}, it defines {found}; name it: {path}:Class")
    return own[0]


def _run(file: Path) -> ModuleType:
    digest = hashlib.sha256(str(file).encode()).hexdigest()[:8]
    name = f"nnic_user_{file.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Dataclasses and pickles look a class up by its module.
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def check_class(cls: object, where: str, word: str, methods: Sequence[str]) -> type[Any]:
    """Return ``cls`` when it is a class with these methods.

    Raises
    ------
    ValueError
        When it is no such class; the message says so of ``where``.
    """
    article = "an" if word == "assessor" else "a"
    if not isinstance(cls, type):
        raise ValueError(f"{where} is not {article} {word}: it is not a class")
    missing = _missing(cls, methods)
    if missing:
        raise ValueError(f"{where} is not {article} {word}: it has no method {missing[0]!r}")
    return cls


def _class_of(module: ModuleType, name: str, where: str, word: str, methods: Sequence[str]) -> type[Any]:
    cls = getattr(module, name, None)
    if not isinstance(cls, type):
        raise ValueError(f"{where} defines no class {name!r}")
    return check_class(cls, f"{where}:{name}", word, methods)


def _missing(cls: type[Any], methods: Sequence[str]) -> list[str]:
    return [method for method in methods if not callable(getattr(cls, method, None))]
