"""Checks the bytes of files: findings, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnic.compile.garbage_collection import without_collection
from nnic.findings.diagnostics import Diagnostic
from nnic.project.problems import unreadable
from nnic.source import SourceFile, UndecodableError

Findings = tuple[Diagnostic, ...]
# No worker is worth its start for less, and most checks are of one script.
_BYTES_FOR_ONE_PROCESS = 3_000_000


@dataclass(frozen=True, slots=True)
class Text:
    """A file's bytes, what people are shown for its path, and the module that its keys begin with."""

    data: bytes
    shown: str
    module: str


def check_text(text: Text) -> Findings:
    """Return the findings about one text that no comment hides.

    Raises
    ------
    InternalError
        For a bug of ours.
    """
    try:
        source = SourceFile.decode(text.data, text.shown)
    except UndecodableError as error:
        return (unreadable(text.shown, error),)
    return check_decoded(source, text.module)


def check_decoded(source: SourceFile, module: str) -> Findings:
    """As :func:`check_text`, for a text that is decoded."""
    # Loaded only for a file that holds the word at all.
    from nnic.compile.check_source import check_source
    from nnic.findings.suppression import without_suppressed

    return without_suppressed(source, check_source(source, module)[1])


def check_texts(texts: Sequence[Text]) -> list[Findings]:
    """Return the findings about each text, in their order; several processes check where that is faster.

    Raises
    ------
    InternalError
        For a bug of ours, that of the first text that has one.
    """
    found: dict[int, Findings] = {}
    total = sum(len(text.data) for text in texts)
    if len(texts) > 1 and total > _BYTES_FOR_ONE_PROCESS:
        from nnic.check.workers import check_in_workers, workers_for

        count = workers_for(total, len(texts))
        if count > 1:
            found = check_in_workers(texts, count)
    with without_collection():
        return [found[index] if index in found else check_text(text) for index, text in enumerate(texts)]
