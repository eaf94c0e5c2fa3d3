"""Where experiments are: what a run prints works where it is printed, and commands find what it wrote."""

import os
import re
import shutil
import sqlite3
import subprocess

import pytest

QUICK = "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n"
FAILS = "lr = 0.1  # @nni.uniform(0, 1)\nraise ValueError(lr)\n# @nni.report_final_result(lr)\n"


@pytest.fixture
def plain(project):
    """A folder that belongs to no repository."""
    shutil.rmtree(project.root / ".git")
    return project


def run(project, script, cwd=".", status=0):
    """Run a search and return its name."""
    text = project.nnic("run", script, "--trials", "1", "-q", cwd=cwd, status=status)
    if status:
        return text.stderr
    return text.stdout.split()[0]


def best(project, cwd=".", *more):
    return project.nnic("best", *more, cwd=cwd).stdout.split()[0]


def test_a_script_in_a_folder_below(plain):
    plain.write("src/train.py", QUICK)
    name = run(plain, "src/train.py")
    assert (plain.root / ".nnic/nnic.db").exists()
    assert not (plain.root / "src/.nnic").exists()
    assert best(plain) == best(plain, "src") == name
    # From the folder of the script it is the same project.
    second = run(plain, "train.py", cwd="src")
    assert best(plain) == second
    assert len(plain.json("status")) == 2


def test_every_printed_command_works_where_it_is_printed(plain):
    plain.write("src/train.py", FAILS)
    text = run(plain, "src/train.py", status=1)
    printed = re.findall(r"nnic (logs|resume|trials) (\S+)( 0)?", text)
    assert {command for command, _, _ in printed} >= {"logs", "resume"}
    for command, name, number in printed:
        if command != "resume":
            plain.nnic(command, name, *number.split())


def test_a_script_of_another_project(plain):
    """It writes to the project of the script; the folder that it was called in remembers that."""
    (plain.root / "other/.git").mkdir(parents=True)
    plain.write("other/code/train.py", QUICK)
    plain.write("here/train.py", QUICK)
    own = run(plain, "train.py", cwd="here")
    name = run(plain, "../other/code/train.py", cwd="here")
    assert (plain.root / "other/.nnic/nnic.db").exists()
    assert best(plain, "here") == best(plain, "other") == best(plain, "other/code") == name
    note = plain.nnic("status", cwd="here").stderr
    assert note == f"nnic: these are in {plain.root}/other/.nnic, where the last run from this folder wrote\n"
    assert best(plain, "here", own) == own
    assert plain.nnic("status", cwd="other").stderr == ""
    later = run(plain, str(plain.root / "here/train.py"), cwd="here")
    assert best(plain, "here") == later
    assert plain.nnic("status", cwd="here").stderr == ""


def test_a_script_elsewhere_that_belongs_to_no_project(plain):
    plain.write("scripts/train.py", QUICK)
    (plain.root / "here").mkdir()
    (plain.root / "scripts").chmod(0o555)
    try:
        name = run(plain, str(plain.root / "scripts/train.py"), cwd="here")
    finally:
        (plain.root / "scripts").chmod(0o755)
    assert (plain.root / "here/.nnic/nnic.db").exists()
    assert best(plain, "here") == name


def test_a_store_that_was_named_for_one_command(plain):
    plain.write("train.py", QUICK)
    plain.environment["NNIC_HOME"] = str(plain.root / "store")
    name = run(plain, "train.py")
    del plain.environment["NNIC_HOME"]
    assert best(plain) == name
    (plain.root / "deep/er").mkdir(parents=True)
    assert best(plain, "deep/er") == name
    plain.environment["NNIC_HOME"] = str(plain.root / "nothing")
    text = plain.nnic("status", status=3).stderr
    assert f"there are no experiments in {plain.root}/nothing.\n" in text


def test_where_nothing_is_it_says_where_it_looked(plain):
    text = plain.nnic("status", status=3).stderr
    assert text == (
        f"nnic: there are no experiments in {plain.root}/.nnic.\n"
        "  Start one: nnic run SCRIPT. In another folder: call nnic there, or set NNIC_HOME\n"
    )
    plain.write("work/one/.git/HEAD", "")
    plain.write("work/one/train.py", QUICK)
    run(plain, "train.py", cwd="work/one")
    text = plain.nnic("best", status=3).stderr
    assert "\n  There are some in work/one: call nnic there. Start a new one: nnic run SCRIPT\n" in text


def test_a_remembered_store_that_is_gone(plain):
    (plain.root / "other/.git").mkdir(parents=True)
    plain.write("other/train.py", QUICK)
    run(plain, "other/train.py")
    shutil.rmtree(plain.root / "other/.nnic")
    text = plain.nnic("status", status=3).stderr
    assert f"no experiments in {plain.root}/other/.nnic or {plain.root}/.nnic." in text


@pytest.mark.parametrize("cache", ["/proc/nnic", "relative"])
def test_without_a_folder_for_caches(plain, cache):
    plain.environment["XDG_CACHE_HOME"] = cache
    plain.write("src/train.py", QUICK)
    assert run(plain, "src/train.py") == best(plain)


def test_a_home_folder_with_a_repository_of_settings(plain):
    (plain.root / ".git").mkdir()
    plain.environment["HOME"] = str(plain.root)
    plain.write("work/code/train.py", QUICK)
    name = run(plain, "code/train.py", cwd="work")
    assert (plain.root / "work/.nnic/nnic.db").exists()
    assert best(plain, "work/code") == name
    # In the home folder itself it is meant.
    plain.write("train.py", QUICK)
    run(plain, "train.py")
    assert (plain.root / ".nnic/nnic.db").exists()


def test_a_worktree_and_a_submodule_have_their_own(project):
    project.write("lib/.git", "gitdir: ../.git/modules/lib\n")
    project.write("lib/train.py", QUICK)
    own = run(project, "train.py")
    name = run(project, "lib/train.py")
    assert (project.root / "lib/.nnic/nnic.db").exists()
    assert best(project) == best(project, "lib") == name
    assert best(project, ".", own) == own


def test_a_folder_that_another_user_keeps(plain):
    if os.getuid() == 0:
        pytest.skip("root may open everything")
    (plain.root / ".nnic").mkdir(mode=0)
    plain.write("work/train.py", QUICK)
    assert best(plain, "work") == run(plain, "train.py", cwd="work")


def spoil(project, name):
    with sqlite3.connect(project.root / ".nnic/nnic.db") as connection:
        connection.execute(
            "UPDATE experiment SET config = json_set(config, '$.later', 1) WHERE name = ?", (name,)
        )
    connection.close()


def test_one_experiment_that_is_not_understood_hides_no_other(project):
    first, second = run(project, "train.py"), run(project, "train.py")
    spoil(project, first)
    lines = project.nnic("status").stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [[second, "done"], [first, "unknown"]]
    assert f"the configuration of {first}" in lines[3]
    assert "an unknown setting, 'later'" in lines[3]
    entries = {entry["experiment"]: entry for entry in project.json("status")}
    assert "an unknown setting" in entries[first]["problem"]
    assert "problem" not in entries[second]
    assert best(project) == second
    assert f"the configuration of {first}" in project.nnic("best", first, status=3).stderr
    os.utime(project.root / ".nnic/experiments" / first, (0, 0))
    assert first not in project.nnic("clean").stdout


def test_a_store_that_is_no_database(project):
    (project.root / ".nnic").mkdir()
    project.write(".nnic/nnic.db", "no database\n" * 100)
    text = project.nnic("status", status=3).stderr
    assert "file is not a database; restore a copy (nnic backup --restore lists them), or move" in text
    assert "which copy?" in project.nnic("backup", "--restore", status=1).stderr


@pytest.mark.parametrize("command", ["trials --format json", "status", "trials"])
def test_a_reader_that_has_enough(project, command):
    """The status is that of a command that did what it was asked, and nothing is said."""
    run(project, "train.py")
    text = " ".join(project.command(*command.split()))
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {text} | true"],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_values_go_back_where_they_were_imported_from(project):
    """PYTHONPATH was there for the run alone: apply takes the files that were searched."""
    project.write("src/mypkg/__init__.py", "")
    project.write("src/mypkg/model.py", "width = 4  # @nni.choice(8, 16)\n")
    project.write("scripts/train.py", "from mypkg.model import width\n" + QUICK)
    project.environment["PYTHONPATH"] = "src"
    project.nnic("run", "scripts/train.py", "--trials", "2", "-q", "--share", "off")
    del project.environment["PYTHONPATH"]
    changed = project.nnic("apply", "--trial", "1").stdout
    assert {"--- a/scripts/train.py", "--- a/src/mypkg/model.py"} <= set(changed.splitlines())
    assert project.root.joinpath("src/mypkg/model.py").read_text() != "width = 4  # @nni.choice(8, 16)\n"
