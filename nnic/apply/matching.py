"""Holds the present source of a program against the one that an experiment searched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnic.apply.differences import Difference, differences, same_places
from nnic.apply.freshness import differing_lines, original_text
from nnic.apply.journal import Apply
from nnic.compile.check_source import check_source
from nnic.compile.compilation import Compilation
from nnic.ir import ModuleIR
from nnic.project.code_directory import module_name
from nnic.runtime.program import Program, ProgramFile
from nnic.source import SourceFile


@dataclass(frozen=True, slots=True)
class MatchedFile:
    """A file with parameters, as it was searched and as it is.

    Parameters
    ----------
    path
        Relative to the code directory.
    original
        What was searched; ``None`` for a file that the program did not have, or not annotated.
    edited
        The lines that were edited since, other than by ``nnic apply``.
    differences
        Parameters that these edits touched.
    moved
        Whether an earlier apply wrote something that the annotations take for another place.
    """

    path: str
    original: ModuleIR | None
    edited: tuple[int, ...]
    differences: tuple[Difference, ...]
    moved: bool = False


def match_source(
    program: Program, folder: Path, compilation: Compilation, applies: Iterable[Apply]
) -> tuple[MatchedFile, ...]:
    """Return the annotated files of ``program`` and of ``compilation``, the same program compiled again.

    Parameters
    ----------
    program, folder
        The program that was searched, and where it was written to.
    compilation
        Its present source.
    applies
        What ``nnic apply`` wrote since, oldest first.
    """
    recorded = {file.path: file for file in program.files if file.annotated}
    present = {file.path: file for file in compilation.files}
    applies = list(applies)
    matched = []
    for path in dict.fromkeys([*recorded, *(path for path, file in present.items() if _is_open(file.ir))]):
        now = present[path].ir if path in present else None
        data = present[path].data if path in present else b""
        if path in recorded:
            matched.append(_match(recorded[path], Path(program.code_dir), folder, data, now, applies))
        else:
            matched.append(MatchedFile(path, None, (), tuple(differences(None, now))))
    return tuple(matched)


def _is_open(ir: ModuleIR | None) -> bool:
    """Tell whether a file has places that a trial's values may be written to."""
    return ir is not None and any(tunable.places and tunable.is_parameter for tunable in ir.tunables)


def _match(
    recorded: ProgramFile,
    code_dir: Path,
    folder: Path,
    data: bytes,
    now: ModuleIR | None,
    applies: Sequence[Apply],
) -> MatchedFile:
    source = _original(recorded, folder)
    original = check_source(source, module_name(recorded.path))[0]
    digest = hashlib.sha256(data).hexdigest()
    known = {recorded.sha256: source.data}
    last = source.data
    for apply in applies:
        for file in apply.files:
            if file.path == code_dir / recorded.path and file.before_sha256 in known:
                last = known[file.after_sha256] = file.after
    if digest in known:
        return MatchedFile(recorded.path, original, (), (), _moved(original, now))
    base = SourceFile.decode(last, recorded.path)
    touched = differences(check_source(base, module_name(recorded.path))[0], now)
    edited = tuple(differing_lines(base.text, data))
    return MatchedFile(recorded.path, original, edited, tuple(touched), _moved(original, now))


def _moved(original: ModuleIR | None, now: ModuleIR | None) -> bool:
    """Tell whether values would go to other places than those that were searched."""
    # A file without parameters was stripped; that is reported where a value has no place.
    if original is None or now is None or not now.tunables:
        return False
    return not same_places(original, now)


def _original(recorded: ProgramFile, folder: Path) -> SourceFile:
    """Return the source of a file as it was when it was compiled."""
    compiled = (folder / "code" / recorded.path).read_bytes()
    text = original_text(compiled, recorded.insertions)
    source = SourceFile.decode(compiled, recorded.path)
    return SourceFile.decode(source.encode(text), recorded.path)
