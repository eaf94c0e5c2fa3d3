"""A script under nnic can't be told from a plain start, but by its values."""

import os
import re
from pathlib import Path

import pytest

LR = {"train/lr/loguniform": 0.5}
SURROUNDINGS = """
import sys, os, __main__
for name in ("__name__", "__file__", "__spec__", "__package__", "__cached__", "__doc__", "__annotations__"):
    print(name, repr(globals().get(name, "missing")))
print([name for name in globals() if name != "__nnic__"][:9])
print(type(__loader__), vars(__loader__), __builtins__)
print(sys.argv, sys.path, sys.flags)
print(sys.path_importer_cache.get(__file__, "missing"), "runpy" in sys.modules, sys.excepthook)
print(__main__ is sys.modules["__main__"], vars(__main__) is globals(), locals() is globals())
frame = sys._getframe()
print(frame.f_back, frame.f_code.co_name, frame.f_code.co_filename, frame.f_lineno)
print([str(hook)[:40] for hook in sys.path_hooks], len(sys.meta_path) - ("NNIC_TRIAL_DIR" in os.environ))
print(sorted(name for name in sys.modules if "custom" in name))
"""
SCRIPT = "'''What it does.'''\n«import»lr = «train/lr/loguniform = 0.1»\n" + SURROUNDINGS


@pytest.fixture
def train(project):
    project.add("train.py", SCRIPT)
    return project


def hide_addresses(text: str) -> str:
    return re.sub("0x[0-9a-f]+", "0x", text)


def assert_same_but_value(project, *args: str, **where) -> None:
    plain = project.plain(*args, **where)
    project.drop_caches()
    trial = project.run(*args, parameters=LR, **where)
    assert plain.returncode == trial.returncode == 0, plain.stderr + trial.stderr
    assert hide_addresses(trial.stdout) == hide_addresses(plain.stdout)
    assert trial.stderr == plain.stderr
    assert project.caches() == []


def test_value_comes_from_the_trial(project):
    project.add("train.py", "«import»lr = «train/lr/loguniform = 0.1»\nprint(lr)\n«final lr»\n")
    assert project.plain("train.py").stdout == "0.1\n"
    assert project.run("train.py", parameters=LR).stdout == "0.5\n"
    assert project.reported() == [0.5]


def test_trial_zero_runs_the_original_values(project):
    project.add("train.py", "«import»lr = «train/lr/loguniform = 0.1»\nprint(lr)\n«final lr»\n")
    assert project.run("train.py").stdout == "0.1\n"
    assert project.reported() == [0.1]


def test_only_the_chosen_option_is_evaluated(project):
    text = "«import»kind = «train/kind/function_choice ? one() | two() = three()»\nprint(kind)\n"
    functions = "".join(
        f"def {name}():\n    print('{name} runs')\n    return '{name}'\n" for name in ("one", "two", "three")
    )
    project.add("train.py", functions + text)
    key = "train/kind/function_choice"
    assert project.run("train.py").stdout == "three runs\nthree\n"
    chosen = project.run("train.py", parameters={key: "two()"}, options={key: 1})
    assert chosen.stdout == "two runs\ntwo\n"


@pytest.mark.parametrize("name", ["train.py", "./train.py", "../a projéct/train.py"])
def test_surroundings_of_a_script(train, name):
    assert_same_but_value(train, name, "--flag", "x")


def test_surroundings_by_absolute_path_from_elsewhere(train, tmp_path):
    assert_same_but_value(train, str(train.code / "train.py"), cwd=tmp_path)


def test_surroundings_through_links(train, tmp_path):
    (tmp_path / "links").mkdir()
    (tmp_path / "links/start").symlink_to(train.code / "train.py")
    (tmp_path / "folder").symlink_to(train.code)
    (train.code / "other.py").symlink_to("train.py")
    assert_same_but_value(train, str(tmp_path / "links/start"))
    assert_same_but_value(train, "folder/train.py", cwd=tmp_path)
    assert_same_but_value(train, "other.py")


def test_surroundings_without_a_suffix(project):
    project.add("train", SCRIPT)
    assert_same_but_value(project, "train")


@pytest.mark.parametrize("switches", [["-P"], ["-u", "-O"], ["-X", "dev"]])
def test_surroundings_with_switches(train, switches):
    assert_same_but_value(train, *switches, "train.py")


def test_surroundings_with_variables(train, tmp_path):
    assert_same_but_value(train, "train.py", PYTHONSAFEPATH="1")
    assert_same_but_value(train, "train.py", PYTHONPATH=f"{tmp_path}{os.pathsep}lib")


def test_script_in_a_folder_below(project):
    project.add("scripts/go.py", SCRIPT + "import beside\n")
    project.add("scripts/beside.py", "print(__file__, __spec__, __name__)\n")
    assert_same_but_value(project, "scripts/go.py")


def test_folder_as_script(project):
    project.add("app/__main__.py", SCRIPT)
    assert_same_but_value(project, "app")


def test_script_from_the_snapshot_after_an_edit(project):
    project.add("train.py", "«import»print(«train/lr/loguniform = 0.1»)\n")
    project.write_program()
    (project.code / "train.py").write_text("raise SystemExit('edited')\n")
    assert project.run("train.py", parameters=LR).stdout == "0.5\n"


def test_other_scripts_are_not_claimed(project, tmp_path):
    project.add("train.py", "pass\n")
    (tmp_path / "tool.py").write_text(SURROUNDINGS)
    assert_same_but_value(project, str(tmp_path / "tool.py"))
    assert project.run("-c", "print(__name__)").stdout == "__main__\n"
    assert project.run("-", stdin="print(__name__)").stdout == "__main__\n"


ENDS = {
    "code": "import sys; sys.exit(3)",
    "text": "import sys; sys.exit('no data')",
    "none": "raise SystemExit",
    "error": "def f(x):\n    return {}[x]\nf(1)",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('x') from e",
    "attribute": "raise AttributeError('mine')",
    "interrupt": "raise KeyboardInterrupt",
    "hard": "import os; print('x', flush=True); os._exit(7)",
    "signal": "import os; os.kill(os.getpid(), 9)",
    "thread": "import threading, sys\nt = threading.Thread(target=sys.exit, args=(3,)); t.start(); t.join()",
    "atexit": "import atexit\nfor i in range(3): atexit.register(print, i)\nprint('end')",
    "excepthook": "import sys\nsys.excepthook = lambda *a: print('mine', a[0], a[2].tb_lineno)\n1 / 0",
    "recursion": "import sys\nsys.tracebacklimit = 0\ndef f(): f()\nf()",
    "stack": "import traceback\ndef f(): traceback.print_stack()\nf()",
    "warn": "import warnings\nwarnings.warn('careful', stacklevel=5)\nassert (1, 2)",
    "input": "print(input('name? '), input())",
    "group": "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])",
    "unraisable": "class C:\n    def __del__(self): 1 / 0\ndel C().x if False else C",
    "last": "import sys, atexit\natexit.register(lambda: print(sys.last_value, sys.last_type))\n1 / 0",
    "settrace": "import sys\n"
    "sys.settrace(lambda f, e, a: print(e, f.f_lineno, f.f_code.co_name))\n"
    "def f():\n  pass\nf()\nsys.settrace(None)",
    "main": "def go():\n    print('went')\nif __name__ == '__main__':\n    go()",
}


@pytest.mark.parametrize("end", ENDS)
def test_ends_as_plain(project, end):
    project.add("train.py", "«import»lr = «train/lr/loguniform = 0.1»\n" + ENDS[end] + "\n")
    plain = project.plain("train.py", stdin="one\ntwo\n")
    trial = project.run("train.py", parameters=LR, stdin="one\ntwo\n")
    assert (trial.returncode, trial.stdout, trial.stderr) == (plain.returncode, plain.stdout, plain.stderr)


SYNTAX = ["def f(:\n", "return 1\n", "'\\d'\nx = 1 is 1\n", "for x in range(3)\n  pass\n"]


@pytest.mark.parametrize("text", SYNTAX)
def test_errors_of_compilation_as_plain(project, text):
    project.add("train.py", text)
    plain, trial = project.plain("train.py"), project.run("train.py", parameters=LR)
    assert (trial.returncode, trial.stderr) == (plain.returncode, plain.stderr)


@pytest.mark.parametrize(
    ("encoding", "first"),
    [("latin-1", "# -*- coding: latin-1 -*-\n"), ("utf-8-sig", ""), ("utf-8", "#!/usr/bin/env python\n")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings(project, encoding, first, newline):
    text = first + "«import»x = ['é', «train/lr/loguniform = 0.1», 1]\nprint(x)\ny = 'é', x[«train/i = 9»]\n"
    project.add("train.py", text.replace("\n", newline), encoding)
    assert project.run("train.py", parameters=LR).stdout == "['é', 0.5, 1]\n"
    plain, trial = project.plain("train.py"), project.run("train.py", parameters={"train/i": 5})
    assert trial.stderr == plain.stderr


def test_relaunch_through_argv_and_exec(project):
    text = """
«import»import os, subprocess, sys
lr = «train/lr/loguniform = 0.1»
print(os.environ.get("LEVEL"), lr, sys.argv[1:], flush=True)
if "LEVEL" not in os.environ:
    os.environ["LEVEL"] = "child"
    subprocess.run([sys.executable, sys.argv[0], "a"], check=True)
    os.environ["LEVEL"] = "exec"
    os.execv(sys.executable, [sys.executable, *sys.argv, "b"])
"""
    project.add("train.py", text)
    expected = "None 0.5 []\nchild 0.5 ['a']\nexec 0.5 ['b']\n"
    assert project.run("train.py", parameters=LR).stdout == expected


def test_line_numbers_under_coverage_and_pdb(project):
    project.add(
        "train.py", "«import»lr = «train/lr/loguniform = 0.1»\nfor i in range(2):\n    print(i, lr)\n"
    )
    commands = "b 3\nc\np lr\nc\nq\n"
    shown = project.run("-m", "pdb", "train.py", parameters=LR, stdin=commands)
    assert "Breakpoint 1 at" in shown.stdout
    assert "train.py:3" in shown.stdout
    assert "(Pdb) 0.5" in shown.stdout
    assert "->     print(i, lr)" in shown.stdout or "-> print(i, lr)" in shown.stdout
    counted = project.run(
        "-m",
        "trace",
        "--count",
        "--missing",
        "-C",
        str(Path(project.root) / "counts"),
        "train.py",
        parameters=LR,
    )
    assert counted.stdout.startswith("0 0.5\n1 0.5\n")
    cover = (project.root / "counts/train.cover").read_text()
    assert "    2:     print(i, lr)" in cover
