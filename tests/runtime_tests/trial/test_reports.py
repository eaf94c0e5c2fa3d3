"""What a report writes and sends, and what it refuses."""

import contextlib
import json
import resource
import subprocess
import time

import pytest

LR = {"train/lr/loguniform": 0.5}
NAN = {"$float": "nan"}


def run_reports(project, body: str, **env: str):
    project.add("train.py", "«import»from math import inf, nan\nimport sys\n" + body + "\n")
    return project.run("train.py", parameters=LR, **env)


def test_a_record_is_what_the_manager_expects(project, manager):
    done = run_reports(
        project,
        "«intermediate 1»\n«final {'default': 2.5, 'loss': 3, 'n': True, 's': ['é']}»",
        NNIC_SOCKET=manager.address,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    first, last = project.records()
    assert isinstance(first.pop("time"), float)
    assert first == {
        "version": 1,
        "trial": 3,
        "attempt": 0,
        "sequence": 0,
        "kind": "intermediate",
        "value": 1,
        "metrics": {},
    }
    lines = (project.attempt / "metrics.jsonl").read_bytes().splitlines()
    assert last["sequence"] == len(lines[0]) + 1
    assert last["value"] == 2.5
    assert last["metrics"] == {"loss": 3, "n": 1}
    assert last["extra"] == {"s": ["é"]}
    manager.receive()
    assert manager.messages == lines


GOOD = {
    "True": 1,
    "-0.0": -0.0,
    "nan": NAN,
    "-inf": {"$float": "-inf"},
    "10 ** 30": 10**30,
    "type('Scalar', (), {'item': lambda self: 0.25})()": 0.25,
    "__import__('decimal').Decimal('0.5')": 0.5,
    "{'default': inf, 'x': object(), 1: 2}": {"$float": "inf"},
}


@pytest.mark.parametrize("metric", GOOD)
def test_numbers(project, metric):
    assert run_reports(project, f"«final {metric}»").stderr == ""
    assert project.reported() == [GOOD[metric]]


BAD = {
    "'abc'": ("TypeError", "got str 'abc'"),
    "None": ("TypeError", "got NoneType None"),
    "[0.1]": ("TypeError", "got list [0.1]"),
    "1j": ("TypeError", "got complex 1j"),
    "'x' * 99": ("TypeError", "got str 'xxxxxx"),
    "{'loss': 1}": ("ValueError", "got a dict with the keys 'loss'"),
    "{'default': 'high'}": ("ValueError", "got a dict with the keys 'default'"),
    "type('Tensor', (), {'shape': (2, 3)})()": ("ValueError", "got Tensor of shape (2, 3)"),
}


@pytest.mark.parametrize("metric", BAD)
def test_no_metrics(project, metric):
    done = run_reports(project, f"«final {metric}»")
    kind, text = BAD[metric]
    assert done.returncode == 1
    invalid, failed = project.records()
    assert (invalid["kind"], invalid["of"]) == ("invalid", "final")
    assert invalid["message"].startswith(f"report_final_result {text}")
    assert invalid["message"].endswith("; a metric is a number or a dict with a numeric 'default'")
    assert f"{kind}: {invalid['message']}" in done.stderr
    assert failed["message"] == invalid["message"]
    assert (failed["path"], failed["line"]) == (str(project.code / "train.py"), 3)


def test_arrays_and_tensors(project):
    pytest.importorskip("numpy")
    text = """
import numpy as np
for x in np.float32(0.5), np.int64(3), np.array(1.5), np.bool_(True), np.array([2.5]):
    «intermediate x»
try:
    «final np.zeros(3)»
except ValueError as error:
    print(error)
"""
    done = run_reports(project, text)
    if "ModuleNotFoundError" in done.stderr:
        pytest.skip("that interpreter has no numpy")
    assert project.reported("intermediate") == [0.5, 3, 1.5, 1, 2.5]
    assert "got ndarray of shape (3,);" in done.stdout


def test_long_records_are_announced_only(project, manager):
    run_reports(
        project, "«final {'default': 1, 'text': 'x' * 70_000}»\n«final 2»", NNIC_SOCKET=manager.address
    )
    first, second = project.records()
    assert len(first["extra"]["text"]) == 70_000
    assert manager.receive() == [
        {"version": 1, "trial": 3, "attempt": 0, "sequence": 0, "kind": "file"},
        second,
    ]


def test_a_manager_that_does_not_read_is_sent_to_the_file(project, manager):
    body = """
import os, socket
from nnic.runtime.trial import channel
channel.SEND_TIMEOUT_S = 1
for i in range(2000):
    «intermediate i»
open("full", "w").close()
os.mkfifo("go"); open("go").close()
«final 1»
«final 2»
"""
    project.add("train.py", "«import»" + body.lstrip())
    project.write_program()
    project.write_trial(LR)
    with subprocess.Popen(
        [project.python, "train.py"],
        cwd=project.code,
        env=project.environment(True, {"NNIC_SOCKET": manager.address}),
    ) as process:
        connection, _ = manager.listener.accept()
        connection.settimeout(20)
        while not (project.code / "go").exists():
            time.sleep(0.02)
        got = []
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                got.append(json.loads(connection.recv(99999)))
        connection.settimeout(20)
        (project.code / "go").open("w").close()
        while message := connection.recv(99999):
            got.append(json.loads(message))
        connection.close()
    assert process.returncode == 0
    assert len(project.records()) == 2002
    *early, first, last = got
    assert [record["value"] for record in early] == list(range(len(early)))
    assert (first["kind"], last["kind"]) == ("file", "final")


@pytest.mark.parametrize("address", ["@nobody-listens-here", "/nowhere/socket", "x" * 300])
def test_without_a_listening_manager_the_file_is_written(project, address):
    done = run_reports(project, "«intermediate 1»\n«final 2»", NNIC_SOCKET=address)
    assert (done.returncode, done.stderr) == (0, "")
    assert [record["value"] for record in project.records()] == [1, 2]


def test_a_manager_that_goes_away(project, manager):
    body = """
import signal
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
«intermediate 1»
print("reported", flush=True)
sys.stdin.readline()
«intermediate 2»
«final 3»
"""
    project.add("train.py", "«import»import sys\n" + body)
    project.write_program()
    project.write_trial(LR)
    env = project.environment(True, {"NNIC_SOCKET": manager.address})
    with subprocess.Popen(
        [project.python, "train.py"],
        cwd=project.code,
        env=env,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        connection, _ = manager.listener.accept()
        assert json.loads(connection.recv(99999))["value"] == 1
        connection.close()
        process.communicate("\n")
    assert process.returncode == 0
    assert [record["value"] for record in project.records()] == [1, 2, 3]


def test_a_torn_line_is_closed_first(project):
    project.add("train.py", "«import»«final 1»\n")
    project.write_program()
    project.write_trial(LR)
    (project.attempt / "metrics.jsonl").write_text('{"trial": 3, "att')
    assert project.start("train.py").returncode == 0
    torn, line = (project.attempt / "metrics.jsonl").read_text().splitlines()
    assert torn == '{"trial": 3, "att'
    assert json.loads(line)["sequence"] == len(torn) + 1


def test_a_full_disk_is_an_error_that_names_the_file(project):
    body = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
«intermediate 1»
resource.setrlimit(resource.RLIMIT_FSIZE, (150, {resource.RLIM_INFINITY}))
«intermediate 2»
"""
    done = run_reports(project, body)
    assert done.returncode == 1
    assert "nnic can't write the report: File too large" in done.stderr
    assert str(project.attempt / "metrics.jsonl") in done.stderr
    assert (project.attempt / "metrics.jsonl").read_bytes().endswith(b"}\n")
    assert [record.get("value") for record in project.records()] == [1]


@pytest.mark.parametrize(
    ("env", "count"),
    [
        ({}, 1),
        ({"RANK": "0"}, 1),
        ({"RANK": "1"}, 0),
        ({"OMPI_COMM_WORLD_RANK": "2"}, 0),
        ({"SLURM_PROCID": "3"}, 0),
        ({"RANK": "0", "SLURM_PROCID": "1"}, 1),
    ],
)
def test_only_the_first_rank_reports(project, env, count):
    assert run_reports(project, "«final 1»", **env).returncode == 0
    assert len(project.records()) == count


def test_without_a_manager_reports_are_printed(project):
    project.add("train.py", "«import»pass\n")
    compiled = "import nnic.runtime.trial as t\n" + "\n".join(
        [
            "t.report_intermediate_result(0.5)",
            "t.report_final_result({'default': 1})",
            "t.report_final_result('text')",
            "print(t.has('a'), t.is_('a', 0), t.get_next_parameter())",
            "print(t.get_current_parameter(), t.get_current_parameter('a'))",
            "print(t.get_experiment_id(), t.get_trial_id(), t.get_sequence_id())",
        ]
    )
    done = project.plain("-c", compiled, PYTHONPATH=str(project.import_root()))
    assert done.stdout == "False False {}\n{} None\nSTANDALONE STANDALONE 0\n"
    lines = ["intermediate result: 0.5", "final result: {'default': 1}", "final result: text"]
    assert done.stderr.splitlines() == ["nnic: " + line for line in lines]
