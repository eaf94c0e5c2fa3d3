"""Sharing of scripts that newer Pythons read, or warn of."""

import os
import subprocess
import sys

import pytest

VALUE = "lr = 0.5  # @nni.uniform(0, 1)\n"
REPORT = "'''@nni.report_final_result(lr)'''\n"
SHARES = ["off", "imports", "prefix"]


@pytest.mark.parametrize("share", SHARES)
def test_what_python_warns_of_is_shown_by_the_script_alone(run, capfd, share):
    body = "def leave():\n    for _ in [1]:\n        try: pass\n        finally: continue\n    return '\\d'\n"
    found = run(f"import csv\n{body}{VALUE}{REPORT}", share)
    assert capfd.readouterr() == ("", "")
    assert (found.templates, found.warnings) == (int(share != "off"), [])
    expected = 0 if sys.version_info < (3, 12) else 1 if sys.version_info < (3, 14) else 2
    assert found.log().count("SyntaxWarning") == expected


@pytest.mark.skipif(sys.version_info < (3, 15), reason="needs Python 3.15")
@pytest.mark.parametrize("share", SHARES)
def test_lazy_imports_stay_lazy(run, share):
    run.write(run.folder, "import sys\nlazy import xml.dom\nrows = 'xml.dom' in sys.modules\n", "helper.py")
    text = f"""\
lazy import wave
lazy from helper import rows
import sys
lazy import chunked
{VALUE}
print([name in sys.modules for name in ("wave", "helper", "xml.dom")])
print(rows, wave.__name__, "helper" in sys.modules, "xml.dom" in sys.modules)
{REPORT}"""
    found = run(text, share, trials=2)
    assert found.warnings == []
    for trial in range(2):
        assert found.log(trial) == "[False, False, False]\nFalse wave True False\n"


@pytest.mark.skipif(sys.version_info < (3, 15), reason="needs Python 3.15")
@pytest.mark.parametrize("share", SHARES)
def test_where_all_imports_are_lazy(run, share):
    run.write(run.folder, "width = 16  # @nni.choice(32, 64)\n", "helper.py")
    run.write(run.folder, f"import json, helper\n{VALUE}print(helper.width, json.dumps([1]))\n{REPORT}")
    command = [sys.executable, "-m", "nnic", "run", "train.py", "--trials", "3", "--share", share]
    environment = {**os.environ, "PYTHON_LAZY_IMPORTS": "all"}
    done = subprocess.run(command, cwd=run.folder, env=environment, capture_output=True, text=True)
    assert (done.returncode, "3 trials are done" in done.stderr) == (0, True), done.stderr
    logs = [path.read_text() for path in run.folder.glob(".nnic/experiments/*/trials/*/0/output.log")]
    assert len(logs) == 3
    assert set(logs) <= {"16 [1]\n", "32 [1]\n", "64 [1]\n"}


@pytest.mark.skipif(sys.version_info < (3, 15), reason="needs Python 3.15")
@pytest.mark.parametrize("share", SHARES)
def test_a_module_that_is_imported_lazily_is_of_the_program(run, share):
    run.write(run.folder, "width = 16  # @nni.choice(32, 64)\n", "helper.py")
    found = run(f"lazy import helper\n{VALUE}print(helper.width)\n{REPORT}", share, trials=3)
    assert found.warnings == []
    assert found.log(0) == "16\n"
    assert {found.log(trial) for trial in (1, 2)} <= {"32\n", "64\n"}
