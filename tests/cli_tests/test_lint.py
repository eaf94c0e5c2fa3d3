import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_a_clean_script_passes_in_silence(project):
    result = project.nnic("lint", "train.py")
    assert (result.stdout, result.stderr) == ("", "")


def test_a_finding_points_into_the_annotation(project):
    project.write("bad.py", "\nlr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n")
    result = project.nnic("lint", "bad.py", status=1)
    assert result.stdout == (
        "bad.py:2:30: error[NNI103]: low 0.1 is not below high 1e-05\n"
        "   |\n"
        " 2 | lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n"
        "   |                              ^^^^^^^^^^\n"
        "   = fix: @nni.loguniform(1e-5, 1e-1)      nnic lint --fix\n"
        "\n"
        "1 finding\n"
    )


def test_json_has_the_documented_keys(project):
    project.write("bad.py", "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n")
    (finding,) = project.json("lint", "bad.py", status=1)
    assert list(finding) == [
        "code", "severity", "path", "line", "column", "end_line", "end_column",
        "message", "help", "fix", "related", "fix_safe", "edits",
    ]  # fmt: skip
    assert (finding["path"], finding["line"], finding["column"]) == ("bad.py", 1, 30)


def test_a_folder_is_searched_and_all_findings_come_in_one_run(project):
    project.write("pkg/a.py", "x = 1  # @nni.unifrom(0, 1)\n")
    project.write("pkg/b.py", "y = 1  # @nni.choice()\n")
    found = project.json("lint", status=1)
    assert {finding["path"] for finding in found} == {"pkg/a.py", "pkg/b.py"}


def test_a_missing_path_is_a_usage_error(project):
    assert "nowhere.py does not exist" in project.nnic("lint", "nowhere.py", status=2).stderr


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00", b"x = (\n# @nni.variable", b"# coding: nonsense\n# @nni.choice(1)\n"]
)
def test_a_file_that_is_no_python_is_a_finding(project, data):
    (project.root / "broken.py").write_bytes(b"# @nni.choice(1)\n" * (data[:1] == b"\xff") + data)
    assert "error[NNI" in project.nnic("lint", "broken.py", status=1).stdout


def test_lint_reads_a_file_without_writing_anything(project):
    before = sorted(p.relative_to(project.root) for p in project.root.rglob("*"))
    project.nnic("lint")
    assert sorted(p.relative_to(project.root) for p in project.root.rglob("*")) == before


def test_the_pre_commit_hook_refuses_a_file_with_a_finding(project):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert f"- id: {hook['id']}\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    project.write("bad.py", "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n")
    # What pre-commit runs: the entry with the changed files behind it.
    program, *entry = hook["entry"].split()
    assert program == "nnic"
    command = [sys.executable, "-m", "nnic", *entry, "train.py", "bad.py"]
    assert (
        subprocess.run(command, cwd=project.root, env=project.environment, capture_output=True).returncode
        == 1
    )


def test_findings_for_github_and_for_code_scanning(project):
    project.write("bad.py", "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n")
    assert project.nnic("lint", "bad.py", "--format", "github", status=1).stdout.startswith(
        "::error file=bad.py,"
    )
    log = json.loads(project.nnic("lint", "bad.py", "--format", "sarif", status=1).stdout)
    (result,) = log["runs"][0]["results"]
    assert result["ruleId"] == "NNI103"
    # Other commands print text and JSON alone.
    assert "github" not in project.nnic("compile", "--help").stdout


def test_explain_prints_a_page_and_lists_all(project):
    page = project.nnic("explain", "nni103").stdout
    assert page.startswith("NNI103: low is not below high\n\nA range is written as")
    assert max(map(len, page.splitlines())) <= 100
    listed = project.nnic("explain").stdout.splitlines()
    assert all(line.startswith("NNI") for line in listed)
    assert "did you mean NNI103?" in project.nnic("explain", "NI103", status=2).stderr
