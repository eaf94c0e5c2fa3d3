"""What a notebook shows of a run: a real IPython shell, with what it would send to the browser kept."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(find_spec("IPython") is None, reason="IPython is not installed")
KERNEL = """\
import json, sys
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

class Publisher(DisplayPublisher):
    def publish(self, data, source=None, *, transient=None, update=False, **more):
        sent.append({"data": data, "display": (transient or {}).get("display_id"), "update": update})

sent = []
shell = InteractiveShell.instance(display_pub_class=Publisher)
shell.kernel = object()
for cell in sys.argv[1:]:
    shell.run_cell(cell).raise_error()
sys.__stdout__.write(json.dumps(sent))
"""


def run_cells(folder: Path, script: str, *cells: str) -> tuple[list[dict[str, Any]], str]:
    """What was displayed, and what was written to standard error."""
    (folder / "pyproject.toml").touch()
    (folder / "train.py").write_text(script, encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-c", KERNEL, *cells]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "IPYTHONDIR": str(folder / "ipython")}
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(ended.stdout.splitlines()[-1]), ended.stderr


def test_one_picture_is_redrawn_in_place(tmp_path: Path) -> None:
    script = "lr = 0.1  # @nni.uniform(0, 1)\n# @nni.report_final_result(lr)\n"
    run = "import nnic; result = nnic.Experiment('train.py', tuner='random', trials=3).run()"
    sent, errors = run_cells(tmp_path, script, run)
    assert len({shown["display"] for shown in sent}) == 1
    assert [shown["update"] for shown in sent] == [False] + [True] * (len(sent) - 1)
    last = sent[-1]["data"]
    assert "3/3  3 done" in last["text/plain"]
    assert last["text/html"].startswith("<pre")
    assert "<span" in last["text/html"]
    assert "3/3" in last["text/html"]
    assert errors == ""


def test_a_failure_stands_under_the_picture(tmp_path: Path) -> None:
    script = "lr = 0.1  # @nni.uniform(0, 1)\nif lr: raise KeyError('data')\n# @nni.report_final_result(lr)\n"
    run = "import nnic; result = nnic.Experiment('train.py', trials=3).run(); assert 'failed' in repr(result)"
    sent, errors = run_cells(tmp_path, script, run)
    assert "1 failed" in sent[-1]["data"]["text/plain"]
    assert "train.py:2  if lr: raise KeyError('data')" in errors
    assert "experiment.logs(0)" in errors
    assert "nnic logs" not in errors
