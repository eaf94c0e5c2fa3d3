"""The golden cases that the running Python can read."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def cases(folder: Path) -> list[Path]:
    """The files of ``folder``; ``name_3_12.py`` needs Python 3.12."""
    found = []
    for file in sorted(folder.glob("*.py")):
        version = re.search(r"_(\d)_(\d+)\Z", file.stem)
        if version is None or sys.version_info >= (int(version[1]), int(version[2])):
            found.append(file)
    return found
