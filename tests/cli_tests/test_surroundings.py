"""A machine that does not play along: each time a message with a way out, never a traceback."""

import contextlib
import shlex
import shutil
import signal
import subprocess

import pytest

QUICK = "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n"


@pytest.fixture
def quick(project):
    project.write("quick.py", QUICK)
    return project


def shell(project, command):
    text = shlex.join(project.command())
    return subprocess.run(
        ["bash", "-c", command.replace("nnic ", f"{text} ")],
        cwd=project.root,
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_run_goes_on_when_nobody_reads_its_progress(quick):
    shell(quick, "nnic run quick.py --trials 5 2>&1 | head -1")
    assert [trial["status"] for trial in quick.json("trials")] == ["succeeded"] * 5


def test_a_run_without_output_at_all(quick):
    assert shell(quick, "nnic run quick.py --trials 2 >&- 2>&-").returncode == 0
    assert len(quick.json("trials")) == 2


def test_a_result_that_cannot_be_written(quick):
    quick.nnic("run", "quick.py", "--trials", "2", "-q")
    result = shell(quick, "nnic trials > /dev/full")
    assert result.returncode == 1
    assert result.stderr.startswith("nnic: No space left on device")
    assert "Traceback" not in result.stderr


def test_a_full_disk_is_named(quick):
    disk = quick.root / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True
    ).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        quick.environment["NNIC_HOME"] = str(disk / "home")
        (disk / "filler").write_bytes(bytes(40_000))
        errors = [quick.nnic("run", "quick.py", status=1).stderr]
        with contextlib.suppress(OSError), open(disk / "more", "wb", 0) as stream:
            while stream.write(bytes(4096)):
                pass
        errors.append(quick.nnic("run", "quick.py", status=1).stderr)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
    for text in errors:
        assert f"the disk of {disk}" in text
        assert "is full; free some space (nnic clean shows what can go)" in text


def test_a_home_that_cannot_be_made(quick):
    quick.environment["NNIC_HOME"] = "/dev/null"
    assert "NNIC_HOME" in quick.nnic("run", "quick.py", status=1).stderr
    quick.environment["NNIC_HOME"] = "/proc/none"
    assert "NNIC_HOME" in quick.nnic("run", "quick.py", status=1).stderr


@pytest.mark.parametrize("gone", ["", "program"])
def test_an_experiment_whose_folder_was_deleted(quick, gone):
    quick.nnic("run", "quick.py", "--trials", "2", "-q")
    (folder,) = (quick.root / ".nnic" / "experiments").iterdir()
    shutil.rmtree(folder / gone)
    for command in (("resume", "--trials", "4"), ("apply", "--dry-run")):
        assert "was deleted" in quick.nnic(*command, status=1).stderr
    assert len(quick.json("trials")) == 2


def test_a_damaged_database(quick):
    quick.nnic("run", "quick.py", "--trials", "2", "-q")
    database = quick.root / ".nnic" / "nnic.db"
    with open(database, "r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * (database.stat().st_size - 4096))
    for command in (("trials",), ("status",), ("best",), ("resume",), ("run", "quick.py")):
        assert "nnic.db" in quick.nnic(*command, status=1).stderr


def test_what_ran_when_the_manager_was_killed_is_lost(project):
    project.write("slow.py", "import time\n" + QUICK + "time.sleep(30)\n")
    manager = subprocess.Popen(
        project.command("run", "slow.py"), cwd=project.root, env=project.environment, stderr=subprocess.PIPE
    )
    while b"trial=0 started" not in manager.stderr.readline():
        pass
    manager.send_signal(signal.SIGKILL)
    manager.communicate()
    (trial,) = project.json("trials")
    assert trial["status"] == "lost"
    (entry,) = project.json("status")
    assert (entry["state"], entry["trials"]) == ("killed", {"lost": 1})
    assert "(killed)" in project.nnic("stop", status=1).stderr


def test_stopping_twice_still_lets_running_trials_end(project):
    wait = "import os, time\nwhile not os.path.exists(os.environ['GATE']):\n    time.sleep(0.05)\n"
    project.write("slow.py", wait + QUICK)
    project.environment["GATE"] = str(project.root / "gate")
    with subprocess.Popen(
        project.command("run", "slow.py"), cwd=project.root, env=project.environment, stderr=subprocess.PIPE
    ) as manager:
        while b"trial=0 started" not in manager.stderr.readline():
            pass
        for _ in range(3):
            assert "once its running trials have ended" in project.nnic("stop").stdout
        (project.root / "gate").touch()
        manager.communicate(timeout=60)
    assert manager.returncode == 130
    assert [trial["status"] for trial in project.json("trials")] == ["succeeded"]


def test_text_that_no_terminal_takes(project):
    project.write("odd.py", "if True: raise ValueError('\\udc80 \\x1b[31m \\0')\n" + QUICK)
    result = project.nnic("run", "odd.py", status=1)
    assert "ValueError: \\udc80 \\x1b[31m \\x00" in result.stderr
    assert "\x1b" not in project.nnic("trials").stdout
    (trial,) = project.json("trials")
    assert trial["error"]["message"].startswith("\udc80 \x1b[31m")


def test_a_terminal_that_knows_ascii_alone(project):
    project.environment["PYTHONIOENCODING"] = "ascii"
    project.nnic("run", "train.py", "--trials", "2")
    assert "?" in project.nnic("trials").stdout
    assert len(project.json("trials")) == 2


def test_an_exit_with_a_message_shows_it(project):
    project.write("quits.py", "if True: raise SystemExit('no data in /data')\n" + QUICK)
    assert "| no data in /data" in project.nnic("run", "quits.py", status=1).stderr


def test_resume_says_that_the_code_is_the_old_one(project):
    project.write("quick.py", "open('missing')\n" + QUICK)
    assert "run the edited script:    nnic run quick.py" in project.nnic("run", "quick.py", status=1).stderr
    project.write("quick.py", QUICK)
    assert "quick.py changed since" in project.nnic("resume", status=1).stderr


def test_resume_of_a_run_that_is_done(quick):
    quick.nnic("run", "quick.py", "--trials", "2", "-q")
    result = quick.nnic("resume")
    assert "2 trials are done" in result.stderr
    assert "nothing was left to do; for more trials: nnic resume" in result.stderr
    assert len(quick.json("trials")) == 2


def test_the_time_limit_is_named(project):
    project.write("slow.py", QUICK + "import time\ntime.sleep(0.1)\n")
    result = project.nnic("run", "slow.py", "--time", "1s")
    assert "the time limit of 1 s is reached" in result.stderr
