"""Secrets of a command line are shown nowhere, and no text acts in a terminal or a spreadsheet."""

import csv
import io
import json

import pytest

from nnic.results.csv_cells import harmless, original
from nnic.results.secrets import mask_secrets
from nnic.screens.format import printable


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["--api-key", "X", "--lr", "1"], ["--api-key", "***", "--lr", "1"]),
        (["--wandb_api_key=X"], ["--wandb_api_key=***"]),
        (["-token", "X"], ["-token", "***"]),
        (["+hub.token=X", "password=Y", "lr=1"], ["+hub.token=***", "password=***", "lr=1"]),
        (["--token", "--lr", "1"], ["--token", "--lr", "1"]),
        (["--db", "postgres://me:X@host/db"], ["--db", "postgres://me:***@host/db"]),
        (["hf_abcdefghijkl", "--note=sk-abcdefghijkl"], ["***", "--note=***"]),
        (
            ["--tokenizer", "bert", "--max_tokens=5", "--key", "a"],
            ["--tokenizer", "bert", "--max_tokens=5", "--key", "a"],
        ),
        (["--bypass", "1", "--num-tokens", "2"], ["--bypass", "1", "--num-tokens", "2"]),
    ],
)
def test_what_looks_like_a_secret_is_masked(given, shown):
    assert mask_secrets(given) == shown


def test_a_secret_among_the_arguments_is_in_no_output(project):
    project.write(
        "train.py",
        "import sys\nassert 'hush' in sys.argv\nlr = 0.1  # @nni.uniform(0, 1)\n"
        "# @nni.report_final_result(lr)\n",
    )
    arguments = ("--api-key", "hush", "https://me:hush@host")
    run = project.nnic("run", "train.py", "--trials", "1", "--maximize", "--", *arguments)
    said = run.stdout + run.stderr
    for command in (
        ("status",),
        ("status", "--format", "json"),
        ("trials", "--format", "json"),
        ("best",),
        ("export", "--format", "json"),
        ("export", "--format", "csv"),
        ("doctor",),
    ):
        done = project.nnic(*command)
        said += done.stdout + done.stderr
    assert "hush" not in said
    # The script gets it again all the same.
    project.nnic("resume", "--trials", "2")
    assert [trial["status"] for trial in project.json("trials")] == ["succeeded", "succeeded"]


def test_a_run_that_fails_does_not_repeat_a_secret(project):
    script = "lr = 0.1  # @nni.uniform(0, 1)\nassert not lr\n# @nni.report_final_result(lr)\n"
    project.write("train.py", script)
    run = project.nnic("run", "train.py", "--maximize", "--", "--api-key", "hush", status=1)
    assert "-- --api-key" in run.stderr  # the command that runs the edited script
    assert "hush" not in run.stdout + run.stderr


FORMULAS = ["=1+1", "+cmd", "-x", "@SUM(1)", "\tx", "\rx", "'=1", "''=1", "'plain", "-1", "+1.5", "plain", ""]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula_and_an_import_reads_the_same(text):
    cell = harmless(text)
    assert original(cell) == text
    if cell != text:
        assert cell.startswith("'")
    elif cell[:1] in tuple("=+-@\t\r"):
        float(cell)


def test_an_export_of_formulas_is_imported_as_it_was(project):
    options = ", ".join(map(repr, FORMULAS[:8]))
    script = f"name = '=1+1'  # @nni.choice({options})\nlr = 0.1  # @nni.uniform(0, 1)\n"
    project.write("train.py", script + "# @nni.report_final_result(lr)\n")
    project.nnic("run", "train.py", "--trials", "6", "--maximize", "--seed", "1")
    text = project.nnic("export", "--format", "csv").stdout
    cells = [row["name"] for row in csv.DictReader(io.StringIO(text))]
    assert all(cell[0] == "'" for cell in cells)
    project.write("earlier.csv", text)
    project.nnic(
        "run", "train.py", "--trials", "1", "--maximize", "--import", "earlier.csv", "--name", "next"
    )
    imported = [t["parameters"] for t in project.json("trials", "next") if t["status"] == "imported"]
    assert len(imported) == 6


def test_a_cell_of_any_length_is_read(project):
    project.write("train.py", "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n")
    project.write("earlier.csv", f"lr,metric,error\n0.5,1.0,{'x' * 200_000}\n")
    project.nnic("run", "train.py", "--trials", "1", "--maximize", "--import", "earlier.csv")
    assert [t["status"] for t in project.json("trials")].count("imported") == 1


def test_what_turns_the_direction_of_text_is_escaped():
    assert printable("a\u202eb\u2066c\x9b\x1b") == "a\\u202eb\\u2066c\\x9b\\x1b"
    assert json.loads(json.dumps(printable("é\t"))) == "é\t"
