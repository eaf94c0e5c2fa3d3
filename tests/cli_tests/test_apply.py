import subprocess
import sys


def run(project, trials="8"):
    project.nnic("run", "train.py", "--trials", trials, "-q", "--seed", "3")
    return project.json("best")


def test_dry_run_shows_a_diff_and_changes_nothing(project):
    best = run(project)
    before = (project.root / "train.py").read_bytes()
    result = project.nnic("apply", "--dry-run")
    assert result.stdout.startswith("--- a/train.py\n+++ b/train.py\n")
    assert (
        f"+lr = {best['parameters']['train/lr/loguniform']!r}  # @nni.loguniform(1e-4, 1.0)" in result.stdout
    )
    assert "nothing was written" in result.stderr
    assert (project.root / "train.py").read_bytes() == before


def test_the_diff_applies_with_patch_tools(project):
    run(project)
    (project.root / ".git").rmdir()
    diff = project.nnic("apply", "--dry-run").stdout if (project.root / ".nnic").exists() else ""
    subprocess.run(["git", "apply", "-"], input=diff, cwd=project.root, text=True, check=True)
    assert project.nnic("apply", "--dry-run", status=1).stderr.count("was edited")


def test_the_applied_script_reports_the_metric_of_its_trial(project):
    best = run(project)
    project.nnic("apply")
    script = project.root / "train.py"
    assert "@nni.loguniform(1e-4, 1.0)" in script.read_text()
    project.nnic("run", "train.py", "--trials", "1", "-q")
    assert project.json("best")["metric"] == best["metric"]
    subprocess.run([sys.executable, str(script)], check=True, capture_output=True)


def test_the_baseline_changes_nothing(project):
    run(project)
    result = project.nnic("apply", "--trial", "0")
    assert result.stdout == ""
    assert "nothing to change" in result.stderr


def test_edited_source_is_refused_with_the_lines(project):
    run(project)
    script = project.root / "train.py"
    edited = script.read_text().replace("range(3)", "range(4)")
    script.write_text(edited)
    message = project.nnic("apply", status=1).stderr
    assert "train.py line 8" in message
    assert script.read_text() == edited


def test_a_trial_that_is_not_there(project):
    run(project, "2")
    assert "has no trial 9" in project.nnic("apply", "--trial", "9", status=3).stderr


def test_permissions_and_links_stay(project):
    script = project.root / "train.py"
    script.chmod(0o755)
    real = project.root / "real.py"
    script.rename(real)
    script.symlink_to("real.py")
    run(project)
    project.nnic("apply")
    assert script.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o755
