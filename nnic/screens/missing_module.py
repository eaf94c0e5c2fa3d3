"""What to do when a trial can't import a module: as a rule it ran in another Python than was meant."""

from __future__ import annotations

import os
import re
from pathlib import Path

from nnic.project.interpreters import InterpreterError, interpreter_at
from nnic.project.source_places import relative_to, source_places, way_to_import
from nnic.project.which_python import other_pythons
from nnic.runtime.config import RunConfig
from nnic.tuners.protocol import Failure

# Packages that are installed under another name than they are imported by.
_INSTALLED_AS = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def explain_missing(error: Failure, config: RunConfig) -> list[str]:
    """Return lines about the Python that a trial ran in, and how it can have the module that was missing.

    There are none for another failure than a module that is not found, nor where a command of the user's own
    chooses the Python.
    """
    found = re.search(r"No module named '(\w+)", error.message)
    if found is None or error.kind != "ModuleNotFoundError" or config.script:
        return []
    name, python = found[1], config.argv[0]
    lines = [f"  Trials ran in {python}."]
    script = Path(config.cwd, config.argv[1] if len(config.argv) > 1 else "")
    place = next(source_places(name, script.parent), None) or next(source_places(name, config.cwd), None)
    if place is not None:
        way = way_to_import(place, relative_to(os.path.realpath(config.cwd)))
        return [*lines, f"  The source of {name} is in this project; make it importable: {way}"]
    other = next((path for path in other_pythons(script.parent) if path != python and _has(path, name)), None)
    if other is not None:
        return [*lines, f"  {name} is installed for another one: nnic run --python {other} ..."]
    if _has(python, name):
        return lines
    package = _INSTALLED_AS.get(name, name)
    pip = f"{python} -m pip install" if _has(python, "pip") else f"uv pip install --python {python}"
    return [
        *lines,
        f"  Install {package} there ({pip} {package}),",
        "  or name the Python that has it: nnic run --python PYTHON ...",
    ]


def _has(python: str, name: str) -> bool:
    """Tell whether a module is among the packages that are installed for a Python."""
    try:
        sites = interpreter_at(python).sites
    except InterpreterError:
        return False
    return any(os.path.exists(f"{site}/{name}") or os.path.exists(f"{site}/{name}.py") for site in sites)
