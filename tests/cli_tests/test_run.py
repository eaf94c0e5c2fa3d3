import json
import os
import signal
import subprocess
import time

import pytest


def test_run_prints_the_best_and_tells_of_every_trial(project):
    result = project.nnic(
        "run", "train.py", "--trials", "6", "--seed", "1", "--jobs", "2", "--", "--flag", "value"
    )
    assert result.stdout.splitlines()[0].startswith("train-")
    assert "yours" in result.stdout
    lines = result.stderr.splitlines()
    assert sum(" succeeded metric=" in line for line in lines) == 6
    assert "own values" in next(line for line in lines if "trial=0 started" in line)
    assert project.nnic("logs", "0").stdout == "depth 3 --flag value\n"


def test_best_json(project):
    project.nnic("run", "train.py", "--trials", "8", "-q")
    best = project.json("best")
    assert list(best) == ["experiment", "trial", "metric", "parameters", "baseline"]
    assert set(best["parameters"]) == {
        "train/lr/loguniform",
        "train/depth/choice",
        "train/min/function_choice",
    }
    assert best["baseline"]["metric"] == pytest.approx(0.3)
    assert best["baseline"]["parameters"]["train/lr/loguniform"] == 0.1
    assert best["metric"] >= best["baseline"]["metric"]


def test_trials_json(project):
    project.nnic("run", "train.py", "--trials", "3", "-q")
    trials = project.json("trials")
    assert [trial["trial"] for trial in trials] == [0, 1, 2]
    assert list(trials[0]) == [
        "trial", "attempt", "status", "metric", "intermediate", "parameters", "started", "seconds", "gpus",
        "error",
    ]  # fmt: skip
    assert trials[0]["intermediate"] == [0.0, 0.1, 0.2]
    assert trials[0]["status"] == "succeeded"
    assert trials[0]["error"] is None


def test_a_seed_fixes_the_search(project):
    parameters = []
    for _ in range(2):
        project.nnic("run", "train.py", "--trials", "5", "--seed", "7", "-q")
        parameters.append([trial["parameters"] for trial in project.json("trials")])
    assert parameters[0] == parameters[1]


def test_minimize(project):
    project.nnic("run", "train.py", "--trials", "6", "-q", "--minimize", "--tuner", "random")
    metrics = [trial["metric"] for trial in project.json("trials")]
    assert project.json("best")["metric"] == min(metrics)


def test_a_module_runs_as_python_m_does(project):
    project.write("pkg/__init__.py", "")
    project.write("pkg/part.py", "width = 2  # @nni.choice(2, 4)\n")
    project.write(
        "pkg/go.py",
        "from .part import width\n# @nni.report_final_result(width)\nprint(__name__, __package__)\n",
    )
    project.nnic("run", "-m", "pkg.go", "--trials", "3", "-q", "--tuner", "grid")
    assert set(project.json("best")["parameters"]) == {"pkg.part/width/choice"}
    assert project.nnic("logs", "0").stdout == "__main__ pkg\n"


def test_own_tuner_and_assessor_from_files(project):
    project.write(
        "mine.py",
        "from nnic.tuners import Batch, BatchStatus, Decision, Suggestion\n"
        "class Fixed:\n"
        "    owns_stopping = False\n"
        "    def __init__(self, problem, depth: int = 1):\n"
        "        self.depth, self.asked = depth, 0\n"
        "    def suggest(self, n):\n"
        "        self.asked += 1\n"
        "        if self.asked > 2:\n"
        "            return Batch((), BatchStatus.EXHAUSTED, 'two are enough')\n"
        "        config = {'train/lr/loguniform': 0.01 * self.asked, 'train/depth/choice': self.depth,\n"
        "                  'train/min/function_choice': 'min(lr, 0.5)'}\n"
        "        return Batch((Suggestion(config),))\n"
        "    def observe(self, event): return Decision.CONTINUE\n"
        "    def save(self): return b'{}'\n"
        "    def load(self, state): pass\n",
    )
    project.nnic("run", "train.py", "-q", "--tuner", "mine.py:Fixed", "--tuner-arg", "depth=4")
    trials = project.json("trials")
    assert [trial["parameters"]["train/depth/choice"] for trial in trials] == [3, 4, 4]


def test_a_failing_baseline_stops_the_run_and_shows_the_users_lines(project):
    project.write(
        "fail.py",
        "def load():\n    return open('gone.csv')\nlr = 1  # @nni.uniform(0, 2)\nload()\n"
        "# @nni.report_final_result(lr)\n",
    )
    result = project.nnic("run", "fail.py", "-q", "--trials", "5", status=1)
    name = project.json("status")[0]["experiment"]
    assert result.stdout == ""
    assert "failed after" in result.stderr
    assert "the other 4 are not started" in result.stderr
    assert "fail.py:2 in load  return open('gone.csv')" in result.stderr
    assert "FileNotFoundError: [Errno 2] No such file or directory: 'gone.csv'" in result.stderr
    assert f"nnic resume {name} --keep-going" in result.stderr
    project.nnic("resume", "--keep-going", "-q", status=1)
    assert len(project.json("trials")) == 5


def test_failures_later_on_do_not_end_the_run(project):
    project.write("half.py", "n = 1  # @nni.choice(1, 2, 3)\n1 / (n - 2)\n# @nni.report_final_result(n)\n")
    project.nnic("run", "half.py", "-q", "--tuner", "grid")
    failed = [trial for trial in project.json("trials") if trial["status"] == "failed"]
    assert [trial["parameters"]["half/n/choice"] for trial in failed] == [2]
    assert failed[0]["error"]["kind"] == "ZeroDivisionError"
    assert failed[0]["error"]["line"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.py",), "nowhere.py does not exist"),
        ((".",), ". is a folder"),
        (("train.py", "--tuner", "tpee"), "tpe"),
        (("train.py", "--tuner", "gone.py:Mine"), "gone.py"),
        (("train.py", "--tuner-arg", "gama=1"), "gama"),
        (("train.py", "--time", "soon"), "--time 'soon' is no duration"),
        (("train.py", "--tuner-arg", "gamma"), "should be NAME=VALUE"),
        (("train.py", "--assessor", "hyperband2"), "hyperband2"),
        (("train.py", "--space", "gone.json"), "gone.json"),
        (("train.py", "--trials", "0"), "x>=1"),
    ],
)
def test_usage_errors_have_status_2_and_leave_no_experiment(project, arguments, message):
    assert message in project.nnic("run", *arguments, status=2).stderr
    project.nnic("status", status=3)
    assert not list(project.root.glob(".nnic/experiments/*"))


def test_a_script_without_annotations_says_what_to_do(project):
    project.write("plain.py", "lr = 0.1\n")
    assert "Annotate one" in project.nnic("run", "plain.py", status=1).stderr


def test_a_plain_nni_script_with_a_search_space(project):
    project.write(
        "plain.py",
        "import nni\nparams = {'lr': 0.1}\nparams.update(nni.get_next_parameter())\n"
        "nni.report_final_result(params['lr'])\n",
    )
    project.write("space.json", '{"lr": {"_type": "choice", "_value": [1, 2]}}')
    project.nnic("run", "plain.py", "--space", "space.json", "-q", "--tuner", "grid")
    assert project.json("best")["parameters"] == {"lr": 2}


def test_a_plain_nni_script_without_values_of_its_own(project):
    project.write("plain.py", "import nni\nnni.report_final_result(nni.get_next_parameter()['lr'])\n")
    project.write("space.json", '{"lr": {"_type": "choice", "_value": [1, 2]}}')
    result = project.nnic("run", "plain.py", "--space", "space.json", "-q", "--tuner", "grid")
    assert "plain.py has no annotations, so trial #0 gets no values" in result.stderr
    assert [trial["metric"] for trial in project.json("trials")] == [None, 1, 2]


def test_a_space_file_moves_the_range_of_an_annotated_parameter(project):
    project.write("space.json", '{"train/lr/loguniform": {"_type": "uniform", "_value": [0.2, 0.3]}}')
    project.nnic("run", "train.py", "--space", "space.json", "-q", "--trials", "5")
    values = [trial["parameters"]["train/lr/loguniform"] for trial in project.json("trials")[1:]]
    assert all(0.2 <= value <= 0.3 for value in values)


def test_outside_of_a_project_there_is_no_experiment(project):
    for command in (
        ("best",),
        ("trials",),
        ("status",),
        ("logs", "0"),
        ("apply", "--dry-run"),
        ("stop",),
        ("resume",),
    ):
        assert "no experiments" in project.nnic(*command, status=3).stderr


def test_unknown_names(project):
    project.nnic("run", "train.py", "--trials", "1", "-q")
    assert "no experiment is called 'gone'" in project.nnic("best", "gone", status=3).stderr
    assert "has no trial 7" in project.nnic("logs", "7", status=3).stderr
    assert "'x' is no trial" in project.nnic("logs", "train", "x", status=2).stderr


def wait_for(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def start_slow_run(project, *arguments):
    project.write(
        "slow.py",
        "import time\nlr = 1.0  # @nni.uniform(0, 1)\nfor i in range(100):\n    time.sleep(0.1)\n"
        "    # @nni.report_intermediate_result(lr)\n# @nni.report_final_result(lr)\n",
    )
    process = subprocess.Popen(
        project.command("run", "slow.py", *arguments),
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: list(project.root.glob(".nnic/experiments/*/trials/0/0/metrics.jsonl")))
    return process


def test_stop_from_another_terminal_and_resume(project):
    process = start_slow_run(project, "--trials", "2")
    assert project.json("status")[0]["state"] == "running"
    busy = project.nnic("resume", status=1).stderr
    assert str(process.pid) in busy
    project.nnic("stop", "--now")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "to continue it: nnic resume slow-" in errors
    assert "is not running" in project.nnic("stop", status=1).stderr
    assert project.json("status")[0]["state"] == "interrupted"


def test_sigterm_leaves_nothing_running(project):
    process = start_slow_run(project, "--trials", "2")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 130
    marker = f"NNIC_TRIAL_DIR={project.root}".encode()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/environ", "rb") as stream:
                    assert marker not in stream.read()
            except OSError:
                continue


def test_a_killed_run_is_called_so(project):
    process = start_slow_run(project, "--trials", "2")
    process.kill()
    process.communicate(timeout=30)
    (entry,) = project.json("status")
    assert entry["state"] == "killed"
    assert "next     nnic resume" in project.nnic("status", entry["experiment"]).stdout


def test_json_of_results_that_are_not_finite(project):
    project.write(
        "nan.py", "n = 1  # @nni.choice(1, 2)\n# @nni.report_final_result(float('nan') if n == 1 else 2)\n"
    )
    project.nnic("run", "nan.py", "-q", "--tuner", "grid")
    text = project.nnic("trials", "--format", "json").stdout
    assert [trial["metric"] for trial in json.loads(text, parse_constant=pytest.fail)] == ["NaN", 2]


def test_an_option_of_the_script_before_the_dashes_is_explained(project):
    result = project.nnic("run", "train.py", "--epochs", "3", status=2)
    assert "nnic run train.py -- --epochs 3" in result.stderr


def test_a_stop_before_the_run_listens_ends_it_too(project):
    process = subprocess.Popen(
        project.command("run", "train.py", "--trials", "100000"),
        cwd=project.root,
        env=project.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: any(lock.read_text() for lock in project.root.glob(".nnic/experiments/*/lock")))
    process.send_signal(signal.SIGUSR1)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
