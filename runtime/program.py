"""A compiled program: what the compiler hands to the runtime, and its form on disk.

A program is a folder: ``program.json`` (this file's types), ``search_space.json`` (NNI's format)
and ``code/`` (the compiled text of every file of the program under its relative path). A trial
reads ``program.json`` too, with the standard library only (``trial/snapshot.py``); what it needs
there are ``code_dir``, ``entry`` and ``files``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnic.tuners.space import Constraint, Fidelity, SearchSpace, origin_from_json, origin_to_json

VERSION = 1


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text that the compiler put into a file; the compiled text is the source plus these.

    Compiled text differs from its source by insertions alone, none of which holds a line break.

    Parameters
    ----------
    line, column
        Where in the *source*: 1-based line, 0-based column in UTF-8 bytes (as ``ast`` counts).
        Insertions of a file are ordered; those at one place stand in their order.
    length
        UTF-8 bytes inserted.
    span
        ``(line, column, end_line, end_column)`` of the source text that stands for the insertion
        in tracebacks, in the same units: the slot, or the annotation.
    """

    line: int
    column: int
    length: int
    span: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ProgramFile:
    """One file of a program; ``path`` is relative to the code directory, with ``/``."""

    path: str
    sha256: str
    annotated: bool
    insertions: tuple[Insertion, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """A script and what it leaves open.

    Parameters
    ----------
    code_dir
        Absolute path of the code directory; keys of parameters are relative to it.
    entry
        The script, relative to ``code_dir``; ``""`` when a directory was compiled.
    module
        The dotted name for ``-m`` programs, else ``""``.
    files
        Every Python file of the program, annotated or not.
    space
        What it leaves open.
    fidelity
        The budget that it declares.
    checkpoint
        Key of the value that becomes the directory of a trial's checkpoints; ``""`` for none.
    constraints
        What every proposed configuration satisfies.
    """

    code_dir: str
    entry: str
    files: tuple[ProgramFile, ...]
    space: SearchSpace
    module: str = ""
    fidelity: Fidelity | None = None
    checkpoint: str = ""
    constraints: tuple[Constraint, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the inverse of :meth:`from_json`."""
        fidelity = None
        if self.fidelity is not None:
            fidelity = {
                "low": self.fidelity.low,
                "high": self.fidelity.high,
                "integer": self.fidelity.integer,
                "key": self.fidelity.key,
                "origin": None if self.fidelity.origin is None else origin_to_json(self.fidelity.origin),
            }
        return {
            "version": VERSION,
            "code_dir": self.code_dir,
            "entry": self.entry,
            "module": self.module,
            "files": [
                {
                    "path": file.path,
                    "sha256": file.sha256,
                    "annotated": file.annotated,
                    "insertions": [[i.line, i.column, i.length, list(i.span)] for i in file.insertions],
                }
                for file in self.files
            ],
            "space": self.space.to_json(),
            "fidelity": fidelity,
            "checkpoint": self.checkpoint,
            "constraints": [_constraint_to_json(constraint) for constraint in self.constraints],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Program:
        """Build from plain JSON values.

        Raises
        ------
        ValueError
            When the data was written by a newer version.
        """
        if data["version"] != VERSION:
            raise ValueError(f"program.json has version {data['version']}, this nnic reads {VERSION}")
        fidelity = data["fidelity"]
        return cls(
            code_dir=data["code_dir"],
            entry=data["entry"],
            module=data["module"],
            files=tuple(
                ProgramFile(
                    path=file["path"],
                    sha256=file["sha256"],
                    annotated=file["annotated"],
                    insertions=tuple(
                        Insertion(line, column, length, (span[0], span[1], span[2], span[3]))
                        for line, column, length, span in file["insertions"]
                    ),
                )
                for file in data["files"]
            ),
            space=SearchSpace.from_json(data["space"]),
            fidelity=None
            if fidelity is None
            else Fidelity(
                low=fidelity["low"],
                high=fidelity["high"],
                integer=fidelity["integer"],
                key=fidelity["key"],
                origin=None if fidelity["origin"] is None else origin_from_json(fidelity["origin"]),
            ),
            # Programs of the first release have neither.
            checkpoint=data.get("checkpoint", ""),
            constraints=tuple(_constraint_from_json(entry) for entry in data.get("constraints", ())),
        )

    @classmethod
    def load(cls, directory: Path) -> Program:
        """Read ``directory/program.json``."""
        return cls.from_json(json.loads((directory / "program.json").read_text(encoding="utf-8")))


def _constraint_to_json(constraint: Constraint) -> dict[str, Any]:
    origin = constraint.origin
    return {
        "expression": constraint.expression,
        "names": dict(constraint.names),
        "origin": None if origin is None else origin_to_json(origin),
    }


def _constraint_from_json(entry: dict[str, Any]) -> Constraint:
    origin = entry["origin"]
    return Constraint(
        entry["expression"],
        tuple(entry["names"].items()),
        None if origin is None else origin_from_json(origin),
    )
