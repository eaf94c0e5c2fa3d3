"""Trials that are forked from a template end, print and report as processes of their own do."""

import re
import textwrap
from importlib.util import find_spec

import pytest

from nnic.runtime.launchers import templates
from nnic.runtime.program import Program
from nnic.tuners.space import SearchSpace

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
VALUE = "lr = 0.5  # @nni.uniform(0, 1)\n"
REPORT = "'''@nni.report_final_result(lr)'''\n"

# What the body of a script does, behind `import os, sys, ...` and a value.
ENDS = {
    "result": "print(lr)",
    "exit-0": "sys.exit(0)",
    "exit-none": "sys.exit()",
    "exit-code": "sys.exit(3)",
    "exit-code-below-0": "sys.exit(-1)",
    "exit-code-over-a-byte": "sys.exit(259)",
    "exit-code-over-a-word": "sys.exit(1 << 70)",
    "exit-true": "sys.exit(True)",
    "exit-text": "sys.exit('no data')",
    "exit-object": "sys.exit([1, 2])",
    "exit-in-a-function": "def leave():\n    raise SystemExit(4)\nleave()",
    "exit-of-a-class": "class End(SystemExit):\n    code = 7\nraise End",
    "os-exit": "print('kept', flush=True)\nos._exit(5)",
    "raises": "def load(path):\n    return open(path)\nload('data/missing.csv')",
    "raises-from": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('bad') from e",
    "raises-while": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    {}['a']",
    "raises-a-base-exception": "class Stop(BaseException): pass\nraise Stop('here')",
    "raises-what-has-no-text": "class Bad(Exception):\n    def __str__(self): 1 / 0\nraise Bad",
    "raises-a-group": "raise RuntimeError('a\\nb')",
    "syntax-error-in-a-text": "exec('a = = 1')",
    "keyboard-interrupt": "raise KeyboardInterrupt",
    "interrupted": "os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)",
    "hook": "sys.excepthook = lambda *e: print('hook', e[0].__name__)\n1 / 0",
    "hook-raises": "def hook(*e): raise KeyError('hook')\nsys.excepthook = hook\n1 / 0",
    "hook-exits": "def hook(*e): sys.exit(9)\nsys.excepthook = hook\n1 / 0",
    "no-hook": "del sys.excepthook\n1 / 0",
    "terminated": "os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(60)",
    "killed": "os.kill(os.getpid(), signal.SIGKILL)\ntime.sleep(60)",
    "segfault": "os.kill(os.getpid(), signal.SIGSEGV)\ntime.sleep(60)",
    "abort": "os.abort()",
    "recursion": "def f(n): return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError:\n    print('deep')",
    "callbacks": "for i in range(3): atexit.register(print, 'bye', i)\nprint('end')",
    "callback-raises": "atexit.register(print, 'last')\natexit.register(lambda: 1 / 0)",
    "callback-exits": "atexit.register(print, 'last')\natexit.register(sys.exit, 8)",
    "callback-leaves": "atexit.register(print, 'never')\natexit.register(os._exit, 6)",
    "callback-reads-a-global": "text = 'global'\natexit.register(lambda: print(text))",
    "callbacks-after-an-exception": "atexit.register(print, 'bye')\n1 / 0",
    "open-file": "f = open('out.txt', 'w')\nf.write('x' * 10)\natexit.register(lambda: print(f.closed))",
    "finalizer": "import weakref\nclass A: pass\na = A()\nweakref.finalize(a, print, 'final')",
    "del": "class A:\n    def __del__(self): print('deleted')\na = A()",
    "del-in-a-cycle": "class A:\n    def __del__(self): print('deleted')\na = A()\na.a = a",
    "thread": "def work():\n    time.sleep(0.05)\n    print('worked')\nthreading.Thread(target=work).start()",
    "thread-raises": "t = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()",
    "daemon": "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nprint('end')",
    "pool-of-threads": "from concurrent.futures import ThreadPoolExecutor as P\n"
    "with P(2) as p: print(list(p.map(abs, [-1, -2])))",
    "closed-output": "sys.stdout.close()",
    "no-output": "sys.stdout = sys.stderr = None",
    "stderr-without-newline": "sys.stderr.write('err'); print('out', flush=True)",
    "output-of-c": "os.write(1, b'raw\\n')\nos.system('echo shell')",
    "warns": "import warnings\nwarnings.warn('careful')",
    "logs": "import logging\nlogging.warning('logged %d', 1)",
    "forks": "pid = os.fork()\nif pid == 0:\n    print('child', flush=True)\n    sys.exit(0)\n"
    "print(os.waitpid(pid, 0)[1])",
    "forked-child-raises": "if os.fork() == 0:\n    1 / 0\nprint(os.wait()[1])",
    "executes": "os.execv(sys.executable, [sys.executable, '-c', 'print(1); raise SystemExit(2)'])",
    "subprocess": "import subprocess\nprint(subprocess.run(['sh', '-c', 'echo $0; exit 3']).returncode)",
    "imports-then-exits": "import ctypes, decimal, multiprocessing.pool\nimport numpy\nsys.exit('no data')",
    "wrong-arguments": "import ctypes\nimport argparse\np = argparse.ArgumentParser()\n"
    "p.add_argument('--data', required=True)\np.parse_args([])",
    "pool-left-open": "import multiprocessing as m\np = m.get_context('fork').Pool(1)\n"
    "print(p.map(abs, [-1]))",
    "executor-left-open": "from concurrent.futures import ProcessPoolExecutor as P\n"
    "import multiprocessing as m\np = P(1, m.get_context('fork'))\nprint(list(p.map(abs, [-1])))",
    "del-reads-a-global": "class A:\n    def __del__(self): print('deleted', os.sep)\na = A()\na.a = a",
    "del-raises": "class A:\n    def __del__(self): {}['a']\nglobals()['a'] = A()\ndel a",
    "modules-cleared": "sys.modules.clear()\nprint('cleared')",
    "modules-removed": "for m in list(sys.modules):\n    if 'nnic' in m: del sys.modules[m]\n1 / 0",
    "finders-cleared": "sys.meta_path.clear()\nsys.path_hooks.clear()\nsys.path.clear()\n1 / 0",
    "finder-raises": "class F:\n    def find_spec(self, *a, **k): 1 / 0\nsys.meta_path.insert(0, F())",
    "import-replaced": "import builtins\nbuiltins.__import__ = None",
    "leaving-replaced": "os._exit = print\nos.getpid = lambda: 1",
    "flush-raises": "class W:\n    closed = False\n    def write(self, t): return len(t)\n"
    "    def flush(self): raise KeyboardInterrupt\nsys.stdout = W()",
    "no-descriptors": "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n1 / 0",
    "closed-descriptors": "print('x', flush=True)\nos.closerange(0, 999)",
    "warns-of-open-files": "import warnings\nwarnings.simplefilter('always')\nf = open(os.devnull)",
    "recursion-limit": "sys.setrecursionlimit(30)\n1 / 0",
    "no-variables": "os.environ.clear()\n1 / 0",
    "no-folder": "import tempfile\nd = tempfile.mkdtemp()\nos.chdir(d)\nos.rmdir(d)\n1 / 0",
    "broken-module": "open('broken.py', 'w').write('a = = 1')\nimport broken",
    "alarm": "signal.signal(signal.SIGALRM, lambda *a: print('alarm'))\n"
    "signal.setitimer(signal.ITIMER_REAL, 0.05)\nsignal.pause()",
}  # fmt: skip


@pytest.fixture(scope="module")
def both_ways(tmp_path_factory, make_runner):
    """A trial for each of the ends, as processes and from a template."""
    text = f"import os, sys, time\nimport atexit, signal, threading\n{VALUE}{REPORT}"
    text += "number = int(os.environ['NNIC_TRIAL_DIR'].split('/')[-2])\n"
    for number, body in enumerate(ENDS.values()):
        text += f"if number == {number}:\n" + textwrap.indent(body, "    ") + "\n"
    run = make_runner(tmp_path_factory.mktemp("ends") / "a project é")
    settings = {"trials": len(ENDS), "jobs": 2, "trial_time_s": 60.0}
    return run(text, "off", **settings), run(text, **settings)


@pytest.mark.parametrize("number", [pytest.param(n, id=name) for n, name in enumerate(ENDS)])
def test_a_script_ends_as_in_a_process_of_its_own(both_ways, number):
    own, forked = both_ways
    assert "nnic/runtime" not in own.log(number)
    assert (own.templates, forked.templates) == (0, 1)
    # One for each kind of end; of which trial depends on which of the two running at once ends first.
    assert len(forked.warnings) == len(own.warnings)
    assert forked.outcomes[number] == own.outcomes[number]
    assert forked.log(number) == own.log(number)


SURROUNDINGS = """
    import json, os, sys, signal, threading, resource, logging, time, random
    import multiprocessing

    def target(descriptor):
        try:
            return os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))
        except OSError:
            return ""

    lr = 0.5  # @nni.uniform(0, 1)
    opened = sorted(map(target, os.listdir("/proc/self/fd")))
    shown = {
        "argv": sys.argv, "orig": sys.orig_argv[1:], "path": sys.path, "flags": str(sys.flags),
        "cwd": os.getcwd(), "main": sorted(globals()), "file": __file__, "name": __name__,
        "spec": repr(__spec__), "loader": type(__loader__).__name__, "doc": __doc__,
        "leader": [os.getpgid(0) == os.getpid(), os.getsid(0) == os.getpid()],
        # libffi keeps itself open; ours has loaded it.
        "fds": [name for name in opened if not name.startswith("libffi")],
        "stdin": os.readlink("/proc/self/fd/0"),
        "umask": os.umask(0o22), "nice": os.nice(0), "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
        "signals": {n: str(signal.getsignal(n)) for n in range(1, 65) if n not in (32, 33)},
        "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "native": threading.get_native_id() == os.getpid() == threading.main_thread().native_id,
        "threads": threading.active_count(), "switch": sys.getswitchinterval(),
        "process": multiprocessing.current_process().name, "started": time.time() - logging._startTime < 30,
        "encoding": [sys.stdout.encoding, sys.stdout.line_buffering, sys.stderr.errors],
        "modes": [oct(os.fstat(n).st_mode) for n in (1, 2)], "recursion": sys.getrecursionlimit(),
        "hooks": [len(sys.path_hooks), len(sys.meta_path)], "runpy": "runpy" in sys.modules,
        "first": sys._getframe().f_back is None, "parent": os.getppid() > 1,
        "environ": {k: ascii(v) for k, v in sorted(os.environ.items()) if k[5:] not in ("SOCKET", "MAIN")},
        "variables": [name for name in sorted(os.environ) if name.startswith("NNIC")],
    }
    print(json.dumps(shown, indent=1, ensure_ascii=False))
    '''@nni.report_final_result(lr)'''
"""


def test_a_script_finds_what_it_would_find(run, monkeypatch):
    monkeypatch.setenv("OF_THE_USER", "é \udcff")
    own = run(SURROUNDINGS, "off", "--epochs", "3 4")
    forked = run(SURROUNDINGS, "imports", "--epochs", "3 4")
    assert (forked.templates, forked.warnings) == (1, [])
    assert forked.log() == own.log()
    assert '"--epochs"' in forked.log()


def test_the_environment_that_others_see_is_the_trials_own(run):
    text = f"""
        import os, pathlib
        {VALUE}
        seen = pathlib.Path("/proc/self/environ").read_bytes().split(b"\\0")
        print([os.fsdecode(v) for v in seen if v.startswith(b"NNIC_TRIAL_DIR=")])
        print(os.environ["NNIC_TRIAL_DIR"], os.path.isdir(os.environ["NNIC_OUTPUT_DIR"]))
        {REPORT}
    """
    found = run(text, trials=3)
    for trial in range(3):
        place = f"{found.directory.with_name('EXPERIMENT')}/trials/{trial}/0"
        assert found.log(trial) == f"['NNIC_TRIAL_DIR={place}']\n{place} True\n"
    assert found.warnings == []


CHILDREN = {
    "fork": 'print(multiprocessing.get_context("fork").Pool(2).map(double, [1, 2]))',
    "spawn": 'print(multiprocessing.get_context("spawn").Pool(1).map(double, [1, 2]))',
    "forkserver": 'print(multiprocessing.get_context("forkserver").Pool(1).map(double, [1, 2]))',
    "forkserver-left-open": 'p = multiprocessing.get_context("forkserver").Pool(1)\n'
    "    print(p.map(double, [1]))",
    "start-method": 'multiprocessing.set_start_method("spawn")\n'
    "    print(multiprocessing.Pool(1).map(double, [3]))",
    "executor": "from concurrent.futures import ProcessPoolExecutor as P\n"
    "    with P(1) as p: print(list(p.map(double, [4])))",
    "reports": 'p = multiprocessing.get_context("spawn").Process(target=report); p.start(); p.join()',
    "python": 'import subprocess; subprocess.run([sys.executable, __file__, "nested"], check=True)',
}


@pytest.mark.parametrize("how", [pytest.param(text, id=name) for name, text in CHILDREN.items()])
def test_children_of_a_trial(run, how):
    text = f"""\
import multiprocessing
import os, sys
{VALUE}
def double(x):
    return 2 * x + lr
def report():
    '''@nni.report_intermediate_result(lr)'''
if __name__ == "__main__" and sys.argv[1:]:
    report()
elif __name__ == "__main__":
    {how}
    {REPORT}
"""
    own, forked = run(text, "off", trials=2), run(text, trials=2)
    assert (forked.templates, forked.warnings) == (1, [])
    assert forked.outcomes == own.outcomes
    assert [forked.log(0), forked.log(1)] == [own.log(0), own.log(1)]


def test_each_trial_has_generators_of_its_own(run):
    text = f"""
        import random, uuid, tempfile
        import numpy.random
        {VALUE}
        print(random.random(), numpy.random.rand(), uuid.uuid4(), tempfile.mktemp())
        print(numpy.random.default_rng(3).random(), random.Random(4).random())
        {REPORT}
    """
    found = run(text, trials=3)
    assert (found.templates, found.warnings) == (1, [])
    logs = [found.log(trial).split("\n") for trial in range(3)]
    assert all(len(set(column)) == 3 for column in zip(*(log[0].split() for log in logs)))
    assert len({log[1] for log in logs}) == 1
    again = run(text, trials=3)
    # Unseeded, as in a process of its own: from run to run as from trial to trial.
    assert not {again.log(trial).split()[i] for trial in range(3) for i in range(2)} & {
        number for log in logs for number in log[0].split()
    }


GENERATORS = f"""
import random, numpy.random
import torch, rolls
{VALUE}
free = random.random(), numpy.random.rand(), torch.rand(1).item(), rolls.free.random(), rolls.old.rand()
free += rolls.dice.random(), rolls.equal.random()
random.seed(1); numpy.random.seed(2); torch.manual_seed(3)
fixed = random.random(), numpy.random.rand(), torch.rand(1).item(), rolls.fixed.random()
fixed += rolls.loaded.random(), rolls.restored.random(), random.Random.seed.__name__
print(*free, "fixed", *fixed)
{REPORT}
"""


@needs_torch
def test_generators_without_a_seed_differ_as_with_python_itself(run, library):
    rolls = """\
        import numpy, random
        free, fixed = numpy.random.default_rng(), numpy.random.default_rng(9)
        old = numpy.random.RandomState()
        dice, loaded, restored = random.Random(), random.Random(), random.Random()
        dice.random(), loaded.seed(6), restored.setstate(loaded.getstate())
        class Equal(random.Random):
            def __eq__(self, other):
                return True
        equal = Equal()
    """
    run.write(library, rolls, "rolls.py")
    drawn, fixed = set(), set()
    runs = [("off", 1), ("imports", 2), ("imports", 1), ("prefix", 2), ("prefix", 1)]
    for share, trials in runs:
        found = run(GENERATORS, share, trials=trials)
        assert found.templates == (share != "off")
        for trial in range(trials):
            free, _, seeded = found.log(trial).partition(" fixed ")
            drawn.update(free.split())
            fixed.add(seeded)
    assert len(drawn) == 7 * sum(trials for _, trials in runs)
    assert len(fixed) == 1


@pytest.mark.parametrize(("name", "shares"), [("jemalloc_bg_thd", True), ("other_bg_thd", False)])
def test_the_threads_of_an_allocator_that_survives_a_fork(run, library, name, shares):
    thread = f"""\
        import ctypes, threading, time
        def work():
            ctypes.CDLL(None).prctl(15, b"{name}", 0, 0, 0)
            time.sleep(0.3)
            ready.set()
            time.sleep(99)
        ready = threading.Event()
        threading.Thread(target=work, daemon=True).start()
        ready.wait()
    """
    run.write(library, thread, "allocates.py")
    found = run(f"import allocates\n{VALUE}{REPORT}print('x')", trials=2)
    assert [found.log(trial) for trial in range(2)] == ["x\n", "x\n"]
    if shares:
        assert found.warnings == []
    else:
        (warning,) = found.warnings
        assert "started threads (other_bg_thd)" in warning
        assert re.search(r"\(each trial takes about \d+\.\d s more\)$", warning)


def test_what_an_import_seeds_stays_seeded(run, library):
    run.write(library, "import random, numpy\nrandom.seed(1)\nnumpy.random.seed(2)\n", "seeds.py")
    text = f"import seeds\nimport random, numpy\n{VALUE}{REPORT}print(random.random(), numpy.random.rand())"
    own, forked = run(text, "off"), run(text, trials=2)
    assert (forked.templates, forked.warnings) == (1, [])
    assert own.log() == forked.log(0) == forked.log(1)


@needs_torch
def test_data_loaders_and_threads_of_torch(run):
    text = f"""
        import os, warnings
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        warnings.filterwarnings("ignore", "This DataLoader will create 2 worker")  # on one CPU
        {VALUE}
        if __name__ == "__main__":
            data = TensorDataset(torch.arange(8.0))
            batches = DataLoader(data, 4, num_workers=2)
            print(torch.get_num_threads(), os.environ["OMP_NUM_THREADS"], [b[0].tolist() for b in batches])
            print(torch.rand(3).tolist())
            print((torch.ones(300, 300) @ torch.ones(300, 300)).sum())
            {REPORT}
    """
    own, forked = run(text, "off", cpus_per_trial=1), run(text, cpus_per_trial=1, trials=2)
    assert (forked.templates, forked.warnings) == (1, [])
    first, second, third = (log.split("\n") for log in (own.log(), forked.log(0), forked.log(1)))
    assert first[0] == second[0] == third[0]
    assert first[0].startswith("1 1 [[0.0")
    assert first[2] == second[2] == third[2]
    assert len({first[1], second[1], third[1]}) == 3


@needs_torch
def test_an_import_that_runs_threads_of_openmp(run, library, monkeypatch):
    # Left to itself, a matrix product may stay on one thread: by the processor, by MKL_NUM_THREADS.
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    region = "torch.set_num_threads(2)\ntorch.ones(1 << 20).exp()\n"
    run.write(library, f"import torch\n{region}", "warm.py")
    # A forked process would wait for ever for the second thread.
    found = run(f"import warm\nimport torch\n{VALUE}{REPORT}{region}")
    assert found.trials[0].status.value == "succeeded"
    (warning,) = found.warnings
    assert "import of warm (train.py:1) started threads (" in warning


OBSTACLES = {
    "thread": ("import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
               "started threads ("),
    "process": ("import subprocess\nchild = subprocess.Popen(['sleep', '9'])", "started a process"),
    "file": ("stream = open(__file__)", "opened /"),
    "socket": ("import socket\nours = socket.socketpair()", "opened a socket"),
    "pipe": ("import os\nends = os.pipe()", "opened a pipe"),
    "trace": ("import sys\nsys.setprofile(lambda *a: None)", "traces what runs"),
    "timer": ("import signal\nsignal.setitimer(signal.ITIMER_REAL, 600)", "set a timer"),
    "raises": ("raise OSError('no licence')", "raised OSError: no licence"),
    "exits": ("raise SystemExit(3)", "raised SystemExit: 3"),
    "leaves": ("import os\nos._exit(4)", "its process exited with 4 during the import of odd (train.py:2)"),
    "crashes": ("import os\nos.abort()", "was killed by signal 6 during the import of odd (train.py:2)"),
    "hangs": ("import os, time\nif 'templates' in os.environ['NNIC_TRIAL_DIR']: time.sleep(600)",
              "the import of odd (train.py:2) did not end within 4 s"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("odd", "reason"), [pytest.param(*what, id=name) for name, what in OBSTACLES.items()]
)
def test_falls_back_to_processes(run, library, monkeypatch, odd, reason):
    if "did not end" in reason:
        monkeypatch.setattr(templates, "TIMEOUT_S", 4.0)
    run.write(library, odd, "odd.py")
    text = f"import sys\nimport odd\n{VALUE}{REPORT}"
    own, forked = run(text, "off", trials=2), run(text, trials=2)
    (warning,) = forked.warnings
    start = "trials do not share imports, so each one starts as a new process: "
    assert warning.startswith(start)
    assert reason in warning
    assert "import of odd (train.py:2)" in warning
    assert forked.outcomes == own.outcomes
    assert forked.log() == own.log()


def test_scripts_that_set_something_up_first(run, library):
    run.write(library, "import os\nseen = os.environ.get('ODD_SETTING')\n", "reader.py")
    text = f"""
        import os
        os.environ["ODD_SETTING"] = "1"
        import reader
        {VALUE}
        print(reader.seen)
        {REPORT}
    """
    found = run(text)
    assert (found.templates, found.warnings, found.log()) == (1, [], "1\n")


def test_modules_of_the_program_run_in_each_trial(run, library):
    run.write(
        run.folder,
        "import os\nprint('settings', os.getpid() == os.getpgid(0))\nplace = 'own'\n",
        "settings.py",
    )
    run.write(library, "import settings\nplace = settings.place\n", "uses.py")
    text = f"import sys\nimport settings\nimport uses\n{VALUE}{REPORT}print(settings.place, uses.place)"
    found = run(text, trials=2)
    assert found.log(0) == found.log(1) == "settings True\nown own\n"
    # A library that imports a module of the program by itself.
    text = f"import sys\nimport uses\n{VALUE}{REPORT}print(uses.place)"
    found = run(text, trials=2)
    assert found.log(0) == found.log(1) == "settings True\nown\n"
    assert "settings.py), which belongs to the program" in found.warnings[0]


def test_what_imports_print_is_in_each_log(run, library):
    run.write(library, "print('hello from a library')\n", "chatty.py")
    found = run(f"import chatty\n{VALUE}{REPORT}print('script')", trials=3)
    assert found.templates == 1
    assert {found.log(trial) for trial in range(3)} == {"hello from a library\nscript\n"}


def test_a_large_output(run):
    text = f"import os\n{VALUE}{REPORT}for i in range(200000): print('x' * 40)"
    found = run(text, trials=2, max_output_bytes=1 << 24)
    assert found.log(1).count("\n") == 200000
    assert found.templates == 1


def test_a_trial_that_hangs_is_ended_with_what_it_started(run):
    text = f"""
        import os, time, signal
        {VALUE}
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        '''@nni.report_intermediate_result(os.getpid())'''
        time.sleep(600)
        {REPORT}
    """
    found = run(text, time_s=5.0, grace_s=0.2)
    (trial,) = found.trials
    assert (trial.status.value, trial.attempts[0].signal) == ("cancelled", 9)
    assert found.templates == 1
    assert survivors(found.directory) == []


def survivors(directory):
    from nnic.runtime.processes import TRIAL_MARK, find_marked

    return [p.pid for p in find_marked(TRIAL_MARK, lambda value: value.startswith(str(directory)))]


def test_a_killed_template_is_opened_again(run):
    text = f"""
        import os, signal, time
        {VALUE}
        if os.environ["NNIC_TRIAL_DIR"].endswith("/2/0"):
            # The supervisor's children are its trials and their template.
            place = f"/proc/{{os.getppid()}}/task/{{os.getppid()}}/children"
            for pid in map(int, open(place).read().split()):
                if pid != os.getpid(): os.kill(pid, signal.SIGKILL)
            time.sleep(0.2)
        {REPORT}
    """
    found = run(text, trials=5)
    assert [trial.status.value for trial in found.trials] == ["succeeded"] * 5
    assert (found.templates, found.warnings) == (2, [])
    assert survivors(found.directory) == []


def test_variables_mean_another_template(tmp_path):
    from nnic.runtime.launchers.base import Key, Launch
    from nnic.runtime.launchers.trial_document import TrialDocument

    document = TrialDocument("lab", 0, 0, 1, str(tmp_path / "program"), {}, {})

    def choose(number, **environment):
        launch = Launch(Key(number, 0), ("python", "train.py"), tmp_path, tmp_path / str(number), document)
        opening, chosen = made.choose(launch, environment)
        return opening is not None, chosen

    program = Program(str(tmp_path), "train.py", (), SearchSpace(()))
    made = templates.Templates(tmp_path, program, tmp_path / "program", [], 60.0)
    one = {"OMP_NUM_THREADS": "1", "LD_PRELOAD": "a"}
    assert choose(0, **one, NNIC_TRIAL_DIR="0", CUDA_VISIBLE_DEVICES="GPU-1") == (True, 1)
    assert choose(1, **one, NNIC_TRIAL_DIR="1", CUDA_VISIBLE_DEVICES="GPU-2") == (False, 1)
    assert choose(2, **{**one, "OMP_NUM_THREADS": "2"}) == (True, 2)
    assert choose(3, **{**one, "LD_PRELOAD": "b"}) == (True, 3)
    assert choose(4, **{**one, "PYTHONUTF8": "1"}) == (True, 4)
    assert choose(5, **{**one, "PYTHONUTF8": "0"}) == (False, None)  # a process of its own
    assert choose(6, **one) == (False, 1)


def test_hidden_gpus_are_each_trials_own(run):
    text = f"import os, sys\n{VALUE}{REPORT}print([os.environ.get('CUDA_VISIBLE_DEVICES')])\n"
    text += "print('PYTORCH_NVML_BASED_CUDA_CHECK' in os.environ)\n"
    assert run(text, gpus_per_trial=0).log() == "['']\nFalse\n"
    assert run(text, "off", gpus_per_trial=0).log() == "['']\nFalse\n"


def test_two_programs_at_once(run):
    text = f"import os, time\n{VALUE}{REPORT}print(os.environ['NNIC_TRIAL_DIR'])\ntime.sleep(0.02)"
    run.write(run.folder, text, "other.py")
    others = run.make("other.py", "imports", trials=6, jobs=2).start()
    found = run(text, trials=6, jobs=2)
    assert others.wait(60)
    for experiment in (others, found.experiment):
        directory = experiment.home / "experiments" / experiment.name
        for trial in experiment.trials:
            assert trial.status.value == "succeeded"
            log = directory / f"trials/{trial.id}/0/output.log"
            assert log.read_text() == f"{log.parent}\n"
        assert len(list(directory.glob("templates/*"))) == 1


def test_off_where_it_does_not_apply(run):
    nothing_ahead = run(f"{VALUE}import os\n{REPORT}")
    assert (nothing_ahead.templates, nothing_ahead.warnings) == (0, [])
    with pytest.raises(ValueError, match="share must be one of"):
        run(VALUE + REPORT, "everything")


@pytest.mark.parametrize("module", ["gc", "faulthandler", "zipimport", "_frozen_importlib"])
def test_modules_of_the_interpreter_itself_are_no_files_of_the_program(run, module):
    """The origin of their specs is "built-in" or "frozen", which is no path below the working directory."""
    found = run(f"import {module}\nimport json\n{VALUE}{REPORT}", trials=2)
    assert (found.templates, found.warnings) == (1, [])


def test_what_an_import_changes_of_the_process_stays_changed(run, library, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    changes = f"""
        import os, resource, sys, warnings
        os.chdir({str(there)!r})
        os.umask(0o27)
        os.environ["SET_BY_IMPORT"] = "1"
        sys.setrecursionlimit(1234)
        warnings.simplefilter("error")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    """
    run.write(library, changes, "changes.py")
    shown = "os.getcwd(), oct(os.umask(0)), os.environ['SET_BY_IMPORT'], sys.getrecursionlimit()"
    text = f"import changes\nimport os, sys, warnings\n{VALUE}{REPORT}print({shown}, warnings.filters[0])"
    own, forked = run(text, "off"), run(text, trials=2)
    assert (forked.templates, forked.warnings) == (1, [])
    assert own.log() == forked.log(0) == forked.log(1)
    assert own.log().startswith(str(there))
