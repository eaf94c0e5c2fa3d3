"""``nnic run`` on a machine whose GPUs are a file; what a trial takes of one it writes there itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

import pytest

from nnic.runtime.store.connection import StoreError
from nnic.runtime.store.reader import StoreReader, UnknownExperimentError
from nnic.runtime.store.records import AttemptState

GIB = 1 << 30
FICTITIOUS = 5_000_000

SCRIPT = """
import json, os, sys, time
import nni

lr = 0.1  # @nni.uniform(0.0, 1.0)
visible = os.environ.get("CUDA_VISIBLE_DEVICES")
machine = os.environ["FAKE_NVML"]


class OutOfMemoryError(RuntimeError):
    pass


def take(gib):
    with open(machine, "a") as file:
        file.write(f"process {visible} {os.getpid()} {gib << 30}\\n")


def others():
    pids = set()
    for line in open(machine):
        words = line.split()
        if words[0] == "process" and words[1] == visible and os.path.exists(f"/proc/{words[2]}"):
            pids.add(int(words[2]))
    return pids - {os.getpid()}


def until(done, seconds=20):
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
    return done()


def leave(name):
    open(os.path.join(os.path.dirname(machine), name), "a").close()


def there(name):
    return os.path.exists(os.path.join(os.path.dirname(machine), name))


BODY
print(json.dumps(visible))
nni.report_final_result(lr)
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "a project é"
    folder.mkdir()
    return folder


def write(project, body="take(1)"):
    (project / "train.py").write_text(SCRIPT.replace("BODY", body))


def command(*words):
    return [sys.executable, "-m", "nnic", *words]


def nnic(machine, project, *words, **more):
    environment = {**machine.environment, "PYTHONWARNINGS": "", **more}
    return subprocess.run(
        command(*words), cwd=project, env=environment, capture_output=True, text=True, timeout=120
    )


def start(machine, project, *words):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command(*words), cwd=project, env=machine.environment, text=True, **pipes)


def trials(project):
    with StoreReader(project / ".nnic") as reader:
        return reader.trials()


def has_trials(project):
    """Whether a run has come so far; before it has, there is no store or an empty one."""
    try:
        return trials(project) != ()
    except (StoreError, UnknownExperimentError):
        return False


def seen(project):
    """What each trial found in CUDA_VISIBLE_DEVICES."""
    return [json.loads((t.directory / "output.log").read_text().splitlines()[-1]) for t in trials(project)]


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)


def shown(machine, project):
    return nnic(machine, project, "status", experiment(project)).stdout


def experiment(project):
    with StoreReader(project / ".nnic") as reader:
        return reader.experiment().name


def test_one_gpu_on_a_machine_with_one(machine, project):
    machine.gpus(1)
    write(project)
    ended = nnic(machine, project, "run", "train.py", "--trials", "2", "--gpus-per-trial", "1")
    assert ended.returncode == 0, ended.stderr
    assert "jobs=1 gpus=1 parameters=1" in ended.stderr
    assert "trial=1 started gpu=0 lr=" in ended.stderr
    assert seen(project) == ["GPU-0000-fake"] * 2
    assert trials(project)[1].devices == (("GPU-0000-fake", "0"),)
    table = nnic(machine, project, "trials").stdout.splitlines()
    assert table[0].split()[:4] == ["#", "status", "gpu", "metric"]
    assert table[1].split()[:3] == ["0", "succeeded", "0"]
    entries = json.loads(nnic(machine, project, "trials", "--format", "json").stdout)
    assert entries[0]["gpus"] == ["GPU-0000-fake"]


def test_a_run_without_a_word_about_gpus_passes_on_what_its_user_has_set(machine, project):
    machine.gpus(1)
    write(project, "pass")
    nnic(machine, project, "run", "train.py", "--trials", "1", CUDA_VISIBLE_DEVICES="7,8")
    assert seen(project) == ["7,8"]
    assert "gpu" not in nnic(machine, project, "trials").stdout


def test_no_gpus_hides_them_and_needs_no_driver(machine, project):
    machine.add("init 9")
    write(project, "pass")
    ended = nnic(machine, project, "run", "train.py", "--trials", "1", "--gpus-per-trial", "0")
    assert ended.returncode == 0
    assert seen(project) == [""]


def test_without_a_driver_a_run_that_asks_for_gpus_ends_at_once(machine, project):
    machine.add("init 9")
    write(project)
    ended = nnic(machine, project, "run", "train.py", "--gpus-per-trial", "1")
    assert ended.returncode == 1
    assert ended.stderr.startswith("nnic: GPUs were asked for, but the NVIDIA driver is not loaded")
    assert not (project / ".nnic" / "experiments").exists()


@pytest.mark.parametrize(
    ("words", "visible", "reason"),
    [(("--gpus-per-trial", "3"), None, "each trial asks for 3 GPUs, but only 2 may be used: 0 (Fake H200)"),
     (("--gpus-per-trial", "1"), "", "CUDA_VISIBLE_DEVICES='' hides them all; there are 0 (Fake H200)"),
     (("--gpu-ids", "0"), "1", "--gpu-ids: CUDA_VISIBLE_DEVICES does not allow GPU 0; it allows 1"),
     (("--gpu-ids", "4"), None, "--gpu-ids: there is no GPU '4'; there are 0 (Fake H200), 1 (Fake H200)")],
)  # fmt: skip
def test_more_than_there_is_ends_a_run_at_once(machine, project, words, visible, reason):
    machine.gpus(2)
    write(project)
    more = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    ended = nnic(machine, project, "run", "train.py", *words, **more)
    assert ended.returncode == 1
    assert reason in ended.stderr


def test_parts_share_gpus_and_jobs_are_as_many_as_fit(machine, project):
    machine.gpus(2)
    # Trials 1 to 4 end when four are there at once.
    body = "take(1); leave(f'{nni.get_sequence_id()}-{visible}-on')\n"
    body += "last = [f'4-GPU-{n}000-fake-on' for n in range(2)]\n"
    body += "if nni.get_sequence_id(): assert until(lambda: any(map(there, last)))"
    write(project, body)
    ended = nnic(machine, project, "run", "train.py", "--trials", "5", "--gpus-per-trial", "0.5")
    assert ended.returncode == 0, ended.stderr
    assert "jobs=4 gpus=0.5 " in ended.stderr
    assert sorted(seen(project)[1:]) == ["GPU-0000-fake"] * 2 + ["GPU-1000-fake"] * 2


def test_whole_gpus_come_by_the_number(machine, project):
    machine.gpus(3)
    write(project, "pass")
    ended = nnic(
        machine, project, "run", "train.py", "--trials", "1", "--gpus-per-trial", "2", "--gpu-ids", "2,0"
    )
    assert ended.returncode == 0, ended.stderr
    assert seen(project) == ["GPU-0000-fake,GPU-2000-fake"]


def test_instances_are_given_by_their_own_uuids(machine, project):
    machine.gpus(1).add(f"mig 0 0 MIG-a {GIB} 0 Fake 1g", f"mig 0 3 MIG-d {GIB} 0 Fake 1g")
    write(project, "pass")
    ended = nnic(machine, project, "run", "train.py", "--trials", "3", "--gpus-per-trial", "1", "--jobs", "2")
    assert ended.returncode == 0, ended.stderr
    assert seen(project)[0] == "MIG-a"
    assert set(seen(project)) <= {"MIG-a", "MIG-d"}
    assert {t.devices[0].number for t in trials(project)} <= {"0:0", "0:3"}


def test_a_trial_that_waits_says_why_until_it_may_start(machine, project):
    stranger = f"process GPU-0000-fake {FICTITIOUS} {3 * GIB}"
    machine.gpus(1).add(stranger)
    write(project, "pass")
    run = start(machine, project, "run", "train.py", "--trials", "2", "--gpus-per-trial", "1")
    try:
        wait_for(lambda: has_trials(project))
        reason = f"waits for a GPU: GPU 0 is used by another program (pid {FICTITIOUS}, 3.0 GiB)"
        wait_for(lambda: f"  waiting  #0 {reason}" in shown(machine, project))
        assert trials(project)[0].status.value == "waiting"
        assert reason in nnic(machine, project, "trials").stdout
        entry = json.loads(nnic(machine, project, "status", "--format", "json").stdout)[0]
        assert entry["waits"] == [{"trial": 0, "reason": reason}]
        machine.lines[-1] = stranger.replace(str(3 * GIB), str(4 * GIB))  # its size alone is no news
        machine.write()
        time.sleep(1.5)
        machine.remove("process")
        told = run.communicate(timeout=60)[1]
    finally:
        run.kill()
    assert told.count("waits for a GPU") == 1
    assert f"trial=0 {reason}" in told
    assert [t.status.value for t in trials(project)] == ["succeeded"] * 2
    assert "waiting" not in shown(machine, project)


def test_gpus_that_are_used_are_used_when_asked_for(machine, project):
    machine.gpus(1).add(f"process GPU-0000-fake {FICTITIOUS} {3 * GIB}")
    write(project, "pass")
    ended = nnic(machine, project, "run", "train.py", "--trials", "1", "--use-active-gpus")
    assert ended.returncode == 0
    assert seen(project) == ["GPU-0000-fake"]


def test_a_lost_gpu_drains_and_its_trial_is_repeated_on_another(machine, project):
    machine.gpus(2)
    body = "leave('on'); assert until(lambda: visible != 'GPU-0000-fake' or there('lost'))\n"
    body += "if visible == 'GPU-0000-fake': raise RuntimeError('CUDA error: device lost')"
    write(project, body)
    run = start(machine, project, "run", "train.py", "--trials", "2", "--gpus-per-trial", "1")
    try:
        wait_for((machine.path.parent / "on").exists)
        machine.add("error GPU-0000-fake 15 all")
        (machine.path.parent / "lost").touch()
        told = run.communicate(timeout=60)[1]
    finally:
        run.kill()
    assert run.returncode == 0, told
    assert "trial=0 lost its GPU 0 is lost (GPU is lost)" in told
    assert "trial=0 started attempt=1 gpu=1" in told
    assert [t.devices[0].number for t in trials(project)] == ["1", "1"]


def test_when_every_gpu_is_lost_the_run_ends_with_the_reason_and_goes_on_later(machine, project):
    machine.gpus(1)
    write(
        project, "leave('on')\nif not there('mended'): until(lambda: there('lost')); raise RuntimeError('x')"
    )
    run = start(machine, project, "run", "train.py", "--trials", "2", "--gpus-per-trial", "1")
    try:
        wait_for((machine.path.parent / "on").exists)
        machine.add("error GPU-0000-fake 15 all")
        (machine.path.parent / "lost").touch()
        told = run.communicate(timeout=60)[1]
    finally:
        run.kill()
    assert run.returncode == 1
    assert "no trial can run any more: it waits for a GPU: GPU 0 is lost (GPU is lost)" in told
    assert "nnic resume" in told
    machine.remove("error")
    (machine.path.parent / "mended").touch()
    ended = nnic(machine, project, "resume")
    assert ended.returncode == 0, ended.stderr
    assert seen(project) == ["GPU-0000-fake"] * 2  # the resumed run asks for what the first did


def test_trials_are_packed_by_what_earlier_ones_took(machine, project):
    machine.gpus(1, total=80 * GIB)
    # 36 GiB each: two fit, three do not.
    write(project, "take(36); time.sleep(1.6); leave(f'peers-{len(others())}')")
    words = ("--trials", "4", "--gpus-per-trial", "1", "--max-trials-per-gpu", "3")
    ended = nnic(machine, project, "run", "train.py", *words)
    assert ended.returncode == 0, ended.stderr
    assert {p.name for p in machine.path.parent.glob("peers-*")} <= {"peers-0", "peers-1"}
    assert (machine.path.parent / "peers-1").exists()
    assert [t.attempts[-1].memory_bytes for t in trials(project)] == [36 * GIB] * 4
    assert "left beside" in ended.stderr
    assert "and a trial takes up to 39.6 GiB" in ended.stderr


OUT = "raise OutOfMemoryError('CUDA out of memory. Tried to allocate 20.00 MiB')"


def test_what_runs_out_of_memory_beside_others_is_started_again_alone(machine, project):
    machine.gpus(1)
    body = f"""
take(1); number = nni.get_sequence_id(); attempt = os.environ["NNIC_TRIAL_DIR"][-1]
if number == 1: assert until(lambda: there("out"))
if number == 2 and attempt == "0":
    assert until(others); time.sleep(1); leave("out"); {OUT}
if number == 2: leave("alone" if not others() else "beside")
"""
    write(project, body)
    ended = nnic(machine, project, "run", "train.py", "--trials", "3", "--gpus-per-trial", "0.5")
    assert ended.returncode == 0, ended.stderr
    assert (
        "trial=2 repeated it ran out of GPU memory beside trial #1; it is started again, alone"
        in ended.stderr
    )
    assert (machine.path.parent / "alone").exists()
    assert not (machine.path.parent / "beside").exists()
    repeated = trials(project)[2]
    assert [a.state for a in repeated.attempts] == [AttemptState.FAILED, AttemptState.SUCCEEDED]
    assert repeated.attempts[0].failure.kind == "OutOfMemoryError"
    assert repeated.attempts[0].frames


def test_what_runs_out_of_memory_alone_has_failed(machine, project):
    machine.gpus(1)
    write(project, f"take(1)\nif nni.get_sequence_id() == 1: {OUT}")
    ended = nnic(machine, project, "run", "train.py", "--trials", "3", "--gpus-per-trial", "1")
    assert ended.returncode == 0, ended.stderr
    assert [t.status.value for t in trials(project)] == ["succeeded", "failed", "succeeded"]
    assert len(trials(project)[1].attempts) == 1


def test_a_second_time_out_of_memory_is_the_last(machine, project):
    machine.gpus(1)
    body = "take(1)\nif nni.get_sequence_id() == 1: assert until(lambda: there('out'))\n"
    body += f"if nni.get_sequence_id() == 2: until(others, 5); time.sleep(1); leave('out'); {OUT}"
    write(project, body)
    nnic(machine, project, "run", "train.py", "--trials", "3", "--gpus-per-trial", "0.5")
    assert [t.status.value for t in trials(project)] == ["succeeded", "succeeded", "failed"]
    assert len(trials(project)[2].attempts) == 2


def test_threads_are_divided_among_the_trials(machine, project):
    write(project, "leave('threads-' + os.environ.get('OMP_NUM_THREADS', 'none'))")
    kept = {"OMP_NUM_THREADS": "5"}
    cpus = len(os.sched_getaffinity(0))
    ended = nnic(machine, project, "run", "train.py", "--trials", "2", "--jobs", "2")
    if "OMP_NUM_THREADS" not in os.environ:
        assert f"jobs=2 threads={max(1, cpus // 2)} " in ended.stderr
        assert (machine.path.parent / f"threads-{max(1, cpus // 2)}").exists()
        nnic(machine, project, "run", "train.py", "--trials", "1")
        assert (machine.path.parent / "threads-none").exists()
    ended = nnic(machine, project, "run", "train.py", "--trials", "2", "--jobs", "2", **kept)
    assert "threads=" not in ended.stderr
    assert (machine.path.parent / "threads-5").exists()


def test_cpus_per_trial_bound_the_jobs(machine, project):
    write(project, "pass")
    cpus = len(os.sched_getaffinity(0))
    words = ("--trials", "2", "--cpus-per-trial", str(cpus))
    assert "jobs=1 " in nnic(machine, project, "run", "train.py", *words).stderr
    told = nnic(machine, project, "run", "train.py", *words[:1], "3", *words[2:], "--jobs", "2").stderr
    what = "a CPU" if cpus == 1 else f"{cpus} CPUs"
    assert re.search(rf"waits for {what}: (trial #\d|another trial) has {cpus} of {cpus}\n", told), told
    ended = nnic(machine, project, "run", "train.py", "--cpus-per-trial", str(cpus + 1))
    assert f"each trial asks for {cpus + 1} CPUs" in ended.stderr
