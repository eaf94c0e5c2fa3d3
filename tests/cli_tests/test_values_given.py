"""Values and results that go into a run and out of it as people write them."""

import signal
import subprocess
import time

import pytest

NO_CONSTANT = """\
C = {
    "k": 100,  # @nni.choice(100, 200)
}
n = int("7")  # @nni.choice(5, 6)
m = int("2")  # @nni.choice(1, 2)
# @nni.report_final_result(C["k"] + n + m)
"""
OPTIONS = """\
a = None  # @nni.choice(None, "", "é", "None")
# @nni.report_final_result(len(str(a)))
"""


def test_own_values_that_are_no_constants_are_taken_from_the_script(project):
    project.write("train.py", NO_CONSTANT)
    enqueued = ("--enqueue", "C['k']=200", "--enqueue", "k=100 n=5")
    project.nnic("run", "train.py", "--trials", "3", "-q", *enqueued)
    first, second, third = project.json("trials")
    names = [f"train/{name}/choice" for name in ('C["k"]', "n", "m")]
    assert (first["metric"], second["metric"], third["metric"]) == (109, 209, 107)
    given = {key: value for key, value in second["parameters"].items() if key in names or "k" in key}
    assert 200 in given.values()
    assert second["parameters"]["train/m/choice"] == 2  # trial 0 has told it
    assert "train/n/choice" not in second["parameters"]  # it lies outside: the script's own
    assert third["parameters"]["train/n/choice"] == 5


def test_an_export_is_utf_8_whatever_the_locale_and_is_read_again(project):
    project.write("train.py", OPTIONS)
    project.nnic("run", "train.py", "--tuner", "grid", "--trials", "5", "-q")
    environment = {**project.environment, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = project.command("export")
    table = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, check=True).stdout
    assert "é" in table.decode("utf-8")
    (project.root / "r.csv").write_bytes(table)
    project.nnic("run", "train.py", "--tuner", "grid", "--trials", "1", "-q", "--import", "r.csv")
    imported = [t for t in project.json("trials") if t["status"] == "imported"]
    assert {t["parameters"]["train/a/choice"] for t in imported} == {None, "", "é", "None"}


def test_a_parameter_that_was_added_is_stated_for_a_warm_start(project):
    text = "lr = 0.1  # @nni.uniform(0, 1)\ndrop = 0.0{}\n# @nni.report_final_result(lr)\n"
    project.write("train.py", text.format(""))
    project.nnic("run", "train.py", "--trials", "2", "-q")
    name = project.json("status")[0]["experiment"]
    project.write("train.py", text.format("  # @nni.uniform(0, 0.5)"))
    warm = ("run", "train.py", "--trials", "1", "-q", "--warm-start", name)
    told = project.nnic(*warm, status=1).stderr
    assert "drop has no value" in told
    assert "--earlier NAME=VALUE" in told
    project.nnic(*warm, "--earlier", "drop=0")
    assert [t["status"] for t in project.json("trials")].count("imported") == 2


@pytest.mark.parametrize("when", [0.2, 0.6])
def test_an_interrupt_before_anything_started_leaves_nothing(project, when):
    project.write("slow.py", "import time\ntime.sleep(60)\n")
    project.write("train.py", "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n")
    command = project.command("run", "train.py", "--tuner", "slow.py:Slow")
    running = subprocess.Popen(
        command, cwd=project.root, env=project.environment, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    experiments = project.root / ".nnic" / "experiments"
    while not experiments.exists() or not list(experiments.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(when)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted before anything was started" in told
    assert "resume" not in told
    assert list(experiments.iterdir()) == []
