"""What a command is asked to compile: the code directory, and what of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nnic.project.code_directory import find_code_dir
from nnic.project.modules import ModuleFinder
from nnic.project.search_path import Surroundings
from nnic.project.source_places import relative_to, source_places, way_to_import


@dataclass(frozen=True, slots=True)
class Target:
    """A script, a module or a folder of code.

    Parameters
    ----------
    code_dir
        The code directory, without links.
    entry
        The path of the file that Python is started with, relative to it; ``None`` for a folder.
    folder
        The folder of code, relative to it; ``""`` is the code directory itself.
    roots
        Absolute paths of further folders of Python's path.
    module
        Whether ``-m`` starts the entry: its packages are imported before it, and the working directory is on
        the path instead of its own folder.
    fixed
        Whether its user chose the code directory, so that it does not grow with what is imported.
    """

    code_dir: Path
    entry: str | None
    folder: str
    roots: tuple[str, ...] = ()
    module: bool = False
    fixed: bool = False


def find_target(
    path: Path | None,
    module: str | None,
    code_dir: Path | str | None,
    roots: Iterable[Path],
    surroundings: Surroundings,
) -> Target:
    """Find what ``path``, or ``-m module``, means.

    Parameters
    ----------
    path
        A script or a folder; ``None`` for a module.
    module
        A dotted name, where there is no path.
    code_dir
        By default what :func:`find_code_dir` says, and the folder around that and all roots. For a module it
        is the working directory where that holds it, else the folder that it is imported from.
    roots
        Further folders of Python's path.
    surroundings
        Where a module is looked for.

    Raises
    ------
    FileNotFoundError
        When there is no such file, folder or module.
    ValueError
        When it, or a root, lies outside of the code directory, or when it is not a Python script.
    """
    if path is not None and not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    if path is not None:
        _refuse_other_formats(path)
    places = [root.resolve() for root in roots if root.is_dir()]
    fixed = code_dir is not None
    if path is None:
        assert module is not None
        entry, found_in = _entry_of(module, code_dir, places, surroundings)
        top = _code_dir_of_module(entry, found_in, code_dir, surroundings)
    elif code_dir is not None:
        top = Path(code_dir).resolve()
    else:
        top = find_code_dir(path)
    above = top if fixed else Path(os.path.commonpath([top, *places]))
    for place in places:
        _within(place, above, "the root")
    inner = tuple(os.fspath(place) for place in places)
    if path is None:
        return Target(above, _entry(entry, above), "", inner, module=True, fixed=fixed)
    if path.is_dir():
        return Target(above, None, _within(path.resolve(), above, "the folder"), inner, fixed=fixed)
    return Target(above, _entry(path, above), "", inner, fixed=fixed)


def _code_dir_of_module(
    entry: Path, found_in: Path, code_dir: Path | str | None, surroundings: Surroundings
) -> Path:
    if code_dir is not None:
        return Path(code_dir).resolve()
    here = Path(surroundings.cwd)
    return here if entry.is_relative_to(here) else found_in


def _within(place: Path, code_dir: Path, what: str) -> str:
    if not place.is_relative_to(code_dir):
        raise ValueError(f"{what} {place} lies outside of the code directory {code_dir}")
    return "" if place == code_dir else place.relative_to(code_dir).as_posix()


def _entry(path: Path, code_dir: Path) -> str:
    # A link within its folder keeps its name; Python imports from where any other one leads.
    absolute = path.parent.resolve() / path.name
    real = path.resolve()
    if real.parent != absolute.parent and real.is_relative_to(code_dir):
        absolute = real
    if not absolute.is_relative_to(code_dir):
        raise ValueError(f"{path} lies outside of the code directory {code_dir}")
    return absolute.relative_to(code_dir).as_posix()


def _refuse_other_formats(path: Path) -> None:
    instead = {
        ".ipynb": f"write its cells to a script first: jupyter nbconvert --to script {path}",
        ".sh": f"give the command that starts it: nnic run -- sh {path}",
        **dict.fromkeys((".yaml", ".yml", ".json", ".toml"), "name the script that reads it"),
    }.get(path.suffix.lower())
    if instead is not None and path.is_file():
        raise ValueError(f"{path} is not a Python script; {instead}")


def _entry_of(
    module: str, code_dir: Path | str | None, roots: list[Path], surroundings: Surroundings
) -> tuple[Path, Path]:
    """Return the file that ``-m module`` runs, and the folder that its first part is in."""
    here = surroundings.cwd if code_dir is None else os.path.realpath(code_dir)
    own = dict.fromkeys((surroundings.cwd, here))
    finder = ModuleFinder(surroundings.search_path(own, [os.fspath(root) for root in roots]))
    found = finder.find(module) if all(module.split(".")) else []
    if found and found[0].installed:
        raise FileNotFoundError(_installed_text(module, here))
    if len(found) == module.count(".") + 1:
        last = found[-1]
        main = last if not last.folders else finder.find_part("__main__", last.folders)
        if main is None or main.file is None:
            raise FileNotFoundError(f"{module} is a package without __main__.py")
        if not finder.is_installed(main.file):
            first = found[0].folders[0] if found[0].folders else main.file
            return Path(main.file), Path(first).parent
        raise FileNotFoundError(_installed_text(module, here))
    raise FileNotFoundError(
        f"there is no module {module} below {here}{_elsewhere(module, here, surroundings)}"
    )


def _installed_text(module: str, here: str) -> str:
    place = next(source_places(module.partition(".")[0], Path(here)), None)
    way = "pip install -e FOLDER" if place is None else way_to_import(place, relative_to(here))
    return (
        f"Python imports {module} from its installed packages, and nnic tunes only source files of your own; "
        f"have Python import the source: {way}"
    )


def _elsewhere(module: str, here: str, surroundings: Surroundings) -> str:
    """Say where the source of a module lies that Python does not find."""
    place = next(source_places(module.partition(".")[0], Path(here)), None)
    if place is None:
        return f", and {surroundings.python} has none installed"
    return f"; make it importable: {way_to_import(place, relative_to(here))}"
