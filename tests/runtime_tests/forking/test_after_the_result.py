"""A final result counts, whatever comes after it: what goes on is ended, and what goes wrong is told."""

import textwrap
from pathlib import Path

import pytest

LINGERS = "still ran 0.5 s after the script had ended"
# What a script does behind its final result, and the note of its trial.
AFTER = {
    "nothing": ("pass", None),
    "thread": ("threading.Thread(target=time.sleep, args=(99,), name='writer').start()",
               ("lingering", f"the thread writer {LINGERS}")),
    "thread-that-ignores-signals": (
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
         "threading.Thread(target=time.sleep, args=(99,), name='deaf').start()"),
        ("lingering", f"the thread deaf {LINGERS}")),
    "executor": ("p = ThreadPoolExecutor(1, 'pool')\np.submit(time.sleep, 99)",
                 ("lingering", f"the thread pool_0 {LINGERS}")),
    "process": (("m = multiprocessing.get_context('fork')\n"
                "m.Process(target=time.sleep, args=(99,), name='feeder').start()"),
                ("lingering", f"the process feeder {LINGERS}")),
    "thread-that-ends": ("threading.Thread(target=time.sleep, args=(0.05,)).start()", None),
    "daemon": ("threading.Thread(target=time.sleep, args=(99,), daemon=True).start()", None),
    "child-with-the-output": ("subprocess.Popen(['sleep', '99'])", None),
    "result-of-a-thread": ("threading.Thread(target=later).start()", None),
    "raises": ("open('nothing-here.png')", ("FileNotFoundError", "nothing-here.png")),
    "exits": ("sys.exit(3)", ("exit", "exited with 3")),
    "leaves": ("os._exit(4)", ("exit", "exited with 4")),
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", ("signal", "killed by SIGKILL")),
    "crashes": ("os.kill(os.getpid(), signal.SIGSEGV)", ("signal", "killed by SIGSEGV")),
}  # fmt: skip
HEAD = """\
import os, sys, time
import multiprocessing, signal, subprocess, threading
from concurrent.futures import ThreadPoolExecutor
x = 0.5  # @nni.uniform(0, 1)
def later():
    time.sleep(0.1)
    '''@nni.report_final_result(7)'''
number = int(os.environ["NNIC_TRIAL_DIR"].split("/")[-2])
'''@nni.report_final_result(x)'''
"""


@pytest.fixture(scope="module", params=["off", "imports"])
def ended(request, tmp_path_factory, make_runner):
    """A run with a trial for each of them."""
    text = HEAD
    for number, (body, _) in enumerate(AFTER.values()):
        text += f"if number == {number}:\n" + textwrap.indent(body, "    ") + "\n"
    run = make_runner(tmp_path_factory.mktemp("after") / "a project")
    settings = {"trials": len(AFTER), "jobs": 2, "linger_s": 0.5, "grace_s": 0.5, "trial_time_s": 20.0}
    return run(text, request.param, **settings)


@pytest.mark.parametrize("number", [pytest.param(n, id=name) for n, name in enumerate(AFTER)])
def test_a_final_result_counts_whatever_comes_after_it(ended, number):
    trial = ended.trials[number]
    note = list(AFTER.values())[number][1]
    assert trial.status.value == "succeeded"
    assert trial.metric == (
        7 if "later" in list(AFTER.values())[number][0] else trial.parameters.popitem()[1]
    )
    assert trial.attempts[-1].failure == trial.error
    if note is None:
        assert trial.error is None
    else:
        assert trial.error.kind == note[0]
        assert note[1] in trial.error.message


def test_the_run_tells_each_kind_once(ended):
    told = [text for text in ended.warnings if "has a result" in text]
    assert sum(LINGERS in text for text in told) == 1
    assert sum("exited with" in text for text in told) == 1
    assert any("FileNotFoundError" in text and "train.py:" in text for text in told)


@pytest.mark.parametrize("limit", ["trial_time_s", "time_s"])
def test_a_limit_keeps_a_result(run, limit):
    text = HEAD + "threading.Thread(target=time.sleep, args=(99,)).start()\ntime.sleep(99)\n"
    (trial,) = run(text, "off", **{limit: 2.0}).trials
    assert (trial.status.value, trial.metric) == ("succeeded", 0.5)
    assert (trial.error is not None) == (limit == "trial_time_s")


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "time.sleep(99)"])
def test_what_a_killed_trial_has_in_shared_memory_goes_with_it(run, end):
    text = f"""
        import os, signal, sys, time
        from multiprocessing import get_context, shared_memory
        x = 0.5  # @nni.uniform(0, 1)
        memory = shared_memory.SharedMemory(create=True, size=1000)
        lock = get_context("spawn").Lock()
        print(memory.name, "sem." + lock._semlock.name.strip("/"), flush=True)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        '''@nni.report_final_result(x)'''
        {end}
    """
    found = run(text, "off", trial_time_s=3.0, grace_s=0.2)
    names = found.log().splitlines()[0].split()
    assert len(names) == 2
    assert not any(Path("/dev/shm", name).exists() for name in names)
    assert found.trials[0].metric == 0.5
