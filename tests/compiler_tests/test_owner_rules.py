"""Owner rules, as written and as black and ruff write them.

A case is one file: input, ``# black``, what black makes of it, ``# ruff``, what ruff makes of it, and
``# means``: the parameters of all three, or the codes of their errors. ``--update-data`` writes what came
out, for review.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest
from golden import cases
from guarantees import compiled

from nnic.lowering.parameters import parameters_of

CASES = cases(Path(__file__).parent / "owners")
BLACK, RUFF, MEANS = "# black\n", "# ruff\n", "# means\n"


def described(text: str) -> str:
    """Every parameter with the source of its value, or the codes of the errors."""
    result = compiled(text)
    errors = sorted({found.code for found in result.diagnostics if found.is_error})
    if errors:
        return ", ".join(errors)
    assert result.ir is not None
    parameters = parameters_of(result.ir, "p.py")
    sources = ((p.key, _canonical(p.origin.default_source)) for p in parameters if p.origin is not None)
    return ", ".join(f"{key.partition('/')[2]} for {source}" for key, source in sources)


def _canonical(source: str) -> str:
    """The expression without brackets, spaces and a ``u`` before strings, all of which formatters change."""
    tree = ast.parse(f"({source}\n)", mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None
    return ast.unparse(tree)


def ruffed(text: str) -> str:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff is not installed")
    command = [ruff, "format", "--isolated", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_owner_rule(case: Path, update_data: bool) -> None:
    text = case.read_text(encoding="utf-8")
    written = text.partition(BLACK)[0]
    texts = {
        "written": written,
        "black": black.format_str(written, mode=black.Mode()),
        "ruff": ruffed(written),
    }
    means = {name: described(version) for name, version in texts.items()}
    lines = "".join(f"# {name}: {meaning}\n" for name, meaning in means.items())
    expected = f"{written}{BLACK}{texts['black']}{RUFF}{texts['ruff']}{MEANS}{lines}"
    if update_data:
        case.write_text(expected, encoding="utf-8")
        return
    assert text == expected
    for name in ("black", "ruff"):
        assert means[name] == means["written"] or means[name].startswith("NNI")
