"""The loop on a machine whose GPUs are a file, with a fake launcher and a fake clock."""

from __future__ import annotations

import pytest

from nnic.runtime.config import RunConfig
from nnic.runtime.devices.inventory import DevicesError
from nnic.runtime.devices.opening import default_jobs, open_admission
from nnic.runtime.store.records import ExperimentState, Wait
from nnic.runtime.threads import count_cpus

GIB = 1 << 30
STRANGER = f"process GPU-0000-fake 5000000 {3 * GIB}"


@pytest.fixture
def admit(lab, monkeypatch):
    """Prepares a run of the laboratory with what it asks for."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    opened = []

    def prepare(**options):
        lab.open_admission = lambda config: opened.append(open_admission(config)) or opened[-1]
        experiment = lab.prepare(**options)
        lab.waits = []
        lab.log.waits_changed = lab.waits.append
        return experiment

    yield prepare
    for admission in opened:
        admission.close()


def given(lab, variable="CUDA_VISIBLE_DEVICES"):
    return [launch.environment.get(variable) for launch in lab.launcher.launches.values()]


def test_the_tuner_is_asked_only_for_what_can_start(lab, machine, admit):
    machine.gpus(2)
    admit(jobs=5, trials=6, gpus_per_trial=1).run()
    assert lab.tuner.asked == [2, 2, 1]
    assert given(lab) == ["GPU-0000-fake", *["GPU-0000-fake", "GPU-1000-fake"] * 2, "GPU-0000-fake"]
    held = "waits for a GPU: GPU 0 runs trial #1; GPU 1 runs trial #2"
    assert (Wait(None, held),) in lab.waits
    assert lab.waits[-1] == ()
    assert [t.devices[0].number for t in lab.trials()] == ["0", "0", "1", "0", "1", "0"]


def test_a_run_that_waits_for_another_program_goes_on_when_it_ends(lab, machine, admit):
    machine.gpus(1).add(STRANGER)
    experiment = admit(trials=2, gpus_per_trial=1)
    start = lab.clock.time

    def later():
        if lab.clock.time > start + 60 and machine.lines[-1] == STRANGER:
            machine.remove("process")

    lab.launcher.on_wait.append(later)
    assert experiment.run().state is ExperimentState.DONE
    assert lab.launcher.launches[(0, 0)].directory.name == "0"
    assert lab.trials()[0].started >= 1060


def test_a_stop_ends_a_run_that_waits(lab, machine, admit):
    machine.gpus(1).add(STRANGER)
    experiment = admit(trials=2, gpus_per_trial=1)
    lab.launcher.on_wait.append(experiment.request_drain)
    assert experiment.run().state is ExperimentState.INTERRUPTED
    assert lab.states() == ["waiting"]


def test_the_time_limit_ends_a_run_that_waits(lab, machine, admit):
    machine.gpus(1).add(STRANGER)
    result = admit(trials=2, gpus_per_trial=1, time_s=30).run()
    assert (result.state, lab.states()) == (ExperimentState.DONE, ["cancelled"])


def test_what_runs_on_a_lost_gpu_may_end_and_nothing_follows(lab, machine, admit):
    machine.gpus(1)
    experiment = admit(trials=4, gpus_per_trial=1)
    lab.behaviour = lambda launch: lab.succeed(launch, *[0.1] * 5)

    def lose():
        if lab.clock.time > 1007 and len(machine.lines) == 1:
            machine.add("error GPU-0000-fake 15 all")

    lab.launcher.on_wait.append(lose)
    result = experiment.run()
    assert lab.states() == ["succeeded", "succeeded"]
    assert result.state is ExperimentState.FAILED
    assert result.reason == "no trial can run any more: it waits for a GPU: GPU 0 is lost (GPU is lost)"


def test_threads_and_gpus_stand_in_the_environment(lab, machine, admit):
    machine.gpus(1)
    admit(jobs=2, trials=2, gpus_per_trial=0.5, environment={"MKL_NUM_THREADS": "7", "A": "b"}).run()
    assert given(lab, "OMP_NUM_THREADS") == [str(max(1, count_cpus() // 2))] * 2
    assert given(lab, "MKL_NUM_THREADS") == ["7", "7"]
    assert given(lab, "A") == ["b", "b"]
    assert given(lab) == ["GPU-0000-fake"] * 2


def test_one_job_without_a_word_changes_nothing(lab, admit):
    admit(trials=1).run()
    environment = dict(lab.launcher.launches[(0, 0)].environment)
    assert {name for name in environment if not name.startswith("NNIC_")} == set()


def test_no_gpus_are_hidden_ones(lab, admit):
    admit(trials=1, gpus_per_trial=0).run()
    assert given(lab) == [""]


@pytest.mark.parametrize(
    ("options", "jobs"),
    [({}, 1), ({"gpus_per_trial": 1}, 3), ({"gpus_per_trial": 2}, 1), ({"gpus_per_trial": 0.25}, 12),
     ({"max_trials_per_gpu": 2}, 6), ({"gpus_per_trial": 0}, 1), ({"gpu_ids": ("1",)}, 1),
     ({"gpus_per_trial": 1, "cpus_per_trial": count_cpus()}, 1)],
)  # fmt: skip
def test_jobs_are_as_many_as_fit(machine, tmp_path, options, jobs):
    machine.gpus(3)
    config = RunConfig(home=tmp_path, name="t", argv=("t",), cwd=tmp_path, **options)
    assert default_jobs(config.demand) == jobs


def test_numbers_in_the_variable_are_warned_of_among_unlike_gpus(machine, tmp_path, monkeypatch):
    machine.gpus(1).add(f"gpu GPU-other {GIB} 0 Another Model")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    admission = open_admission(
        RunConfig(home=tmp_path, name="t", argv=("t",), cwd=tmp_path, gpus_per_trial=1)
    )
    admission.close()
    assert "CUDA_DEVICE_ORDER=PCI_BUS_ID" in admission.warnings[0]


def test_a_driver_without_gpus(machine, tmp_path):
    config = RunConfig(home=tmp_path, name="t", argv=("t",), cwd=tmp_path, gpus_per_trial=1)
    with pytest.raises(DevicesError, match="the NVIDIA driver knows of none"):
        open_admission(config)
