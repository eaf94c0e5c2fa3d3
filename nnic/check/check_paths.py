"""Checks files and folders, which is what ``nnic lint`` does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnic.check.check_texts import Text, check_decoded, check_texts
from nnic.check.entries import program_findings
from nnic.check.reading import NoProgramError, no_program, read_python
from nnic.findings.diagnostics import Diagnostic
from nnic.project.code_directory import module_name, python_files
from nnic.project.problems import shown_path, unreadable
from nnic.project.settings import Config, config_for
from nnic.source import SourceFile, may_hold_annotations

if TYPE_CHECKING:
    from nnic.check.notebooks import Notebook


@dataclass(frozen=True, slots=True)
class LintOptions:
    """What the command line says beside the project's configuration.

    ``select`` replaces the codes that the project selects and ignores, ``ignore`` adds to them;
    ``force_exclude`` leaves out excluded files that are named.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    force_exclude: bool = False


def check_paths(
    paths: Iterable[Path | str],
    display_root: Path | None = None,
    options: LintOptions | None = None,
    *,
    cache: bool = False,
) -> list[Diagnostic]:
    """Return all findings about the annotations of files and of the Python files in folders.

    Of findings that need a whole program only that an entry reports no final result is among them.

    Parameters
    ----------
    paths
        Files, whatever they are called, and folders.
    display_root
        Paths in findings are relative to it where they lie below it; by default the working directory.
    options
        Which findings are wanted, beside ``[tool.nnic]`` of the project.
    cache
        Whether to keep what is found, and to take it from there for files that did not change.

    Raises
    ------
    FileNotFoundError
        When a path does not exist.
    ConfigError
        When a project's configuration can't be meant.
    InternalError
        For a bug of ours.
    """
    options = options or LintOptions()
    root = display_root or Path.cwd()
    targets = list(paths)
    found: list[Diagnostic] = []

    def tell(file: Path, error: OSError) -> None:
        found.extend(wanted((unreadable(shown_path(file, root), error),), file, options))

    files: list[tuple[Path, Text]] = []
    notebooks: dict[Path, Notebook] = {}
    for file in files_to_check(targets, options, tell):
        try:
            data, notebook = read_python(file)
        except FileNotFoundError:
            continue  # gone since it was listed
        except OSError as error:
            tell(file, error)
            continue
        except NoProgramError as error:
            found += wanted((no_program(shown_path(file, root), error),), file, options)
            continue
        if notebook is not None:
            notebooks[file] = notebook
        if may_hold_annotations(data):
            files.append((file, Text(data, shown_path(file, root), module_name(file.name))))
    results = _check([text for _, text in files], Path(targets[0]) if cache and files else None)
    for (file, text), result in zip(files, results):
        notebook = notebooks.get(file)
        if notebook is None:
            result = (*program_findings(file, text.data, root), *result)
        else:
            result = tuple(map(notebook.placed, result))
        found += wanted(result, file, options)
    return found


def _check(texts: list[Text], cached_for: Path | None) -> list[tuple[Diagnostic, ...]]:
    """Return the findings about each text; those that are known by now for ``cached_for`` and its project."""
    place = None
    if cached_for is not None:
        from nnic.check.findings_cache import FindingsCache, cache_file

        place = cache_file(cached_for)
    if place is None:
        return check_texts(texts)
    cache = FindingsCache(place)
    results = [cache.get(text.data, text.module, text.shown) for text in texts]
    missing = [index for index, result in enumerate(results) if result is None]
    for index, result in zip(missing, check_texts([texts[index] for index in missing])):
        cache.put(texts[index].data, texts[index].module, result)
        results[index] = result
    cache.save()
    return [result for result in results if result is not None]


def check_source_text(source: SourceFile, file: Path, options: LintOptions) -> tuple[Diagnostic, ...]:
    """Return the findings about a text that could be that of ``file``."""
    return wanted(check_decoded(source, module_name(file.name)), file, options)


def wanted(found: tuple[Diagnostic, ...], file: Path, options: LintOptions) -> tuple[Diagnostic, ...]:
    """Return the findings about ``file`` that its project and the command line want to hear."""
    if not found:
        return found
    selection = config_for(file).selection_for(file, options.select, options.ignore)
    return tuple(diagnostic for diagnostic in found if selection.wants(diagnostic.code))


def _ignore(file: Path, error: OSError) -> None:
    pass


def files_to_check(
    paths: Iterable[Path | str], options: LintOptions, tell: Callable[[Path, OSError], None] = _ignore
) -> list[Path]:
    """Return every file once, in the order given; folders that can't be listed are told."""
    files: dict[str, Path] = {}
    for item in paths:
        path = Path(item)
        if path.is_dir():
            for file in _in_folder(path, lambda error: tell(Path(error.filename), error)):
                files.setdefault(os.path.abspath(file), file)
        elif not path.exists():
            raise FileNotFoundError(f"{path} does not exist")
        elif not options.force_exclude or not config_for(path).excludes(path):
            files.setdefault(os.path.abspath(path), path)
    return list(files.values())


def _in_folder(folder: Path, unreadable: Callable[[OSError], None]) -> Iterator[Path]:
    """Return the Python files of a folder that no configuration excludes."""
    configs: dict[str, Config] = {}
    for name in python_files(folder, unreadable=unreadable):
        inner = os.path.dirname(name)
        if inner not in configs:
            configs[inner] = config_for(folder / inner)
        if not configs[inner].excludes(folder / name):
            yield folder / name
