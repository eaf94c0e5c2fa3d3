"""Findings as workflow commands, which GitHub shows beside the changed lines."""

from __future__ import annotations

from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.findings.render import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(diagnostic: Diagnostic) -> str:
    """Return a finding as one workflow command."""
    d = diagnostic
    properties = {
        "file": d.path,
        "line": d.line,
        "endLine": d.end_line,
        "title": f"nnic {d.code}",
    }
    if d.line == d.end_line:
        # GitHub takes columns for findings within a line only; its end column is the last one.
        properties |= {"col": d.column, "endColumn": max(d.end_column - 1, d.column)}
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    help, fix = f"\nhelp: {d.help}" if d.help else "", f"\nfix: {d.fix.text}" if d.fix else ""
    text = "\r".join(map(visible, f"{d.message}{help}{fix}".split("\r")))
    return f"::{_COMMANDS[d.severity]} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
