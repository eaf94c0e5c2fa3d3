"""Writes a compiled program as a folder: ``code/``, ``search_space.json`` and ``program.json``."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nnic.project.code_directory import OUTPUT_NAMES, OUTPUT_SIGNS
from nnic.runtime.program import Program


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the program folder's ``code/``.

    ``data`` is the compiled text in the file's encoding; ``origin`` the file that it comes from, whose
    permissions it takes.
    """

    path: str
    data: bytes
    origin: Path


def build_program(
    program: Program, files: Iterable[OutputFile], out: Path, others: Iterable[tuple[str, Path]] = ()
) -> None:
    """Write the program to ``out``: aside first, then put in place as a whole.

    Parameters
    ----------
    program
        What goes into ``program.json`` and ``search_space.json``.
    files
        The Python files.
    out
        The folder; replaced when an earlier program is there.
    others
        Relative path and origin of further files that are copied as they are; links stay links.

    Raises
    ------
    FileExistsError
        When ``out`` holds anything but an earlier program.
    """
    documents = {"search_space.json": program.space.to_nni(), "program.json": program.to_json()}
    build_folder(Path(program.code_dir), documents, files, out, others)


def build_folder(
    code_dir: Path,
    documents: Mapping[str, object],
    files: Iterable[OutputFile],
    out: Path,
    others: Iterable[tuple[str, Path]] = (),
) -> None:
    """Write ``code/`` with ``files`` and ``others``, and ``documents`` as JSON beside it.

    ``code_dir`` is where all of them come from; the rest is as for :func:`build_program`.
    """
    check_output(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.parent / f".{out.name}.{secrets.token_hex(4)}"
    try:
        _fill(aside, code_dir, documents, files, others)
        _put_in_place(aside, out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_output(out: Path) -> None:
    """Make sure that nothing but an earlier program would be replaced.

    Raises
    ------
    FileExistsError
        When ``out`` holds something else.
    """
    if not out.exists() and not out.is_symlink():
        above = next(folder for folder in out.absolute().parents if os.path.lexists(folder))
        if not above.is_dir():
            raise FileExistsError(f"{above} exists and is not a folder")
        return
    if not out.is_dir() or out.is_symlink():
        raise FileExistsError(f"{out} exists and is not a folder")
    names = {entry.name for entry in out.iterdir()}
    foreign = sorted(names - OUTPUT_NAMES)
    if foreign:
        raise FileExistsError(
            f"{out} contains files that nnic did not write ({foreign[0]}); choose another --out"
        )
    if names and not names & OUTPUT_SIGNS:
        raise FileExistsError(f"{out} contains no program that nnic wrote; choose another --out")


def _fill(
    folder: Path,
    code_dir: Path,
    documents: Mapping[str, object],
    files: Iterable[OutputFile],
    others: Iterable[tuple[str, Path]],
) -> None:
    code = folder / "code"
    code.mkdir(parents=True)
    for file in files:
        target = code / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        shutil.copymode(file.origin, target)
    for path, origin in others:
        target = code / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_symlink():
            _copy_link(origin, target, code_dir)
        else:
            shutil.copy2(origin, target)
    for name, value in documents.items():
        _write_json(folder / name, value)


def _copy_link(origin: Path, target: Path, code_dir: Path) -> None:
    """A link within the tree stays relative to it; one that leaves the tree leads to the same place."""
    inside = origin.resolve().is_relative_to(code_dir.resolve())
    link = os.readlink(origin)
    target.symlink_to(link if inside and not os.path.isabs(link) else origin.resolve())


def _write_json(file: Path, value: object) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        # An option may hold half of a surrogate pair, which only an escape can express.
        data = json.dumps(value, indent=2).encode("ascii")
    file.write_bytes(data + b"\n")


def _put_in_place(aside: Path, out: Path) -> None:
    if not out.exists():
        aside.rename(out)
        return
    old = out.parent / f".{out.name}.{secrets.token_hex(4)}"
    out.rename(old)
    try:
        aside.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
