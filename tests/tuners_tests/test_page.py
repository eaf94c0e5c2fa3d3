"""docs/tuners.md tells of every tuner and assessor, with every option."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_list_of_tuners_is_the_registry() -> None:
    spec = importlib.util.spec_from_file_location("tuner_list", DOCS / "tuner_list.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "tuners.md").read_text(encoding="utf-8")
    expected = "\n".join(module.listed()) + "\n"
    assert page.partition(module.BEGIN + "\n")[2] == expected, "run: .venv/bin/python docs/tuner_list.py"
    assert "| `avg_best_idx` | float | `2.0` | The mean rank" in page
