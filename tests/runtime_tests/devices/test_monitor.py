"""Whose the processes on a GPU are."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from nnic.runtime.devices.inventory import Process
from nnic.runtime.devices.monitor import DeviceMonitor
from nnic.runtime.devices.nvml import Nvml
from nnic.runtime.processes import TRIAL_MARK, identify
from nnic.runtime.store.records import AttemptRecord, AttemptState, DeviceRef, TrialRecord
from nnic.tuners.protocol import TrialState

GIB = 1 << 30
UNSEEN, UNSEEN_TOO = 5_000_000, 5_000_001  # in this container there are no such processes
SLEEP = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]


@pytest.fixture
def monitor(machine):
    machine.gpus(2)
    made = DeviceMonitor(Nvml(), ["GPU-0000-fake", "GPU-1000-fake"])
    yield made
    made.close()


def trial(folder, number, *gpus, pid=None):
    devices = tuple(DeviceRef(f"GPU-{gpu}000-fake", str(gpu)) for gpu in gpus)
    process = None if pid is None else identify(pid)
    attempt = AttemptRecord(0, AttemptState.RUNNING, 1.0, process=process, devices=devices)
    return TrialRecord(number, TrialState.RUNNING, 0, {}, folder / str(number) / "0", attempts=(attempt,))


def memory(monitor, trial):
    return monitor.occupancy(trial).memory_bytes


@pytest.fixture
def start():
    started = []

    def begin(environment=None, command=SLEEP):
        process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE)
        started.append(process)
        process.stdout.readline()
        return process.pid

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def on(machine, pid, gib=1, gpu=0):
    machine.add(f"process GPU-{gpu}000-fake {pid} {gib * GIB}")


def test_a_trials_processes_are_known_by_their_environment(machine, monitor, start, tmp_path):
    one, other = trial(tmp_path, 1, 0), trial(tmp_path, 2, 0)
    for active, gib in ((one, 2), (one, 3), (other, 7)):
        on(machine, start({TRIAL_MARK: str(active.directory)}), gib)
    first, second = monitor.look(0.0, [one, other])
    assert (first.strangers, first.ours_bytes) == ((), 12 * GIB)
    assert (memory(monitor, one), memory(monitor, other)) == (5 * GIB, 7 * GIB)
    assert second.ours_bytes == 0


def test_and_by_their_ancestors_where_they_hide_it(machine, monitor, start, tmp_path):
    code = "import os, subprocess, time, sys\n"
    code += "child = subprocess.Popen(['sleep', '60'], env={}, stdin=subprocess.DEVNULL)\n"
    code += "print(child.pid, flush=True)\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    grandchild = int(process.stdout.readline())
    try:
        active = trial(tmp_path, 1, 0, pid=process.pid)
        on(machine, grandchild)
        assert monitor.look(0.0, [active])[0].strangers == ()
        assert memory(monitor, active) == GIB
    finally:
        os.kill(grandchild, 9)
        process.kill()
        process.communicate()


def test_other_programs_are_strangers_even_beside_a_trial(machine, monitor, start, tmp_path):
    active, pid = trial(tmp_path, 1, 0), start()
    on(machine, pid, 3)
    sight = monitor.look(0.0, [active])[0]
    assert sight.strangers == (Process(pid, 3 * GIB),)
    assert memory(monitor, active) is None
    assert monitor.occupancy(active).company == {f"another program (pid {pid}, 3.0 GiB)"}


def test_the_trials_of_another_experiment_are_strangers(machine, monitor, start, tmp_path):
    on(machine, start({TRIAL_MARK: "/elsewhere/trials/1/0"}))
    assert len(monitor.look(0.0, [trial(tmp_path, 1, 0)])[0].strangers) == 1


def test_a_process_that_cannot_be_seen_is_a_trials_if_it_came_with_it(machine, monitor, tmp_path):
    on(machine, UNSEEN)
    assert monitor.look(0.0, [])[0].strangers == (Process(UNSEEN, GIB),)
    active = trial(tmp_path, 1, 0)
    on(machine, UNSEEN_TOO, 2)
    sight = monitor.look(1.0, [active])[0]
    assert sight.strangers == (Process(UNSEEN, GIB),)
    assert (sight.ours_bytes, memory(monitor, active)) == (2 * GIB, 2 * GIB)
    # And stays so for the moment that it is still there after its trial has ended.
    assert monitor.look(2.0, [])[0].strangers == (Process(UNSEEN, GIB),)


def test_of_two_trials_it_is_not_known_whose_it_is(machine, monitor, tmp_path):
    monitor.look(0.0, [])
    running = [trial(tmp_path, 1, 0), trial(tmp_path, 2, 0)]
    on(machine, UNSEEN)
    sight = monitor.look(1.0, running)[0]
    assert (sight.strangers, sight.ours_bytes) == ((), GIB)
    assert [memory(monitor, active) for active in running] == [None, None]


def test_the_most_that_was_seen_is_kept(machine, monitor, start, tmp_path):
    active = trial(tmp_path, 1, 0)
    pid = start({TRIAL_MARK: str(active.directory)})
    for now, gib in enumerate((1, 5, 2)):
        machine.remove("process")
        on(machine, pid, gib)
        monitor.look(float(now), [active])
    assert memory(monitor, active) == 5 * GIB


def test_it_is_looked_at_now_and_then_only(machine, monitor, tmp_path):
    monitor.look(0.0, [])
    on(machine, UNSEEN)
    assert monitor.look(0.9, [])[0].strangers == ()
    assert monitor.look(0.9, [], 0.5)[0].strangers != ()


def test_trials_that_share_a_gpu_know_of_each_other(machine, monitor, tmp_path):
    running = [trial(tmp_path, 1, 0), trial(tmp_path, 2, 0, 1), trial(tmp_path, 3, 2), trial(tmp_path, 4)]
    monitor.look(0.0, running)
    assert [monitor.occupancy(trial).company for trial in running] == [
        {"trial #2"}, {"trial #1"}, set(), set()
    ]  # fmt: skip


def test_a_further_attempt_begins_with_nothing(machine, monitor, start, tmp_path):
    first = trial(tmp_path, 1, 0)
    on(machine, start({TRIAL_MARK: str(first.directory)}))
    monitor.look(0.0, [first])
    assert memory(monitor, first) == GIB
    assert memory(monitor, replace(first, attempt=1)) is None
    monitor.forget(first)
    assert memory(monitor, first) is None
