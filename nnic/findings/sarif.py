"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import nnic
from nnic.edits import Edit
from nnic.findings.catalogue import CATALOGUE
from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.findings.pages import read_page
from nnic.findings.render import read_lines
from nnic.span import Lines

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render_sarif(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """Findings as a SARIF log; files with fixes are read again, to count their lines."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {
        "name": "nnic",
        "semanticVersion": nnic.__version__,
        "rules": [_rule(code) for code in codes],
    }
    mendable = {d.path for d in diagnostics if d.fix is not None and d.fix.edits}
    lines = {path: read_lines(path) for path in mendable}
    run = {
        "tool": {"driver": driver},
        # Columns count characters, as Python's strings do.
        "columnKind": "unicodeCodePoints",
        "results": [_result(d, codes.index(d.code), lines.get(d.path)) for d in diagnostics],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    page = read_page(code)
    return {
        "id": code,
        "shortDescription": {"text": CATALOGUE[code].title},
        "fullDescription": {"text": page.summary},
        "help": {"text": page.text, "markdown": page.markdown},
    }


def _result(diagnostic: Diagnostic, rule: int, lines: Lines | None) -> dict[str, Any]:
    d = diagnostic
    text = d.message + (f"\n{d.help}" if d.help else "")
    result: dict[str, Any] = {
        "ruleId": d.code,
        "ruleIndex": rule,
        "level": _LEVELS[d.severity],
        "message": {"text": text},
        "locations": [_location(d.path, d.line, d.column, d.end_line, d.end_column)],
    }
    if d.related:
        result["relatedLocations"] = [
            _location(r.path, r.line, r.column) | {"id": number, "message": {"text": r.message}}
            for number, r in enumerate(d.related, 1)
        ]
    if d.fix is not None and d.fix.edits and lines is not None:
        replacements = [_replacement(edit, lines) for edit in d.fix.edits]
        change = {"artifactLocation": _artifact(d.path), "replacements": replacements}
        result["fixes"] = [{"description": {"text": d.fix.text}, "artifactChanges": [change]}]
    return result


def _location(
    path: str, line: int, column: int, end_line: int | None = None, end_column: int | None = None
) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": column}
    if end_line is not None and end_column is not None:
        region |= {"endLine": end_line, "endColumn": end_column}
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}


def _artifact(path: str) -> dict[str, str]:
    """Return a file as a relative reference, or as a ``file:`` URI outside of the working directory."""
    # A file's name is bytes; percent encoding keeps those that are no UTF-8 too.
    quoted = quote(os.fsencode(path), safe="/-._~")
    return {"uri": f"file://{quoted}" if quoted.startswith("/") else quoted}


def _replacement(edit: Edit, lines: Lines) -> dict[str, Any]:
    line, column = lines.location(edit.span.start)
    end_line, end_column = lines.location(edit.span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}
