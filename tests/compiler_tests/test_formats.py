"""Findings for other programs: workflow commands of GitHub, and SARIF."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from nnic.compile.compile_source import compile_source
from nnic.edits import Edit, splice
from nnic.findings.catalogue import CATALOGUE
from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.findings.github import render_github
from nnic.findings.sarif import render_sarif
from nnic.source import SourceFile
from nnic.span import Lines, Span

BAD = "größe = 1\r\nlr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\r\nx = f(q=lr)  # @nni.uniform(0, 1)\r\n"


def findings(text: str, path: str = "train.py") -> tuple[Diagnostic, ...]:
    return compile_source(SourceFile.decode(text.encode(), path), "train").diagnostics


def test_a_workflow_command() -> None:
    found = findings(BAD)[0]
    assert render_github(found) == (
        "::error file=train.py,line=2,endLine=2,title=nnic NNI103,col=30,endColumn=39"
        "::low 0.1 is not below high 1e-05%0Afix: @nni.loguniform(1e-5, 1e-1)"
    )


@pytest.mark.parametrize(
    ("severity", "command"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "notice")],
)
def test_severities_of_workflows(severity: Severity, command: str) -> None:
    diagnostic = Diagnostic("NNI101", severity, "t.py", 1, 2, 3, 4, "text")
    # No columns: they would be those of several lines.
    assert render_github(diagnostic) == f"::{command} file=t.py,line=1,endLine=3,title=nnic NNI101::text"


def test_what_workflow_commands_mean_is_escaped() -> None:
    diagnostic = Diagnostic("NNI101", Severity.ERROR, "a,b:c%\n.py", 1, 1, 1, 1, "100%\r\n:: a, b")
    text = render_github(diagnostic)
    assert "file=a%2Cb%3Ac%25%0A.py," in text
    assert text.endswith("::100%25%0D%0A:: a, b")
    assert "\n" not in text


def sarif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, path: str = "train.py") -> dict:
    monkeypatch.chdir(tmp_path)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_bytes(text.encode())
    log = render_sarif(findings(text, path))
    assert log["version"] == "2.1.0"
    return log["runs"][0]


def test_sarif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = sarif(tmp_path, monkeypatch, BAD)
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({r["ruleId"] for r in run["results"]})
    for rule in rules:
        assert rule["shortDescription"]["text"] == CATALOGUE[rule["id"]].title
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}: ")
        assert rule["help"]["text"].startswith(f"{rule['id']}: ")
    first, second = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "NNI103"
    assert (first["level"], second["level"]) == ("error", "error")
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "train.py"},
                "region": {"startLine": 2, "startColumn": 30, "endLine": 2, "endColumn": 40},
            }
        }
    ]
    assert [r["message"]["text"] for r in second["relatedLocations"]] == ["x", "q"]
    assert [r["id"] for r in second["relatedLocations"]] == [1, 2]


def test_the_fixes_of_sarif_are_those_of_lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (change,) = sarif(tmp_path, monkeypatch, BAD)["results"][0]["fixes"][0]["artifactChanges"]
    lines = Lines(BAD)
    edits = []
    for item in change["replacements"]:
        region = item["deletedRegion"]
        start = lines.start_of(region["startLine"]) + region["startColumn"] - 1
        end = lines.start_of(region["endLine"]) + region["endColumn"] - 1
        edits.append(Edit(Span(start, end), item["insertedContent"]["text"]))
    assert "loguniform(1e-5, 1e-1)" in splice(BAD, edits)


@pytest.mark.parametrize("path", ["ein ordner/größe & co #1.py", "100%/a.py", "a:b/c.py"])
def test_paths_are_references(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = sarif(tmp_path, monkeypatch, BAD, path)
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9/%._~-]+", uri)
    assert unquote(uri) == path


def test_nothing_found_is_a_log_too() -> None:
    run = render_sarif(())["runs"][0]
    assert run["results"] == run["tool"]["driver"]["rules"] == []
