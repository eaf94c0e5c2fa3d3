"""Cleaning as its user does it."""

SCRIPT = """\
import os
lr = 0.1  # @nni.uniform(0, 1)
with open(os.path.join(os.environ["NNIC_OUTPUT_DIR"], "model.bin"), "wb") as stream:
    stream.write(bytes(50_000))
# @nni.report_final_result(lr)
"""


def test_cleaning_shows_asks_and_removes(project):
    project.write("train.py", SCRIPT)
    assert "no experiments" in project.nnic("clean", status=3).stderr
    project.nnic("run", "train.py", "--trials", "4", "-q")
    home = project.root / ".nnic"
    (name,) = [folder.name for folder in (home / "experiments").iterdir()]
    text = project.nnic("clean").stdout
    assert "all but the best" in text
    assert text.endswith("nothing was removed; to remove all of it: nnic clean --yes\n")
    assert project.json("clean", "--dry-run", "--yes")[0]["removed"] is False
    assert len(list(home.rglob("model.bin"))) == 4
    assert project.nnic("clean", "-y").stdout.splitlines()[-1].endswith("KiB freed")
    assert len(list(home.rglob("model.bin"))) == 1
    assert (
        project.nnic("clean").stdout
        == f"nothing in {home} can be removed; to remove a whole experiment: nnic clean EXP\n"
    )
    assert "no experiment is called 'x'" in project.nnic("clean", "x", status=3).stderr
    assert f"all of it: nnic clean {name} --yes" in project.nnic("clean", name).stdout
    (entry,) = project.json("clean", name, "--yes")
    assert (entry["experiment"], entry["removed"]) == (name, True)
    assert project.json("status") == []
