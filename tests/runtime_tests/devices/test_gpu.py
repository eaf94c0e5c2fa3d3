"""On a real GPU with torch: ``pytest -m gpu``. Skipped where there is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.records import AttemptState

pytestmark = pytest.mark.gpu

GIB = 1 << 30
# In a process of its own: in this one the fake library may go by the driver's name.
LOOK = """
from nnic.runtime.devices.nvml import Nvml
import json, torch
assert torch.cuda.is_available(), "torch finds no GPU"
print(json.dumps([[gpu.uuid, gpu.memory_bytes] for gpu in Nvml().read()]))
"""

HEAD = """
import json, os, time
import nni
import torch

lr = 0.1  # @nni.uniform(0.0, 1.0)
number, attempt = nni.get_sequence_id(), os.environ["NNIC_TRIAL_DIR"][-1]
"""
TAIL = "\nnni.report_final_result(lr)\n"


def clean():
    gone = ("FAKE_NVML", "LD_PRELOAD")
    return {k: v for k, v in os.environ.items() if k not in gone}


@pytest.fixture(scope="session")
def gpus():
    found = subprocess.run([sys.executable, "-c", LOOK], env=clean(), capture_output=True, text=True)
    if found.returncode != 0:
        pytest.skip(f"no GPU, or no torch: {found.stderr.strip().splitlines()[-1]}")
    return json.loads(found.stdout.splitlines()[-1])


def nnic(folder, *words):
    command = [sys.executable, "-m", "nnic", *words]
    return subprocess.run(command, cwd=folder, env=clean(), capture_output=True, text=True, timeout=300)


def run(folder, body, *words):
    (folder / "train.py").write_text(HEAD + body + TAIL)
    ended = nnic(folder, "run", "train.py", *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def trials(folder):
    with StoreReader(folder / ".nnic") as reader:
        return reader.trials()


def outputs(folder):
    return [json.loads((t.directory / "output.log").read_text().splitlines()[-1]) for t in trials(folder)]


def test_cuda_initialises_in_a_child_forked_after_the_import(gpus):
    code = (
        "import os, torch\n"
        "assert torch.cuda.is_available()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(int(torch.ones(3, device='cuda').sum().item() != 3))\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    environment = {**clean(), "PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_cuda_initialises_in_trials_that_share_imports(gpus, tmp_path):
    if "--share" not in nnic(tmp_path, "run", "--help").stdout:
        pytest.skip("trials share no imports here")
    body = "assert torch.ones(3, device='cuda').sum().item() == 3"
    run(tmp_path, body, "--trials", "3", "--gpus-per-trial", "1", "--share", "imports")
    assert [t.status.value for t in trials(tmp_path)] == ["succeeded"] * 3


def test_uuids_hide_other_gpus(gpus, tmp_path):
    body = """
properties = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
print(json.dumps([str(found.uuid) for found in properties]))
"""
    run(tmp_path, body, "--trials", "2", "--gpus-per-trial", "1")
    for trial, seen in zip(trials(tmp_path), outputs(tmp_path)):
        assert [f"GPU-{uuid.removeprefix('GPU-')}" for uuid in seen] == [trial.devices[0].uuid]
    assert trials(tmp_path)[0].devices[0].uuid in [uuid for uuid, _ in gpus]


def test_no_gpus_hides_them_all(gpus, tmp_path):
    run(tmp_path, "print(json.dumps(torch.cuda.device_count()))", "--trials", "1", "--gpus-per-trial", "0")
    assert outputs(tmp_path) == [0]


def test_the_memory_of_a_trial_is_seen(gpus, tmp_path):
    body = "held = torch.empty(2 << 30, dtype=torch.uint8, device='cuda'); time.sleep(3)"
    run(tmp_path, body, "--trials", "1", "--gpus-per-trial", "1")
    assert 2 * GIB <= trials(tmp_path)[0].attempts[0].memory_bytes <= 5 * GIB


def test_two_trials_on_one_gpu_are_told_apart(gpus, tmp_path):
    body = "held = torch.empty((1 + number) << 30, dtype=torch.uint8, device='cuda'); time.sleep(4)"
    run(tmp_path, body, "--trials", "3", "--gpus-per-trial", "0.5", "--gpu-ids", gpus[0][0])
    first, second = (t.attempts[0].memory_bytes for t in trials(tmp_path)[1:])
    assert 0.5 * GIB <= second - first <= 1.5 * GIB


def test_what_runs_out_of_memory_beside_another_runs_again_alone(gpus, tmp_path):
    uuid, memory_bytes = gpus[0]
    body = f"""
size = int({memory_bytes} * 0.6)
if number == 2 and attempt == "0":
    time.sleep(5)  # until trial 1 holds its part
if number:
    held = torch.empty(size, dtype=torch.uint8, device="cuda")
if number == 1:
    time.sleep(15)
"""
    told = run(tmp_path, body, "--trials", "3", "--gpus-per-trial", "0.5", "--gpu-ids", uuid)
    assert "trial=2 repeated it ran out of GPU memory beside trial #1; it is started again, alone" in told
    attempts = trials(tmp_path)[2].attempts
    assert [a.state for a in attempts] == [AttemptState.FAILED, AttemptState.SUCCEEDED]
    assert attempts[0].failure.kind == "OutOfMemoryError"
