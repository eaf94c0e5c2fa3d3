import json
import os
import subprocess
import sys

SPACE = {
    "train/lr/loguniform": {"_type": "loguniform", "_value": [1e-4, 1.0]},
    "train/depth/choice": {"_type": "choice", "_value": [1, 2, 3, 4]},
    "train/min/function_choice": {"_type": "choice", "_value": ["min(lr, 0.5)", "max(lr, 0.01)"]},
}


def test_out_has_the_tree_the_space_and_the_program(project):
    project.write("data/rows.csv", "1,2\n")
    project.nnic("compile", "train.py", "--out", "built")
    built = project.root / "built"
    assert json.loads((built / "search_space.json").read_text()) == SPACE
    assert json.loads((built / "program.json").read_text())["entry"] == "train.py"
    assert (built / "code" / "data" / "rows.csv").read_text() == "1,2\n"


def test_the_compiled_tree_runs_and_prints_the_same(project):
    project.nnic("compile", "train.py", "--out", "built")
    run = lambda path: subprocess.run(  # noqa: E731
        [sys.executable, path, "x"], cwd=project.root, capture_output=True, text=True, check=True
    )
    assert run("built/code/train.py").stdout == run("train.py").stdout


def test_the_default_is_in_the_project_and_ignored_by_git(project):
    result = project.nnic("compile", "train.py")
    assert (project.root / ".nnic" / "build" / "train" / "program.json").is_file()
    assert (project.root / ".nnic" / ".gitignore").read_text() == "*\n"
    assert "  lr         loguniform(0.0001, 1)" in result.stdout
    project.nnic("compile", "train.py")


def test_nnic_home_moves_everything(project):
    project.environment["NNIC_HOME"] = str(project.root / "elsewhere")
    project.nnic("compile", "train.py")
    assert (project.root / "elsewhere" / "build" / "train" / "program.json").is_file()
    assert not (project.root / ".nnic").exists()


def test_diff_writes_nothing(project):
    result = project.nnic("compile", "train.py", "--diff")
    assert "+lr = (__nnic__.get('train/lr/loguniform') if " in result.stdout
    assert not (project.root / ".nnic").exists()


def test_json(project):
    result = project.json("compile", "train.py", "--out", "built")
    assert result["search_space"] == SPACE


def test_errors_are_shown_and_nothing_is_written(project):
    project.write("bad.py", "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\n")
    result = project.nnic("compile", "bad.py", "--out", "built", status=1)
    assert "bad.py:1:30: error[NNI103]" in result.stderr
    assert not (project.root / "built").exists()


def test_a_folder_of_somebody_elses_is_not_replaced(project):
    project.write("mine/notes.txt", "precious")
    result = project.nnic("compile", "train.py", "--out", "mine", status=1)
    assert "choose another --out" in result.stderr
    assert (project.root / "mine" / "notes.txt").read_text() == "precious"


def test_a_directory_is_compiled_whole(project):
    project.write("code/a.py", "x = 1  # @nni.choice(1, 2)\n")
    project.write("code/pkg/b.py", "y = 1  # @nni.choice(1, 2)\n")
    result = project.json("compile", "code", "--out", "built")
    assert list(result["search_space"]) == ["a/x/choice", "pkg.b/y/choice"]


def test_a_missing_target_is_a_usage_error(project):
    assert "does not exist" in project.nnic("compile", "nowhere.py", status=2).stderr


def test_a_read_only_place_says_what_to_do(project):
    if os.geteuid() == 0:
        target = "/proc/built"
    else:
        (project.root / "locked").mkdir(mode=0o500)
        target = "locked/built"
    assert "choose another --out" in project.nnic("compile", "train.py", "--out", target, status=1).stderr
