"""A folder of the tuners imports from folders before it only; the root comes first."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TUNERS = Path(__file__).resolve().parents[2] / "tuners"
ORDER = ("", "mapping", "search", "gp", "tpe", "multifidelity", "assessors", "importance", "testing")
FILES = sorted(TUNERS.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The folders that a file imports from; the names that the package itself offers lazily do not count."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nnic.tuners."):
            part = str(node.module).split(".")[2]
            found.add(part if part in ORDER else "")
    return found


def test_the_order_names_every_folder() -> None:
    assert {path.parent.name for path in TUNERS.glob("*/__init__.py")} == set(ORDER[1:])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TUNERS)))
def test_a_folder_imports_only_from_folders_before_it(path: Path) -> None:
    parts = path.relative_to(TUNERS).parts
    if parts == ("__init__.py",):
        return
    place = ORDER.index(parts[0] if len(parts) > 1 else "")
    assert imported(path) <= set(ORDER[: place + 1])
