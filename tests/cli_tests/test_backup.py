"""Copies of the store, and two runs at once, as their user calls them."""

import subprocess


def test_backing_up_and_putting_back(project):
    assert "no experiments" in project.nnic("backup", status=3).stderr
    project.nnic("run", "train.py", "--trials", "2", "-q")
    said = project.nnic("backup").stdout
    copy = said.partition("; ")[0]
    project.nnic("resume", "--trials", "4", "-q")
    assert f"copies: {copy}" in project.nnic("backup", "--restore", status=1).stderr
    assert f"is {copy} now; before: " in project.nnic("backup", copy, "--restore").stdout
    assert len(project.json("trials")) == 2
    assert "exists; name another" in project.nnic("backup", copy, status=1).stderr
    assert not [entry for entry in project.json("doctor") if entry["level"] == "problem"]


def test_two_runs_at_once_in_one_project(project):
    commands = [project.command("run", "train.py", "--trials", "8", "-q", "--seed", str(n)) for n in range(2)]
    runs = [
        subprocess.Popen(
            command, cwd=project.root, env=project.environment, stderr=subprocess.PIPE, text=True
        )
        for command in commands
    ]
    for run in runs:
        _, error = run.communicate(timeout=120)
        assert run.returncode == 0, error
    entries = project.json("status")
    assert [entry["trials"] for entry in entries] == [{"succeeded": 8}] * 2
    for entry in entries:
        trials = project.json("trials", entry["experiment"])
        assert [trial["trial"] for trial in trials] == list(range(8))
        assert all(len(trial["intermediate"]) == 3 for trial in trials)
    assert not [entry for entry in project.json("doctor") if entry["level"] == "problem"]
