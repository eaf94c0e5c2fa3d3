"""Run as a script: imports modules from a folder of compiled text beside the originals, and compares them.

Prints the names of the modules that differ, with what differs.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
import warnings
from pathlib import Path

SIMPLE = (bool, int, float, str, bytes, type(None))


def load(name: str, file: Path) -> types.ModuleType:
    """Execute ``file`` as the module ``name``, which is itself again afterwards."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    original = sys.modules[name]
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.modules[name] = original
    return module


def public(module: types.ModuleType) -> dict[str, object]:
    """Its public names; of simple values the value, of everything else the type.

    Modules are left out: importing a submodule elsewhere adds it to its package.
    """
    values = {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    return {name: value if isinstance(value, SIMPLE) else type(value) for name, value in values.items()}


def main(folder: Path) -> None:
    """Compare every file in ``folder``, named for its module."""
    warnings.simplefilter("ignore")
    for file in sorted(folder.glob("*.py")):
        original = importlib.import_module(file.stem)
        expected, got = public(original), public(load(file.stem, file))
        differing = {n for n in expected.keys() | got.keys() if expected.get(n, ...) != got.get(n, ...)}
        # Classes made by functions of the module itself are new ones; they have the old names.
        if {n for n in differing if str(expected.get(n)) != str(got.get(n))}:
            print(file.stem, differing)
    print("compared", len(list(folder.glob("*.py"))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
