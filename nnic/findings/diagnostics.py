"""What the compiler tells users about their programs.

A user's mistake is a :class:`Diagnostic`, collected in a :class:`Sink`, never an exception. A
mistake of ours is an :class:`InternalError`, which names the user's file and line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nnic.findings.fixes import Fix
from nnic.span import Span

if TYPE_CHECKING:
    from nnic.source import SourceFile


class Severity(StrEnum):
    """How bad a finding is: errors stop compilation, notes never fail a check."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a finding speaks of."""

    path: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Lines and columns are 1-based and count characters; ``end_line`` and ``end_column`` are the
    place behind the last character. ``excerpt`` is the source line that ``line`` names, ``None`` where
    the file could not be read.
    """

    code: str
    severity: Severity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    help: str | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    excerpt: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether nothing can be compiled before this is mended."""
        return self.severity is Severity.ERROR

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain JSON values, with the keys that ``nnic lint --format json`` prints."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "message": self.message,
            "help": self.help or "",
            "fix": self.fix.text if self.fix else None,
            "related": [
                {"path": r.path, "line": r.line, "column": r.column, "message": r.message}
                for r in self.related
            ],
        }


class InternalError(Exception):
    """A bug of nnic's own, with the place in the user's program that brought it out."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: internal error: {message}")
        self.path = path
        self.line = line
        self.message = message


class Sink:
    """Collects the findings about one file.

    What is recorded takes a code of the catalogue, the place, and what is wrong with it; ``help`` is what
    can be done, ``fix`` what mends it, ``related`` are further places that it speaks of.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self._found: list[Diagnostic] = []

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        help: str | None = None,
        fix: Fix | None = None,
        related: Iterable[Related] = (),
    ) -> None:
        """Record an error."""
        self.report(Severity.ERROR, code, span, message, help=help, fix=fix, related=related)

    def warning(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        help: str | None = None,
        fix: Fix | None = None,
        related: Iterable[Related] = (),
    ) -> None:
        """Record a warning."""
        self.report(Severity.WARNING, code, span, message, help=help, fix=fix, related=related)

    def note(self, code: str, span: Span, message: str, *, related: Iterable[Related] = ()) -> None:
        """Record a note."""
        self.report(Severity.NOTE, code, span, message, related=related)

    def report(
        self,
        severity: Severity,
        code: str,
        span: Span,
        message: str,
        *,
        help: str | None = None,
        fix: Fix | None = None,
        related: Iterable[Related] = (),
    ) -> None:
        """Record a finding of any severity."""
        lines = self.source.lines
        line, column = lines.location(span.start)
        end_line, end_column = lines.location(span.end)
        self._found.append(
            Diagnostic(
                code,
                severity,
                self.source.path,
                line,
                column,
                end_line,
                end_column,
                message,
                help,
                fix,
                tuple(related),
                lines.line_text(line),
            )
        )

    def related(self, span: Span, message: str) -> Related:
        """Return a second place in the same file."""
        line, column = self.source.lines.location(span.start)
        return Related(self.source.path, line, column, message)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the source."""
        return in_order(self._found)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Findings about one file in the order of its text."""
    return tuple(sorted(diagnostics, key=lambda d: (d.line, d.column, d.code, d.message)))
