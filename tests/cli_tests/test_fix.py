import os
import stat
import subprocess
from shutil import which

import pytest

BAD = "lr = 1e-3  # @nni.loguniform(1e-1, 1e-5)\nx = 1.5  # @nni.unifrom(0, 2)\n"
GOOD = "lr = 1e-3  # @nni.loguniform(1e-5, 1e-1)\nx = 1.5  # @nni.uniform(0, 2)\n"


def test_safe_fixes_are_written_and_the_rest_is_reported(project):
    project.write("bad.py", BAD + "y = 1  # nni.choice(1, 2)\n")
    project.write("pkg/other.py", "x = 1.0  # @nni.unifrom(0, 2)\n")
    result = project.nnic("lint", "--fix", status=1)
    assert "fixed 3 findings in 2 files" in result.stderr
    assert "NNI204" in result.stdout
    assert "NNI101" not in result.stdout
    assert (project.root / "bad.py").read_text() == GOOD + "y = 1  # nni.choice(1, 2)\n"


def test_the_exit_status_is_that_of_what_remains(project):
    project.write("bad.py", BAD)
    result = project.nnic("lint", "--fix", "bad.py")
    assert (result.stdout, result.stderr) == ("", "fixed 2 findings in 1 file\n")
    again = project.nnic("lint", "--fix", "bad.py")
    assert (again.stdout, again.stderr) == ("", "")


def test_suggested_fixes_are_asked_for(project):
    project.write("bad.py", "y = 1  # nni.choice(1, 2)\n")
    assert "nnic lint --fix --unsafe-fixes" in project.nnic("lint", "--fix", "bad.py", status=1).stdout
    assert project.nnic("lint", "--fix", "--unsafe-fixes", "bad.py").stderr == "fixed 1 finding in 1 file\n"
    assert (project.root / "bad.py").read_text() == "y = 1  # @nni.choice(1, 2)\n"
    assert "goes with --fix" in project.nnic("lint", "--unsafe-fixes", status=2).stderr


@pytest.mark.skipif(which("patch") is None, reason="patch is not installed")
def test_a_diff_is_shown_and_nothing_written(project):
    file = project.write("bad.py", BAD)
    result = project.nnic("lint", "--diff", "bad.py", status=1)
    assert file.read_text() == BAD
    assert result.stderr == "would fix 2 findings in 1 file\n"
    assert "+x = 1.5  # @nni.uniform(0, 2)\n" in result.stdout
    subprocess.run(["patch", "-p1"], input=result.stdout, text=True, cwd=project.root, check=True, timeout=60)
    assert file.read_text() == GOOD
    assert "can't be combined" in project.nnic("lint", "--diff", "--format", "json", status=2).stderr


def test_everything_else_about_the_file_stays(project):
    data = b"\xef\xbb\xbf" + ("# größe\r\n" + BAD.replace("\n", "\r\n")).encode()
    file = project.root / "real.py"
    file.write_bytes(data)
    file.chmod(0o755)
    (project.root / "linked.py").symlink_to("real.py")
    project.nnic("lint", "--fix", "linked.py")
    assert file.read_bytes() == b"\xef\xbb\xbf" + ("# größe\r\n" + GOOD.replace("\n", "\r\n")).encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    assert os.readlink(project.root / "linked.py") == "real.py"
    assert sorted(p.name for p in project.root.iterdir()) == [".git", "linked.py", "real.py", "train.py"]


def test_latin_1_stays_latin_1(project):
    file = project.root / "bad.py"
    file.write_bytes(("# coding: latin-1\n# größe\n" + BAD).encode("latin-1"))
    project.nnic("lint", "--fix", "bad.py")
    assert file.read_bytes() == ("# coding: latin-1\n# größe\n" + GOOD).encode("latin-1")


def test_what_is_ignored_is_not_mended(project):
    text = "x = 1.5  # @nni.unifrom(0, 2)  # nnic: ignore[NNI101]\n"
    file = project.write("bad.py", text + BAD)
    project.nnic("lint", "--fix", "--ignore", "NNI103", "bad.py")
    assert file.read_text() == text + BAD.replace("unifrom", "uniform")


def test_a_file_that_can_not_be_parsed_is_left_alone(project):
    file = project.write("bad.py", "x = = 1  # @nni.unifrom(0, 2)\n")
    assert "NNI114" in project.nnic("lint", "--fix", "bad.py", status=1).stdout
    assert file.read_text() == "x = = 1  # @nni.unifrom(0, 2)\n"


def test_json_stays_json_beside_fixes(project):
    project.write("bad.py", BAD)
    assert project.json("lint", "--fix", "bad.py") == []
