"""black in this process, and ruff over a folder at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest
from guarantees import space_of


def blackened(text: str, width: int) -> str | None:
    """``text`` as black writes it; ``None`` where black refuses it."""
    try:
        return black.format_str(text, mode=black.Mode(line_length=width, target_versions={newest()}))
    except (black.InvalidInput, black.NothingChanged):
        return None


def newest() -> black.TargetVersion:
    """The running Python, as black calls it."""
    return black.TargetVersion[f"PY3{sys.version_info.minor}"]


def check_ruff(folder: Path, spaces: list[list[object] | None]) -> None:
    """Format ``p0.py``, ``p1.py`` and so on in ``folder``; their spaces stay, or become errors."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    command = [ruff, "format", "--isolated", "--quiet", f"--target-version=py3{sys.version_info.minor}"]
    subprocess.run([*command, str(folder)], check=False, capture_output=True)
    for number, space in enumerate(spaces):
        text = (folder / f"p{number}.py").read_bytes().decode()
        assert space_of(text) in (None, space), text
