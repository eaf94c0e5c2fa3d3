import os
import subprocess
import sys

import pytest

from nnic.runtime.devices.inventory import DevicesError, Gpu, Process
from nnic.runtime.devices.nvml import Nvml

GIB = 1 << 30
FICTITIOUS = 5_000_000


@pytest.fixture
def nvml(machine):
    machine.gpus(2)
    made = Nvml()
    yield made
    made.close()


def test_what_is_there(machine, nvml):
    machine.add(f"process GPU-1000-fake {os.getpid()} {2 * GIB}", f"process GPU-1000-fake {FICTITIOUS} -1")
    first, second = nvml.read()
    assert first == Gpu("GPU-0000-fake", "0", "Fake H200", 80 * GIB, 0)
    assert (second.uuid, second.used_bytes) == ("GPU-1000-fake", 2 * GIB)
    assert second.processes == (Process(os.getpid(), 2 * GIB), Process(FICTITIOUS))


def test_a_process_that_ends_is_gone(machine, nvml):
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    machine.add(f"process GPU-0000-fake {ended.stdout.strip()} 5")
    assert nvml.read()[0].processes == ()


def test_instances_stand_for_their_gpu(machine, nvml):
    nvml.read()
    machine.add(
        f"mig 1 0 MIG-a {20 * GIB} 0 Fake 1g",
        f"mig 1 2 MIG-c {40 * GIB} 0 Fake 2g",
        f"process MIG-c {FICTITIOUS} 7",
    )
    found = nvml.read()
    # The GPU itself was seen before it was divided: it can't be used any more.
    assert [(g.uuid, g.number, g.instance, g.lost != "") for g in found] == [
        ("GPU-0000-fake", "0", False, False),
        ("GPU-1000-fake", "1", False, True),
        ("MIG-a", "1:0", True, False),
        ("MIG-c", "1:2", True, False),
    ]
    assert found[3].parent == "1"
    assert (found[3].memory_bytes, found[3].processes) == (40 * GIB, (Process(FICTITIOUS, 7),))


@pytest.mark.parametrize("call", ["handle", "memory", "processes", "all"])
def test_a_gpu_that_is_lost_is_said_to_be(machine, nvml, call):
    nvml.read()
    machine.add(f"error GPU-0000-fake 15 {call}")
    first, second = nvml.read()
    assert (first.uuid, first.number, first.lost) == ("GPU-0000-fake", "0", "GPU is lost")
    assert (first.processes, first.used_bytes) == ((), None)
    assert second.lost == ""
    machine.remove("error")
    assert nvml.read()[0].lost == ""


def test_a_gpu_that_disappears_is_lost(machine, nvml):
    nvml.read()
    machine.remove("gpu GPU-0000")
    found = nvml.read()
    assert [(g.uuid, g.lost) for g in found if g.lost] == [("GPU-0000-fake", "it is not there any more")]


def test_a_driver_that_fails_later_loses_every_gpu(machine, nvml):
    nvml.read()
    machine.add("init 999")
    assert [g.lost for g in nvml.read()] == ["Unknown Error"] * 2


def test_what_the_driver_does_not_tell_is_unknown(machine, nvml):
    machine.add("error GPU-0000-fake 3 memory", "error GPU-0000-fake 4 processes")
    first = nvml.read()[0]
    assert (first.memory_bytes, first.used_bytes, first.processes, first.lost) == (None, None, None, "")


def test_a_gpu_of_which_nothing_was_ever_known_is_left_out(machine, nvml):
    machine.add("error GPU-0000-fake 4 handle")
    assert [g.uuid for g in nvml.read()] == ["GPU-1000-fake"]


@pytest.mark.parametrize(
    ("code", "words"),
    [(9, "the NVIDIA driver is not loaded"), (12, "no NVIDIA driver here"), (18, "restart the machine"),
     (999, "does not answer: Unknown Error")],
)  # fmt: skip
def test_without_a_driver_the_reason_is_said(machine, code, words):
    machine.add(f"init {code}")
    with pytest.raises(DevicesError, match=words):
        Nvml()


def test_without_its_library_too():
    code = "from nnic.runtime.devices.nvml import Nvml\ntry: Nvml()\nexcept Exception as error: print(error)"
    environment = {k: v for k, v in os.environ.items() if k not in ("FAKE_NVML", "LD_LIBRARY_PATH")}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    if ended.stdout == "":
        pytest.skip("there is a driver here")
    assert ended.stdout.startswith("GPUs were asked for, but ")


def test_a_run_without_gpus_does_not_load_the_binding():
    modules = "nnic.runtime.manager.run, nnic.runtime.manager.resume, nnic.experiment"
    code = f"import sys, {modules}; print('pynvml' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.stdout == "False\n"
