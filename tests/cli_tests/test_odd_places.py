"""Files that are no files, patterns made to last, and folders that are gone: each is said at once."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n"
UNENDING_S = 60.0


def nnic(project, *arguments):
    """Run a command that once did not end."""
    return subprocess.run(
        [*project.command(*arguments)],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=UNENDING_S,
    )


@pytest.mark.parametrize("command", ["lint", "compile", "run"])
def test_a_pipe_and_a_huge_file_are_no_scripts(project, command):
    os.mkfifo(project.root / "pipe.py")
    with open(project.root / "huge.py", "wb") as stream:
        stream.truncate(3 << 30)
    for name, why in (
        ("pipe.py", "it is not a regular file"),
        ("/dev/zero", "it is not a regular file"),
        ("huge.py", "it is larger than 64 MiB"),
    ):
        done = nnic(project, command, name)
        assert done.returncode == 1
        assert why in done.stdout + done.stderr


def test_a_pattern_with_many_stars_is_held_against_long_names_at_once(project):
    project.write("a" * 60 + ".py", "x = 1\n")
    project.write(".gitignore", "*a" * 20 + "b\n" + "**/" * 12 + "*a*b\n")
    project.write(
        "pyproject.toml", "[tool.nnic]\nexclude = ['*a*a*a*a*a*a*a*a*a*a*a*ab', '**/**/**/**/*a*b']\n"
    )
    assert nnic(project, "lint", ".").returncode == 0


@pytest.mark.parametrize(
    "codec", ["idna", "punycode", "rot13", "hex", "undefined", "utf-16", "unicode_escape"]
)
def test_a_codec_that_is_no_encoding_of_files_is_a_finding(project, codec):
    project.write("train.py", f"# coding: {codec}\n{SCRIPT}")
    assert "the file can't be decoded" in project.nnic("lint", "train.py", status=1).stdout


def test_a_working_directory_that_is_gone_is_named(project):
    gone = project.root / "gone"
    for arguments, status in ((("lint", "../a.py"), 2), (("status",), 2), (("--version",), 0)):
        gone.mkdir()
        script = "import os, sys; os.rmdir(os.getcwd()); os.execv(sys.argv[1], sys.argv[1:])"
        done = subprocess.run(
            [sys.executable, "-c", script, *project.command(*arguments)],
            cwd=gone,
            env=project.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stderr
        assert status == 0 or "it was probably removed; change to a folder that exists" in done.stderr


def test_modules_of_the_project_do_not_take_the_place_of_the_library(project):
    for name in ("typing.py", "json.py", "libcst.py", "rich.py", "sqlite3.py"):
        project.write(name, "raise SystemExit('imported')\n")
    project.write("train.py", SCRIPT)
    project.nnic("lint", "train.py")
    project.nnic("status", status=3)


def test_odd_names_are_shown_in_every_format(project):
    names = ["a b%#.py", "a\nb.py", "\udcff.py", "-x.py", "--help.py", "é\u202e.py"]
    for name in names:
        project.write(name, "lr = 0.1  # @nni.unifrm(0, 1)\n")
    for form in ("text", "json", "sarif", "github"):
        done = project.nnic("lint", "--format", form, ".", status=1)
        assert "\udcff" not in done.stdout
        if form == "sarif":
            assert len(json.loads(done.stdout)["runs"][0]["results"]) == len(names)


DEEP = "[" * 100_000


def test_what_is_nested_too_deeply_is_said_of_every_file(project):
    project.write("train.py", SCRIPT)
    project.write("plain.py", "import nni\nnni.report_final_result(nni.get_next_parameter()['lr'])\n")
    project.write("deep.json", DEEP)
    project.write("deep.jsonl", f'{{"parameters": {DEEP}\n')
    commands = (
        ("run", "train.py", "--maximize", "--trials", "1", "--import", "deep.json"),
        ("run", "train.py", "--maximize", "--trials", "1", "--import", "deep.jsonl"),
        ("compile", "train.py", "--params", "deep.json", "--out", "trial.py"),
        ("run", "plain.py", "--maximize", "--trials", "1", "--space", "deep.json"),
    )
    for command in commands:
        done = nnic(project, *command)
        assert done.returncode in (1, 2), done.stderr
        assert "nested too deeply" in done.stderr
    project.write("pyproject.toml", f"[tool.nnic]\nexclude = {'[' * 20_000}\n")
    assert "pyproject.toml: it is nested too deeply" in nnic(project, "lint", ".").stderr


def test_a_result_that_no_float_holds_is_no_result(project):
    project.write("train.py", SCRIPT)
    project.write("earlier.json", f'[{{"parameters": {{"lr": 0.5}}, "metric": 1{"0" * 400}}}]')
    arguments = ("--maximize", "--trials", "1", "--import", "earlier.json")
    done = project.nnic("run", "train.py", *arguments, status=1)
    assert "earlier.json has no result that fits the search space" in done.stderr
