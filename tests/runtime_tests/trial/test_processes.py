"""Every process that a trial starts sees the same parameters and may report."""

import threading

import pytest

LR = {"train/lr/loguniform": 0.5}
POOL = """
«import»import multiprocessing, os, sys
lr = «train/lr/loguniform = 0.1»
class Point:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return type(other) is Point and other.x == self.x
def work(point):
    «intermediate point.x + lr»
    return Point(point.x + lr + «train/lr/loguniform = 0.1»), __file__, __name__, sys.path[0], __spec__
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        for point, *rest in pool.map(work, [Point(0), Point(10)]):
            print(type(point) is Point, point.x, rest)
    process = context.Process(target=work, args=(Point(20),))
    process.start()
    process.join()
    print(process.exitcode)
    «final lr»
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(project, method):
    project.add("train.py", POOL)
    # Pools have threads, and whether 3.12 warns of a fork beside them is a matter of luck.
    quiet = {"PYTHONWARNINGS": "ignore::DeprecationWarning"}
    plain = project.plain("train.py", method, **quiet)
    project.drop_caches()
    trial = project.run("train.py", method, parameters=LR, **quiet)
    assert (trial.returncode, trial.stderr) == (plain.returncode, plain.stderr) == (0, "")
    assert trial.stdout == plain.stdout.replace("True 10.2", "True 11.0").replace("True 0.2", "True 1.0")
    assert sorted(project.reported("intermediate")) == [0.5, 10.5, 20.5]
    assert project.reported() == [0.5]
    assert project.caches() == []


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_multiprocessing_from_a_module(project, method):
    project.add("pkg/__init__.py", "")
    project.add("pkg/train.py", POOL)
    trial = project.run("-m", "pkg.train", method, parameters=LR)
    assert (trial.returncode, trial.stderr) == (0, "")
    assert "True 11.0" in trial.stdout
    assert sorted(project.reported("intermediate")) == [0.5, 10.5, 20.5]
    assert project.caches() == []


SHOWN = """
import sys
hidden = "__builtins__", "__nnic__"
print({name: value for name, value in globals().items() if name[:2] == "__" and name not in hidden})
print(sys.argv, sys.path, __name__ in sys.modules)
"""


@pytest.mark.parametrize("path", ["train.py", "./train.py", "{code}/train.py", "{root}/link.py"])
@pytest.mark.parametrize("name", ["'__main__'", "None", "'a.b'"])
def test_run_path(project, path, name):
    project.add("train.py", "«import»lr = «train/lr/loguniform = 0.1»\n" + SHOWN)
    path = path.format(code=project.code, root=project.root)
    (project.root / "link.py").symlink_to(project.code / "train.py")
    project.add_source("go.py", f"import runpy\nprint(runpy.run_path({path!r}, run_name={name})['lr'])\n")
    plain = project.plain("-B", "go.py")
    trial = project.run("-B", "go.py", parameters=LR)
    assert (trial.stdout, trial.stderr) == (plain.stdout.replace("\n0.1\n", "\n0.5\n"), "")


def test_run_path_from_the_script_of_the_same_name(project):
    text = """
import runpy, sys
if __name__ == "__main__":
    print(runpy.run_path(__file__, run_name="again")["lr"])
«import»lr = «train/lr/loguniform = 0.1»
if __name__ != "__main__":
    print(1 / (lr - «train/lr/loguniform = 0.1») + lr)
"""
    project.add("train.py", text)
    plain, trial = project.plain("train.py"), project.run("train.py", parameters=LR)
    assert trial.stderr == plain.stderr
    assert "ZeroDivisionError" in trial.stderr


@pytest.mark.parametrize("module", ["cProfile", "profile"])
def test_profilers(project, module):
    project.add("train.py", "«import»print(«train/lr/loguniform = 0.1»)\n«final 1»\n")
    assert project.run("-m", module, "train.py", parameters=LR).stdout.startswith("0.5\n")


def test_forked_children_report_for_themselves(project, manager):
    text = """
«import»import os, sys
«intermediate 0»
for i in 1, 2, 3:
    if os.fork() == 0:
        for _ in range(50):
            «intermediate i»
        os._exit(0)
for _ in range(3):
    os.wait()
«final 4»
"""
    project.add("train.py", text)
    trial = project.run("train.py", parameters=LR, NNIC_SOCKET=manager.address)
    assert (trial.returncode, trial.stderr) == (0, "")
    assert sorted(project.reported("intermediate")) == sorted([0, *[1, 2, 3] * 50])
    for _ in range(4):
        manager.receive()
    lines = (project.attempt / "metrics.jsonl").read_bytes().splitlines()
    assert sorted(manager.messages) == sorted(lines)


def test_threads_report(project, manager):
    text = """
«import»import threading
def work(i):
    for _ in range(50):
        «intermediate i»
threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    project.add("train.py", text)
    reader = threading.Thread(target=manager.receive)
    reader.start()
    assert project.run("train.py", parameters=LR, NNIC_SOCKET=manager.address).returncode == 0
    reader.join()
    assert sorted(project.reported("intermediate")) == sorted(list(range(8)) * 50)
    assert manager.messages == (project.attempt / "metrics.jsonl").read_bytes().splitlines()


def test_a_signal_handler_reports_while_its_thread_does(project):
    text = """
«import»import signal
def on_alarm(*_):
    «intermediate 1»
«intermediate 2»
signal.signal(signal.SIGALRM, on_alarm)
signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
for _ in range(1500):
    «intermediate 0»
signal.setitimer(signal.ITIMER_REAL, 0)
"""
    project.add("train.py", text)
    trial = project.run("train.py", parameters=LR)
    assert (trial.returncode, trial.stderr) == (0, "")
    values = project.reported("intermediate")
    assert values.count(0) == 1500
    assert 1 in values


def test_a_process_that_is_forked_while_a_thread_reports_first_reports_too(project):
    script = """
«import»import os, sys, threading, time
class Slow:
    def find_spec(self, name, path, target=None):
        if name == "nnic.runtime.trial.reports":
            begun.set()
            time.sleep(0.5)  # with the lock of this module, which nobody releases in a forked process
def report(value):
    «intermediate value»
begun = threading.Event()
sys.meta_path.insert(0, Slow())
thread = threading.Thread(target=report, args=(1,))
thread.start()
begun.wait()
child = os.fork()
if child == 0:
    report(2)
    os._exit(0)
os.waitpid(child, 0)
thread.join()
«final 3»
"""
    project.add("train.py", script)
    trial = project.run("train.py", PYTHONWARNINGS="ignore::DeprecationWarning")
    assert (trial.returncode, trial.stderr) == (0, "")
    assert sorted(project.reported("intermediate")) == [1, 2]
