import shutil
import subprocess
import sys

import pytest

from nnic.cli import main

SCRIPT = """\
#!/usr/bin/env python3
'''A script of a user's.'''

lr = 1e-1  # @nni.loguniform(10**-4, high=1.0)
depth = 3  # keep  # @nni.choice(1, 2, 3, 4)
'''@nni.function_choice(min(lr, 0.5), max(lr,  0.01), name=min)'''
rate = min(lr, 0.5)
# @nni.choice('relu',
#             'tanh',
#             'gelu', name=act)
act = "relu"
width = 0x40  # @nni.randint(16, 256)
for step in range(3):
    '''@nni.report_intermediate_result(rate * step)'''
metric = rate * depth + (act == "gelu") * 2 + width / 1000
print(repr(metric))
'''@nni.report_final_result(metric)'''
"""


@pytest.fixture(scope="module")
def searched(tmp_path_factory, new_project):
    """One project with one experiment."""
    made = new_project(tmp_path_factory.mktemp("searched"))
    made.write("train.py", SCRIPT)
    made.nnic("run", "train.py", "--tuner", "random", "--trials", "14", "-q", "--seed", "3")
    return made


@pytest.fixture
def project(searched):
    """The project as the search left it."""
    for folder in searched.root.glob(".nnic/experiments/*/applies"):
        shutil.rmtree(folder)
    for path in searched.root.glob("*.py"):
        path.unlink()
    searched.write("train.py", SCRIPT)
    return searched


@pytest.fixture(scope="module")
def best(searched):
    return searched.json("best")


def metric_of(script):
    """What the script prints when it is run as it is, in a process that can't import nnic."""
    code = "import runpy, sys; sys.modules['nnic'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    command = [sys.executable, "-I", "-c", code, str(script)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def text_of(project):
    return (project.root / "train.py").read_text()


def test_dry_run_shows_a_diff_that_patch_tools_apply(project, best):
    result = project.nnic("apply", "--dry-run")
    assert result.stdout.startswith("--- a/train.py\n+++ b/train.py\n")
    assert "nothing was written" in result.stderr
    assert text_of(project) == SCRIPT
    (project.root / ".git").rmdir()
    try:
        subprocess.run(["git", "apply", "-"], input=result.stdout, cwd=project.root, text=True, check=True)
    finally:
        (project.root / ".git").mkdir()
    assert metric_of(project.root / "train.py") == best["metric"]


@pytest.mark.parametrize("options", [(), ("--narrow",), ("--strip",)])
def test_the_applied_script_alone_reports_the_metric_of_its_trial(project, best, options):
    result = project.nnic("apply", *options)
    assert metric_of(project.root / "train.py") == best["metric"]
    assert "take it back: nnic apply --undo" in result.stderr
    assert project.nnic("lint", "train.py").stdout == ""


def test_annotations_and_notation_stay(project, best):
    project.nnic("apply", "--trial", str(best["trial"]))
    parameters = best["parameters"]
    lines = text_of(project).splitlines()
    comments = [line.partition("  #")[2] for line in SCRIPT.splitlines()]
    assert [line.partition("  #")[2] for line in lines] == comments
    name, _, number = lines[3].partition("  #")[0].partition(" = ")
    assert "e-" in number
    assert (name, float(number)) == ("lr", parameters["train/lr/loguniform"])
    assert f'act = "{parameters["train/act/choice"]}"' in lines
    assert lines[11].startswith(f"width = {parameters['train/width/randint']:#x}  #")


def test_digits_round_numbers(project):
    project.nnic("apply", "--digits", "2")
    number = text_of(project).splitlines()[3].partition("  #")[0].partition(" = ")[2]
    assert len(number.partition("e")[0].replace(".", "")) <= 2


def test_strip_leaves_an_ordinary_script(project):
    result = project.json("apply", "--strip")
    text = text_of(project)
    assert result["files"] == {"train.py": text}
    assert "@nni" not in text
    assert text.splitlines()[4].startswith("depth = ")
    assert text.splitlines()[4].endswith("  # keep")
    assert "    pass\n" in text  # the loop that held a report alone
    assert "nnic apply --undo" in project.nnic("apply", "--trial", "1", status=1).stderr


def test_narrow_says_what_was_narrowed_to_what(project, best):
    result = project.nnic("apply", "--narrow", "--dry-run")
    assert "narrowed to" in result.stderr
    narrowed = {entry["parameter"]: entry for entry in project.json("apply", "--narrow")["narrowed"]}
    low, high = narrowed["train/lr/loguniform"]["after"]
    assert 1e-4 <= low <= best["parameters"]["train/lr/loguniform"] <= high <= 1.0
    assert high / low < 1e4
    space = project.json("compile", "train.py", "--out", "built")["search_space"]
    assert {key: entry["_value"] for key, entry in space.items()} == {
        key: entry["after"] for key, entry in narrowed.items()
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [(("--narrow", "--strip"), "choose one"), (("--undo", "--strip"), "other options")],
)
def test_options_that_exclude_each_other(capsys, options, message):
    with pytest.raises(SystemExit) as ended:
        main(["apply", *options])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_undo_walks_back_through_the_applies(project):
    texts = [text_of(project)]
    for options in (("--trial", "1"), ("--narrow",), ("--strip",)):
        project.nnic("apply", *options)
        texts.append(text_of(project))
    assert len(set(texts)) == 4
    assert "nothing was undone" in project.nnic("apply", "--undo", "--dry-run").stderr
    while len(texts) > 1:
        assert text_of(project) == texts.pop()
        assert project.json("apply", "--undo")["files"] == {"train.py": texts[-1]}
    assert text_of(project) == SCRIPT
    assert "nothing to undo" in project.nnic("apply", "--undo", status=1).stderr


def test_undo_refuses_what_was_edited_since(project):
    project.nnic("apply")
    edited = text_of(project).replace("depth = ", "deepness = ")
    project.write("train.py", edited)
    assert "train.py line 5" in project.nnic("apply", "--undo", status=1).stderr
    assert text_of(project) == edited


def test_a_second_apply_starts_from_the_first(project):
    project.nnic("apply")
    again = project.nnic("apply")
    assert again.stdout == ""
    assert "nothing to change" in again.stderr
    project.nnic("apply", "--trial", "0")  # the script's own values
    assert text_of(project) == SCRIPT


def test_the_baseline_changes_nothing(project):
    result = project.nnic("apply", "--trial", "0")
    assert result.stdout == ""
    assert "nothing to change" in result.stderr


def test_edits_elsewhere_are_kept(project, best):
    project.write("train.py", SCRIPT.replace("range(3)", "range(4)").replace("\n\n", "\n\n# new\n", 1))
    result = project.nnic("apply")
    assert "edited since the search: train.py lines 4, 14;" in result.stderr
    assert metric_of(project.root / "train.py") == best["metric"]
    assert "# new\nlr" in text_of(project)
    assert "range(4)" in text_of(project)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        pytest.param("lr = 1e-1", "lr = 2e-1", "train.py line 4: lr", id="a-value"),
        pytest.param("10**-4", "1e-4", "train.py line 4: lr", id="an-annotation"),
        pytest.param("'tanh'", "'selu'", "train.py line 9: act", id="an-option"),
        pytest.param("rate = min", "speed = min", "train.py line 7: min", id="the-statement"),
        pytest.param("  # @nni.randint(16, 256)", "", "train.py no longer has width (line 12)", id="gone"),
        pytest.param("step)'''", "1)'''\n    x = 1  # @nni.choice(1, 2)", "train.py line 15: x", id="more"),
    ],
)
def test_edited_places_are_refused_with_their_lines(project, monkeypatch, capsys, old, new, where):
    project.write("train.py", SCRIPT.replace(old, new))
    monkeypatch.chdir(project.root)
    with pytest.raises(SystemExit) as ended:
        main(["apply"])
    assert ended.value.code == 1
    assert where in capsys.readouterr().err
    assert text_of(project) == SCRIPT.replace(old, new)


def test_a_file_that_is_gone(project):
    (project.root / "train.py").rename(project.root / "other.py")
    assert "train.py is gone" in project.nnic("apply", status=1).stderr


def test_a_trial_that_is_not_there(project):
    assert "has no trial 99" in project.nnic("apply", "--trial", "99", status=3).stderr


def test_permissions_and_links_stay(project):
    script = project.root / "train.py"
    script.chmod(0o755)
    real = project.root / "real.py"
    script.rename(real)
    script.symlink_to("real.py")
    project.nnic("apply")
    assert script.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o755
    assert real.read_text() != SCRIPT
    project.nnic("apply", "--undo")
    assert script.is_symlink()
    assert real.read_text() == SCRIPT


def test_too_few_trials_to_narrow(tmp_path, new_project):
    few = new_project(tmp_path)
    few.write("train.py", SCRIPT)
    few.nnic("run", "train.py", "--trials", "3", "-q")
    message = few.nnic("apply", "--narrow", status=1).stderr
    assert "too few trials: --narrow needs 10" in message
    assert (tmp_path / "train.py").read_text() == SCRIPT


def test_an_option_that_was_narrowed_away_is_not_written(project):
    narrowed = {entry["parameter"]: entry for entry in project.json("apply", "--narrow")["narrowed"]}
    after = text_of(project)
    gone = {key: set(n["before"]) - set(n["after"]) for key, n in narrowed.items() if n["type"] == "choice"}
    trials = project.json("trials")
    lost = [t for t in trials if any(t["parameters"].get(key) in values for key, values in gone.items())]
    message = project.nnic("apply", "--trial", str(lost[-1]["trial"]), status=1).stderr
    assert "an earlier apply removed the option" in message
    assert "Undo that first: nnic apply --undo" in message
    assert text_of(project) == after


def test_narrowing_twice_narrows_no_further(project):
    project.nnic("apply", "--narrow")
    once = text_of(project)
    again = project.nnic("apply", "--narrow")
    assert "stays: it is already as narrow" in again.stderr
    assert "nothing to change" in again.stderr
    assert text_of(project) == once
    project.nnic("apply", "--undo")
    assert text_of(project) == SCRIPT


def test_what_would_change_the_space_is_not_written(tmp_path, new_project):
    made = new_project(tmp_path)
    script = (
        "'@nni.choice(None, ' 'dict(k=2))'\nx = None\n# @nni.report_final_result(0 if x is None else 1)\n"
    )
    made.write("train.py", script)
    made.nnic("run", "train.py", "--tuner", "grid", "--trials", "3", "-q", "--maximize")
    for options in ((), ("--dry-run",)):
        result = made.nnic("apply", *options, status=1)
        assert "train.py:1: with these values the annotation of x would not mean the same" in result.stderr
        assert "Add name=: name=x" in result.stderr
        assert "nothing is written: " in result.stderr
        assert made.root.joinpath("train.py").read_text() == script
    made.nnic("apply", "--strip")
    assert made.root.joinpath("train.py").read_text() == "x = dict(k=2)\n"
