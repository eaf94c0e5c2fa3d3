"""Findings: every line of ``findings/`` that is marked gives just what its marks say, every other
line nothing.

A mark is ``# E: NNI103 30-40 message`` at the end of a line (``W`` for a warning, ``N`` for a note);
the columns count from 1, the second is behind the last character; ``30-2:5`` ends on line 2 of the
program. Marks are taken off before compiling. ``# ---`` separates programs.
"""

import re
from pathlib import Path

import pytest
from golden import cases

from nnic.compile.compile_source import compile_source
from nnic.findings.catalogue import CATALOGUE
from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.source import SourceFile

FILES = cases(Path(__file__).parent / "findings")
MARK = re.compile(r"  # [EWN]: NNI\d+ .*")
LETTER = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.NOTE: "N"}
# Found by the tests of whole programs, arguments and encodings: they need a program, arguments or bytes.
ELSEWHERE = {"NNI115", "NNI122", "NNI203", "NNI211", "NNI215", "NNI230", "NNI302"}


def _mark(found: Diagnostic) -> str:
    end = f"{found.end_column}" if found.end_line == found.line else f"{found.end_line}:{found.end_column}"
    return f"  # {LETTER[found.severity]}: {found.code} {found.column}-{end} {found.message}"


def _marked(program: str) -> str:
    plain = "".join(MARK.sub("", line) for line in program.splitlines(keepends=True))
    result = compile_source(SourceFile.decode(plain.encode(), "case.py"), "case")
    lines = plain.splitlines()
    for found in result.diagnostics:
        lines[found.line - 1] += _mark(found)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_findings(file: Path, update_data: bool) -> None:
    text = file.read_text(encoding="utf-8")
    marked = "# ---\n".join(_marked(program) for program in text.split("# ---\n"))
    if update_data:
        file.write_text(marked, encoding="utf-8")
        return
    assert marked == text


def test_every_finding_has_a_case() -> None:
    marks = {code for file in FILES for code in re.findall(r"  # [EWN]: (NNI\d+) ", file.read_text())}
    assert marks | ELSEWHERE == set(CATALOGUE)


def test_every_file_has_lines_without_findings() -> None:
    for file in FILES:
        lines = [line for line in file.read_text().splitlines() if "@nni." in line or "nni." in line]
        assert any("NNI" not in line for line in lines), file


def test_codes_are_unique_and_in_order() -> None:
    assert all(re.fullmatch(r"NNI[123]\d\d", code) for code in CATALOGUE)
    assert list(CATALOGUE) == sorted(CATALOGUE)
