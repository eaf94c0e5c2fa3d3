"""Every example of the guide to annotations compiles, and means something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nnic.compile.compile_source import compile_source
from nnic.source import SourceFile

GUIDE = (Path(__file__).parent.parent / "docs" / "annotations.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.M | re.S)
# The names that the examples take for granted.
PREAMBLE = "from somewhere import *\n"


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_guide_compiles(example: str) -> None:
    result = compile_source(SourceFile.decode((PREAMBLE + example).encode(), "guide.py"), "guide")
    assert [f"{d.code} {d.excerpt}" for d in result.diagnostics if d.severity.value != "note"] == []
    assert result.emission is not None
    assert result.emission.edits


def test_the_guide_has_its_examples() -> None:
    assert len(EXAMPLES) == 10


def test_the_guide_names_every_sampler() -> None:
    from nnic.annotations.kinds import SAMPLERS

    assert all(f"`{sampler}(" in GUIDE for sampler in SAMPLERS)
