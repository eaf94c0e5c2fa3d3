"""Fixes: what ``nnic lint --fix`` and ``--unsafe-fixes`` make of each file of ``fixes/``.

A case is one file: input, ``# fixed``, what safe fixes make of it, ``# unsafe``, what all fixes do.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from golden import cases

from nnic.check.fix_source import Fixed, fix_source
from nnic.compile.compile_source import compile_source
from nnic.edits import Edit
from nnic.findings.diagnostics import Diagnostic, Severity
from nnic.findings.fixes import Fix
from nnic.source import SourceFile
from nnic.span import Span

CASES = cases(Path(__file__).parent / "fixes")
FINDINGS = cases(Path(__file__).parent / "findings")
FIXED, UNSAFE = "# fixed\n", "# unsafe\n"


def check(source: SourceFile) -> Sequence[Diagnostic]:
    return compile_source(source, "case").diagnostics


def fix(text: str, unsafe: bool = False) -> Fixed:
    return fix_source(SourceFile.decode(text.encode(), "case.py"), check, unsafe=unsafe)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path, update_data: bool) -> None:
    text, _, rest = case.read_text(encoding="utf-8").partition(FIXED)
    safe, _, unsafe = rest.partition(UNSAFE)
    if update_data:
        made = [text, FIXED, fix(text).source.text, UNSAFE, fix(text, unsafe=True).source.text]
        case.write_text("".join(made), encoding="utf-8")
        return
    assert fix(text).source.text == safe
    assert fix(text, unsafe=True).source.text == unsafe


@pytest.mark.parametrize("file", FINDINGS, ids=lambda file: file.stem)
@pytest.mark.parametrize("unsafe", [False, True])
def test_fixes_mend_and_change_nothing_else(file: Path, unsafe: bool) -> None:
    for text in file.read_text(encoding="utf-8").split("# ---\n"):
        before = check(SourceFile.decode(text.encode(), "case.py"))
        fixed = fix(text, unsafe)
        after = check(fixed.source)
        assert not any(d.fix and d.fix.edits and (d.fix.safe or unsafe) for d in after)
        if fixed.count:
            assert fixed.source.text.count("\n") == text.count("\n")
            assert sum(d.is_error for d in after) <= sum(d.is_error for d in before) or unsafe
        else:
            assert fixed.source.text == text


PIECES = [
    "  # nnic: ignore[NNI101]", "# nnic: ignore", "# nnic: ignore-file[NNI202]", "@nni.", "'''", "(", ")",
    ",", "\\", " # ", "name=x", "unifrm", "1e-5", "\n", "\r\n", "\t", "é", "[", "]", "\x0c",
]  # fmt: skip


def damaged(text: str, rng: random.Random) -> str:
    """``text`` with a few pieces put in, characters taken out, and neighbours swapped."""
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(3)
        if kind == 0:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + rng.randint(1, 3) :]
        else:
            text = text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    return text


@pytest.mark.parametrize("seed", range(40))
def test_damaged_annotations_are_mended_or_left(seed: int) -> None:
    """Whatever stands there: code stays as it is, and a second run finds nothing more to do."""
    rng = random.Random(seed)
    text = damaged(rng.choice(rng.choice(FINDINGS).read_text(encoding="utf-8").split("# ---\n")), rng)
    for unsafe in (False, True):
        fixed = fix(text, unsafe)
        assert fix(fixed.source.text, unsafe).count == 0
        if fixed.count:
            assert code_of(fixed.source.text) == code_of(text)


def code_of(text: str) -> str:
    """The code of a program, without what its string statements say."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    return ast.dump(tree)


def diagnostic(fix: Fix) -> Diagnostic:
    return Diagnostic("NNI101", Severity.ERROR, "t.py", 1, 1, 1, 2, "wrong", fix=fix)


def once(*fixes: Fix):
    """A check that finds ``fixes`` in the first text it sees, and nothing later."""
    left = [list(map(diagnostic, fixes))]
    return lambda source: left.pop() if left else []


def source(text: str) -> SourceFile:
    return SourceFile.decode(text.encode(), "t.py")


def test_overlapping_fixes_are_made_one_at_a_time() -> None:
    first = Fix("a", (Edit(Span(2, 6), "aaaa"),), safe=True)
    second = Fix("b", (Edit(Span(4, 8), "bbbb"),), safe=True)
    before = source("# 34567890")
    fixed = fix_source(before, once(first, second))
    assert (fixed.source.text, fixed.count) == ("# aaaa7890", 1)


def test_edits_of_one_fix_are_made_together_or_not_at_all() -> None:
    both = Fix("swap", (Edit(Span(2, 3), "b"), Edit(Span(4, 5), "a")), safe=True)
    inside = Fix("no", (Edit(Span(4, 4), "x"),), safe=True)
    assert fix_source(source("# a b"), once(both, inside)).source.text == "# b a"


@pytest.mark.parametrize(
    "edit",
    [
        Edit(Span(0, 1), "y = ("),  # breaks the parse
        Edit(Span(0, 1), "y"),  # changes the code
        Edit(Span(5, 5), "\n1 +"),
    ],
)
def test_a_fix_that_would_change_code_leaves_the_file_as_it_is(edit: Edit) -> None:
    before = source("x = 1  # text\n")
    fixed = fix_source(before, once(Fix("bad", (edit,), safe=True)))
    assert (fixed.source, fixed.count) == (before, 0)


def test_what_the_encoding_lacks_is_not_written() -> None:
    before = SourceFile.decode(b"# coding: latin-1\n# t\xe9xt\n", "t.py")
    fixed = fix_source(before, once(Fix("bad", (Edit(Span(20, 21), "\u4e2d"),), safe=True)))
    assert (fixed.source, fixed.count) == (before, 0)


def test_fixes_that_undo_each_other_end() -> None:
    def flip(text: SourceFile) -> Sequence[Diagnostic]:
        return [diagnostic(Fix("flip", (Edit(Span(2, 3), "b" if "a" in text.text else "a"),), safe=True))]

    assert fix_source(source("# a"), flip).source.text == "# b"


def test_code_in_strings_stays_code() -> None:
    """Only statements that are strings may hold annotations."""
    text = "x = '@nni.unifrom(0, 1)'\nprint('''@nni.unifrom(0, 1)''')\n"
    assert fix(text, unsafe=True).source.text == text
    assert ast.dump(ast.parse(text))
