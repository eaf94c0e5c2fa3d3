"""The Python 3.8 with NNI in it: found, set up once, and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diff_nni.case import Case

_HERE = Path(__file__).parent
_IS_38 = "import sys; sys.exit(sys.version_info[:2] != (3, 8))"


class NoPythonError(Exception):
    """There is no Python 3.8."""


def set_up(folder: Path) -> Path:
    """The interpreter of an environment in ``folder`` that has NNI; made where there is none.

    Raises
    ------
    NoPythonError
        When no Python 3.8 is found: ``NNI_PYTHON`` names one, else ``python3.8`` is looked for.
    """
    python = folder / "bin" / "python"
    mark = folder / "installed.txt"
    wanted = (_HERE / "requirements.txt").read_text(encoding="utf-8")
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted and _works(str(python)):
        return python
    subprocess.run([_find_python(), "-m", "venv", "--clear", folder], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*install, "--requirement", _HERE / "requirements.txt"], check=True)
    mark.write_text(wanted, encoding="utf-8")
    return python


def _find_python() -> str:
    given = os.environ.get("NNI_PYTHON")
    for name in [given] if given else ["python3.8"]:
        path = shutil.which(name)
        if path is not None and _works(path):
            return path
    what = f"NNI_PYTHON={given} is no Python 3.8" if given else "there is no python3.8 on PATH"
    raise NoPythonError(f"{what}; NNI 2.10 needs one: make diff-nni NNI_PYTHON=/path/to/python3.8")


def _works(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", _IS_38], capture_output=True).returncode == 0
    except OSError:
        return False


def ask_nni(python: Path, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What NNI makes of each case."""
    with tempfile.TemporaryDirectory(prefix="diff-nni-") as name:
        folder = Path(name)
        for number, case in enumerate(cases):
            case.write(folder / "code" / f"{number:05}")
            (folder / "code" / f"{number:05}").mkdir(parents=True, exist_ok=True)
        runnable = [f"{number:05}" for number, case in enumerate(cases) if case.runs]
        (folder / "runnable.json").write_text(json.dumps(runnable), encoding="utf-8")
        result = folder / "result.json"
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
        command = [python, "-W", "ignore", _HERE / "nni_side.py", folder, result]
        subprocess.run(command, check=True, env=environment)
        found = json.loads(result.read_text(encoding="utf-8"))
    return [found[f"{number:05}"] for number in range(len(cases))]
