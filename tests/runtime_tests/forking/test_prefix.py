"""Prefix sharing: what is shared is what each trial would have done; what can't be is refused, by line."""

from importlib.util import find_spec

import pytest

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
VALUE = "lr = 0.5  # @nni.uniform(0, 1)\n"
REPORT = "'''@nni.report_final_result(result)'''\n"
START = "trials share only imports, because the code before the first value can't be shared: "

# What a script does before its first value, on line 2 and below; `result` may depend on it.
SHARED = {
    "data": "data = [n * n for n in range(1000)]\nresult = sum(data)",
    "file-read-and-closed": "text = open(__file__).read()\nresult = len(text)",
    "seeded": "random.seed(3)\nfirst = random.random()\nresult = first",
    "class": "class Model:\n    rows = [1, 2]\nmodel = Model()\nresult = len(model.rows)",
    "handler": "signal.signal(signal.SIGTERM, lambda *a: sys.exit(4))\nresult = 1",
    "callback": "atexit.register(print, 'bye')\nresult = 2",
    "hook": "sys.excepthook = lambda *e: print('hook', e[0].__name__)\nresult = 3",
    "variable": "os.environ['MY_SETTING'] = 'x'\nresult = len(os.environ['MY_SETTING'])",
    "folder-that-is-there": "os.makedirs('.', exist_ok=True)\nresult = 1",
    "thread-that-ended": "t = threading.Thread(target=print)\nt.start()\nt.join()\nresult = 1",
    "memory-database": "import sqlite3\nc = sqlite3.connect(':memory:')\nc.close()\nresult = 1",
    "annotated-nni": "'''@nni.get_next_parameter()'''\nresult = 1",
    "numpy-seeded": "import numpy as np\nnp.random.seed(4)\nresult = np.random.rand()",
    "numpy-generator": "import numpy as np\nr = np.random.default_rng(4)\nresult = r.random()",
    "file-within-with": "with open(__file__) as f:\n    first = next(f)\nresult = len(first)",
    "main-guard": "if __name__ == '__main__':\n    rows = [1, 2]\nresult = len(rows)",
    "timer-that-ended": "signal.signal(signal.SIGALRM, print)\nsignal.alarm(60)\nsignal.alarm(0)\nresult = 1",
    "temporary-name": "import tempfile\nplace = tempfile.gettempdir()\nresult = 1",
}
HEADER = "import atexit, os, random, signal, sys, threading, time\n"


@pytest.mark.parametrize("body", [pytest.param(text, id=name) for name, text in SHARED.items()])
def test_what_is_shared_gives_the_same(run, body):
    text = f"{HEADER}{body}\nprint('before', result)\n{VALUE}result += lr\nprint('after')\n{REPORT}"
    own, forked = run(text, "off", trials=3, seed=5), run(text, "prefix", trials=3, seed=5)
    assert (forked.templates, forked.warnings) == (1, [])
    assert forked.outcomes == own.outcomes
    assert [forked.log(n) for n in range(3)] == [own.log(n) for n in range(3)]


def test_the_prefix_runs_once(run):
    text = f"import os\nbegun = os.urandom(8)\n{VALUE}result = lr\n{REPORT}print(begun)"
    found = run(text, "prefix", trials=3)
    assert len({found.log(n) for n in range(3)}) == 1
    own = run(text, "imports", trials=3)
    assert len({own.log(n) for n in range(3)}) == 3


REFUSED = {
    "thread": ("threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
               "train.py:2 started threads ("),
    "process": ("import subprocess\nsubprocess.Popen(['true'])", "train.py:3 starts true"),
    "fork": ("os.fork() or os._exit(0)", "train.py:2 forks a process"),
    "shell": ("os.system('true')", "train.py:2 starts true"),
    "pool": ("import multiprocessing as m\nwith m.get_context('fork').Pool(1) as pool: pool.map(abs, [1])",
             "train.py:3 "),
    "forkserver": (("import multiprocessing as m\nif __name__ == '__main__':\n"
                    "    with m.get_context('forkserver').Pool(1) as pool: pool.map(abs, [1])"),
                   "train.py:4 "),
    "pool-of-threads": ("from concurrent.futures import ThreadPoolExecutor as P\np = P(1)\np.submit(abs, 1)",
                        "train.py:4 started threads ("),
    "loader": ("from torch.utils.data import DataLoader\nrows = list(DataLoader([1, 2], num_workers=1))",
               "train.py:3 "),
    "timer": ("signal.alarm(600)", "set a timer"),
    "temporary-folder-that-goes": ("import tempfile\nwith tempfile.TemporaryDirectory(): pass",
                                   "train.py:3 makes the temporary folder /"),
    "listener": ("import socket\nserver = socket.create_server(('127.0.0.1', 0))",
                 "train.py:3 opened a socket"),
    "memory-file": ("import numpy as np\nrows = np.memmap('data.csv', mode='r+')",
                    "train.py:3 opens for writing data.csv"),
    "copy": ("import shutil\nshutil.copy('data.csv', 'other.csv')",
             "train.py:3 opens for writing other.csv"),
    "reader": ("stream = open('data.csv')\nnext(stream)", "train.py:2 opened FOLDER/data.csv"),
    "writer": ("stream = open('log.txt', 'w')", "train.py:2 opens for writing log.txt"),
    "closed-writer": ("def save():\n    open('log.txt', 'a').close()\nsave()",
                      "train.py:3 opens for writing log.txt"),
    "socket": ("import socket\nours = socket.socketpair()", "train.py:3 opened a socket"),
    "pipe": ("ends = os.pipe()", "opened a pipe"),
    "memory": ("import mmap\nm = mmap.mmap(-1, 4096)", "train.py:3 shares memory with other processes"),
    "lock": ("import multiprocessing as m\nlock = m.get_context('fork').Lock()",
             "shares memory with other processes"),
    "sqlite": ("import sqlite3\nc = sqlite3.connect(':memory:')", "train.py:3 opened an sqlite connection"),
    "folder": ("os.mkdir('run-1')", "train.py:2 makes the folder run-1"),
    "folders": ("os.makedirs('runs/a')", "train.py:2 makes the folder runs"),
    "temporary-folder": ("import tempfile\nd = tempfile.mkdtemp()",
                         "train.py:3 makes the temporary folder /"),
    "temporary-file": ("import tempfile\nf = tempfile.NamedTemporaryFile()",
                       "train.py:3 opens for writing /"),
    "renames": ("os.rename('data.csv', 'other.csv')", "train.py:2 renames data.csv"),
    "removes": ("os.remove('data.csv')", "train.py:2 removes data.csv"),
    "raises": ("{}['a']", "train.py:2 raised KeyError: 'a'"),
    "ends": ("sys.exit(3)", "the script ended without reading a value of a trial"),
    "leaves": ("os._exit(3)",
               "its process exited with 3 during the code before the first value"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(*what, id=name, marks=[needs_torch] if "torch" in what[0] else [])
        for name, what in REFUSED.items()
    ],
)
def test_what_is_refused_has_a_line(run, body, reason):
    (run.folder / "data.csv").write_text("1\n2\n3\n")
    text = f"{HEADER}{body}\n{VALUE}result = lr\n{REPORT}"
    forked = run(text, "prefix", trials=2)
    assert forked.warnings[0].startswith(START)
    assert reason.replace("FOLDER", str(run.folder)) in forked.warnings[0]
    if "which is still there" in forked.warnings[0]:
        line = text.split("\n").index(VALUE.strip()) + 1
        assert f"at train.py:{line}, where trials are forked" in forked.warnings[0]


def test_readers_give_each_trial_all_rows(run):
    (run.folder / "data.csv").write_text("".join(f"{n}\n" for n in range(2000)))
    text = f"import os\nstream = open('data.csv')\n{VALUE}result = sum(map(int, stream)) + lr\n{REPORT}"
    own, forked = run(text, "off", trials=3), run(text, "prefix", trials=3)
    assert forked.outcomes == own.outcomes
    assert "train.py:2 opened" in forked.warnings[0]


FORK_POINTS = {
    "value": VALUE,
    "report": "'''@nni.report_intermediate_result(1)'''\n" + VALUE,
    "identity": "import nni\nprint(nni.get_trial_id())\n" + VALUE,
    "parameters": "import nni\nprint(sorted(nni.get_next_parameter().values()) != 0)\n" + VALUE,
    "directory": "print(os.environ['NNI_OUTPUT_DIR'])\n" + VALUE,
    "variables": "print(sorted(k for k, v in os.environ.items() if v)[:0])\n" + VALUE,
    "variable-in-a-function": "def place():\n    return os.getenv('NNIC_TRIAL_DIR')\nprint(place())\n"
    + VALUE,
}


@pytest.mark.parametrize("body", [pytest.param(text, id=name) for name, text in FORK_POINTS.items()])
def test_where_trials_part(run, body):
    text = f"import os\nrows = list(range(9))\n{body}result = lr + len(rows)\n{REPORT}"
    own, forked = run(text, "off", trials=3, seed=2), run(text, "prefix", trials=3, seed=2)
    assert (forked.templates, forked.warnings) == (1, [])
    assert forked.outcomes == own.outcomes
    assert [forked.log(n) for n in range(3)] == [own.log(n) for n in range(3)]


def test_exceptions_after_the_prefix_have_the_users_frames_only(run):
    text = f"""
        import sys
        def train(rate):
            if rate != 0.5: raise ValueError("diverged")
            return rate
        class Config:
            {VALUE.strip()}
        def main():
            rows = [1]
            return train(Config.lr)
        result = main()
        {REPORT}
    """
    own, forked = run(text, "off", trials=3), run(text, "prefix", trials=3)
    assert (forked.templates, forked.warnings) == (1, [])
    assert forked.outcomes == own.outcomes
    assert [forked.log(n) for n in range(3)] == [own.log(n) for n in range(3)]
    assert "ValueError: diverged" in forked.log(1)


def test_clocks_pids_and_chance_are_warned_of(run):
    text = f"""\
import os, random, time
from datetime import datetime

def stamp():
    return os.getpid()
begun = time.time(); day = datetime.now(); own = stamp()
start = random.random()
def after():
    return time.monotonic()
{VALUE}result = lr
after()
{REPORT}"""
    found = run(text, "prefix", trials=2)
    assert found.templates == 1
    reads, chance = found.warnings
    places = "train.py:6 (time.time), train.py:6 (datetime.now), train.py:5 (os.getpid)"
    assert reads == f"all trials share what is read before train.py:10: {places}"
    assert chance.startswith("all trials share the random numbers that random gave before train.py:10")


UNSEEDED = {
    "numpy-generator": "np.random.default_rng()",
    "numpy-generator-none": "np.random.default_rng(seed=None)",
    "numpy-state": "np.random.RandomState()",
    "random": "random.Random()",
    "system": "random.SystemRandom()",
    "bytes": "os.urandom(4)",
    "secret": "secrets.token_hex()",
}


@pytest.mark.parametrize("made", [pytest.param(text, id=name) for name, text in UNSEEDED.items()])
def test_generators_without_seed_are_warned_of(run, made):
    text = f"import os, random, secrets\nimport numpy as np\nmade = {made}\n{VALUE}result = lr\n{REPORT}"
    (warning,) = run(text, "prefix").warnings
    name = made.partition("(")[0]
    assert warning == f"all trials share what is read before train.py:4: train.py:3 ({name})"


def test_chance_that_an_import_used_is_said_to_be_the_scripts_or_a_modules(run, library):
    run.write(library, "import random\nchosen = random.random()\n", "draws.py")
    (warning,) = run(f"import draws\n{VALUE}result = lr\n{REPORT}", "prefix").warnings
    assert warning.endswith("the script, or a module that it imports, used it without a seed")


@needs_torch
@pytest.mark.parametrize("module", ["numpy.random", "torch"])
def test_chance_of_libraries_is_warned_of(run, module):
    text = f"import numpy.random\nimport torch\nx = {module}.rand(1)\n{VALUE}result = lr\n{REPORT}"
    (warning,) = run(text, "prefix").warnings
    assert warning.startswith(f"all trials share the random numbers that {module} gave before train.py:4")


def test_generators_go_on_for_each_trial(run):
    seeded = f"import random\nrandom.seed(1)\nrandom.random()\n{VALUE}result = random.random() + lr\n{REPORT}"
    own, forked = run(seeded, "off", trials=2), run(seeded, "prefix", trials=2)
    assert forked.outcomes == own.outcomes
    free = f"import random\n{VALUE}result = lr\n{REPORT}print(random.random())"
    found = run(free, "prefix", trials=3)
    assert found.warnings == []
    assert len({found.log(n) for n in range(3)}) == 3


@needs_torch
def test_torch_after_the_prefix(run):
    text = f"""
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        torch.manual_seed(0)
        data = TensorDataset(torch.randn(64, 30))
        warm = torch.ones(900, 900) @ torch.ones(900, 900)
        {VALUE}
        model = torch.nn.Linear(30, 1)
        batches = DataLoader(data, 16, shuffle=True, num_workers=1)
        rows = sum(model(batch[0]).sum().item() for batch in batches)
        result = round(rows + lr + warm.sum().item(), 3)
        print(torch.get_num_threads())
        {REPORT}
    """
    own, forked = run(text, "off"), run(text, "prefix", trials=2)
    assert (forked.templates, forked.warnings) == (1, [])
    assert forked.outcomes[0] == own.outcomes[0]
    assert forked.log(0) == forked.log(1) == own.log()


def test_progress_bars_are_no_obstacle(run):
    pytest.importorskip("tqdm")
    text = f"""
        import sys
        from tqdm import tqdm
        total = sum(tqdm(range(100), file=sys.stdout, mininterval=0, disable=None))
        bar = tqdm(total=3, file=sys.stdout)
        bar.update(1)
        {VALUE}
        bar.update(1)
        result = total + lr + sum(tqdm(range(3), file=sys.stdout))
        {REPORT}
    """
    own, forked = run(text, "off", trials=2), run(text, "prefix", trials=2)
    assert (forked.templates, forked.warnings) == (1, [])
    assert forked.outcomes == own.outcomes


def test_a_hang_before_the_first_value_ends_with_the_run(run):
    text = f"import time\ntime.sleep(600)\n{VALUE}result = lr\n{REPORT}"
    found = run(text, "prefix", time_s=1.0, grace_s=0.2)
    assert [trial.status.value for trial in found.trials] == ["cancelled"]
