import pytest

from nnic.runtime.devices.memory import blame_kernel, kernel_kills, ran_out
from nnic.runtime.launchers.base import Exit
from nnic.runtime.store.records import ExperimentState
from nnic.tuners.protocol import Failure, FailureKind


@pytest.mark.parametrize(
    "failure",
    [
        Failure("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has 1 GiB free"),
        Failure("cuda.memory.OutOfMemoryError", "Out of memory allocating 4,000,000 bytes"),
        Failure("RuntimeError", "CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 10.76 GiB total)"),
        Failure(
            "RuntimeError", "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"
        ),
        Failure("RuntimeError", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        Failure("XlaRuntimeError", "RESOURCE_EXHAUSTED: Out of memory while trying to allocate 5 bytes."),
    ],
)
def test_what_libraries_say_when_gpu_memory_runs_out(failure):
    assert ran_out(failure)


@pytest.mark.parametrize(
    "failure",
    [
        None,
        Failure("MemoryError", "Unable to allocate 8.00 GiB for an array"),  # the machine's memory
        Failure("RuntimeError", "CUDA error: device-side assert triggered"),
        Failure(FailureKind.SIGNAL, "killed by SIGKILL (signal 9)"),
        Failure("RuntimeError", "DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
    ],
)
def test_other_failures(failure):
    assert not ran_out(failure)


def test_the_kernels_counter(tmp_path):
    vmstat = tmp_path / "vmstat"
    vmstat.write_text("nr_free_pages 12\noom_kill 7\nswap_ra 0\n")
    assert kernel_kills(vmstat) == 7
    assert kernel_kills(tmp_path / "none") == 0


def test_the_kernel_is_blamed_only_for_what_it_may_have_done():
    failure = Failure(FailureKind.SIGNAL, "killed by SIGKILL (signal 9)")
    assert blame_kernel(failure, Exit(signal=9), 0) == failure
    assert blame_kernel(failure, Exit(signal=15), 1) == failure
    assert blame_kernel(failure, Exit(code=1), 1) == failure
    assert blame_kernel(failure, Exit(signal=9, problem="printed too much"), 1) == failure
    for exit in (Exit(signal=9), Exit(code=137)):
        assert (
            "because the machine's memory (not the GPU's) ran out" in blame_kernel(failure, exit, 1).message
        )


def test_what_the_kernel_ended_for_want_of_memory_is_not_run_again(lab, monkeypatch):
    kills = iter([3, 4])  # before trial 0, and after it
    monkeypatch.setattr("nnic.runtime.devices.admission.kernel_kills", lambda: next(kills))
    lab.behaviour = lambda launch: [1.0, type(lab.fail(launch)[-1])(launch.key, Exit(signal=9))]
    result = lab.run(trials=1)
    assert result.state is ExperimentState.FAILED
    assert "killed by SIGKILL (signal 9): while it ran, the kernel ended a process" in result.reason
    assert lab.launcher.calls == ["start 0.0"]
