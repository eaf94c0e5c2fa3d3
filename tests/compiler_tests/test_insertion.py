"""Annotations inserted at random legal places of the standard library and of site-packages.

Each is found, with the name, place and default that the language gives it; every other guarantee holds too.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import sysconfig
import tokenize
import warnings
from pathlib import Path

import pytest
from formatters import blackened, check_ruff
from guarantees import compiled, compiles, described, hold, space_of
from insertion import Expected, annotate, read_owners
from insertion.places import Places
from insertion.samplers import UNKNOWN

from nnic.compile.compile_source import CompiledSource
from nnic.lowering.parameters import parameters_of
from nnic.syntax.parsing import parse_text
from nnic.tuners.space import Absent

FOLDERS = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib")]
PARTS = 8
# In what torch.jit or triton compile annotations are errors; click and typer name options in their own way.
UNWANTED = (b"nni", b"jit", b"triton", b"click", b"typer")


def _files(largest: int) -> list[Path]:
    found = []
    for folder in FOLDERS:
        for root, folders, names in os.walk(folder):
            folders[:] = sorted(f for f in folders if f not in ("site-packages", "__pycache__"))
            files = [Path(root, name) for name in sorted(names) if name.endswith(".py")]
            found += [file for file in files if 200 < file.stat().st_size < largest]
    return found


def _annotated(file: Path, rng: random.Random) -> tuple[str, list[Expected]] | None:
    """The file with a few annotations; ``None`` where it holds no slot, or is no ordinary Python."""
    data = file.read_bytes()
    if any(word in data for word in UNWANTED):
        return None
    try:
        text = data.decode("utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_text(text)
        if "\r" in text.replace("\r\n", "") or text.startswith("\ufeff") or not compiles(text):
            return None
        places = Places(text)
    except (SyntaxError, UnicodeError, ValueError, tokenize.TokenError):
        return None
    return annotate(places, read_owners(places, tree), rng, rng.randint(1, 8), "p")


def check(text: str, expected: list[Expected]) -> CompiledSource:
    result = compiled(text)
    errors = [(d.code, d.line, d.message) for d in result.diagnostics if d.is_error]
    assert errors == []
    assert result.ir is not None
    found = {parameter.key: parameter for parameter in parameters_of(result.ir, "p.py")}
    assert found.keys() == {item.key for item in expected}
    for item in expected:
        parameter = found[item.key]
        origin = parameter.origin
        assert origin is not None
        assert (origin.line, origin.column) == (item.line, item.column), item
        assert origin.default_source == item.value, item
        default = UNKNOWN if isinstance(parameter.default, Absent) else parameter.default
        assert (type(default), default) == (type(item.default), item.default), item
    hold(result)
    return result


@pytest.mark.parametrize("part", range(PARTS))
def test_inserted_annotations_are_found(part: int, insertion_count: int, tmp_path: Path) -> None:
    rng = random.Random(part)
    files = _files(40_000 if insertion_count <= 1000 else 400_000)
    count = 0
    spaces = []
    while count < insertion_count / PARTS:
        file = rng.choice(files)
        annotated = _annotated(file, rng)
        if annotated is None:
            continue
        text, expected = annotated
        try:
            spaces.append(described(check(text, expected)))
            # black takes long for long files.
            again = blackened(text, rng.choice((60, 88, 120))) if len(text) < 6_000 else None
            assert again is None or space_of(again) in (None, spaces[-1]), again
        except Exception as error:
            raise AssertionError(f"{file}:\n{error}\n{_lines(text)}") from error
        (tmp_path / f"p{len(spaces) - 1}.py").write_text(text, encoding="utf-8", newline="")
        count += len(expected)
    check_ruff(tmp_path, spaces)


def _lines(text: str) -> str:
    """The annotations and what is around them."""
    rows = text.split("\n")
    near = {i + d for i, row in enumerate(rows) if "@nni." in row for d in range(-2, 4)}
    return "\n".join(f"{i + 1:5} {rows[i]}" for i in sorted(near) if 0 <= i < len(rows))


# Cheap to import, and nothing happens when they are.
IMPORTED = (Path(__file__).with_name("campaigns") / "importable.txt").read_text(encoding="utf-8").split()


def test_compiled_modules_import_as_before(tmp_path: Path, insertion_count: int) -> None:
    rng = random.Random(1)
    for name in IMPORTED if insertion_count > 1000 else rng.sample(IMPORTED, 16):
        path = FOLDERS[0] / name.replace(".", "/")
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        annotated = _annotated(file, rng)
        if annotated is None:
            continue
        emission = compiled(annotated[0]).emission
        assert emission is not None, (name, _lines(annotated[0]))
        (tmp_path / f"{name}.py").write_text(emission.text, encoding="utf-8", newline="")
    script = Path(__file__).with_name("campaigns") / "imported.py"
    run = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, timeout=120)
    assert run.stdout == f"compared {len(list(tmp_path.glob('*.py')))}\n", run.stdout + run.stderr[-3000:]
