"""The page of each finding: its example gives just that finding, and the fixed example gives none.

``--update-data`` writes what the examples print, and the list in ``docs/findings.md``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nnic.arguments.fixed import find_fixed
from nnic.compile.compile_source import compile_source
from nnic.compile.program import compile_entry
from nnic.findings.catalogue import CATALOGUE
from nnic.findings.diagnostics import Diagnostic, Sink
from nnic.findings.pages import read_page
from nnic.findings.render import render_text
from nnic.passes.direction import check_direction
from nnic.project.settings import config_for
from nnic.source import SourceFile, UndecodableError

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "nnic" / "findings" / "pages"
LIST = ROOT / "docs" / "findings.md"
HEADINGS = ["Example", "Why", "How to fix it", "When it does not fire"]
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)
# A text that is no file of a program on its own.
OF_PROGRAMS = {"NNI115", "NNI203", "NNI230", "NNI302"}


def check(code: str, text: str, folder: Path) -> tuple[Diagnostic, ...]:
    """The findings about an example, whose further files begin with ``# --- name``."""
    if code == "NNI215":
        (folder / "train.py").write_text(text, encoding="utf-8")
        files = compile_entry(folder / "train.py", display_root=folder).files
        return find_fixed(files, ["--lr", "0.5"], {}).diagnostics
    if code not in OF_PROGRAMS:
        result = compile_source(SourceFile.decode(text.encode(), "train.py"), "train")
        found = result.diagnostics
        if code == "NNI211":
            assert result.ir is not None
            sink = Sink(result.source)
            check_direction(result.ir, True, sink)
            found += sink.diagnostics
        return found
    first, *others = re.split(r"^# --- (.*)\n", text, flags=re.M)
    (folder / "train.py").write_text(first, encoding="utf-8")
    for name, content in zip(others[::2], others[1::2]):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return compile_entry(folder / "train.py", display_root=folder).diagnostics


def printed(found: tuple[Diagnostic, ...]) -> str:
    return "\n\n".join(map(render_text, found)) + "\n"


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_page_shows_what_it_says(code: str, tmp_path: Path, update_data: bool) -> None:
    file = PAGES / f"{code}.md"
    text = file.read_text(encoding="utf-8")
    (_, example), (_, output), (_, fixed) = BLOCK.findall(text)
    found = check(code, example, tmp_path)
    assert {d.code for d in found} == {code}
    if update_data:
        file.write_text(
            text.replace(f"```text\n{output}```", f"```text\n{printed(found)}```"), encoding="utf-8"
        )
    else:
        assert output == printed(found)
    (tmp_path / "fixed").mkdir()
    assert check(code, fixed, tmp_path / "fixed") == ()


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_page_has_its_parts(code: str) -> None:
    page = read_page(code)
    assert page.markdown.startswith(f"# {code}: {CATALOGUE[code].title}\n\n")
    assert page.title == CATALOGUE[code].title
    assert re.findall(r"^## (.*)$", page.markdown, re.M) == HEADINGS
    assert re.findall(r"^```(\w+)$", page.markdown, re.M) == ["python", "text", "python"]
    assert page.summary.endswith(".")
    assert (
        max(map(len, BLOCK.sub("", page.text).splitlines())) <= max(80, len(page.title) + 10)
        or "    " in page.text
    )


def test_every_page_is_listed(update_data: bool) -> None:
    assert sorted(file.stem for file in PAGES.iterdir()) == list(CATALOGUE)
    link = "../nnic/findings/pages"
    rows = [f"| [{code}]({link}/{code}.md) | {entry.title} |\n" for code, entry in CATALOGUE.items()]
    before, head, listed = LIST.read_text(encoding="utf-8").partition("| code | finding |\n| --- | --- |\n")
    if update_data:
        LIST.write_text(before + head + "".join(rows), encoding="utf-8")
    assert listed == "".join(rows)


def test_links_between_pages_lead_somewhere() -> None:
    for code in CATALOGUE:
        for target in re.findall(r"\]\(([^)]*)\)", read_page(code).markdown):
            assert (PAGES / target).is_file(), (code, target)


def test_an_undecodable_file_is_none() -> None:
    with pytest.raises(UndecodableError):
        SourceFile.decode(b"# coding: ascii\n# \xc3\xb6\n", "t.py")


def test_a_page_is_readable_in_a_terminal() -> None:
    text = read_page("NNI214").render(60)
    assert text.startswith("NNI214: suppression that hides nothing\n\n")
    assert "\n- `# nnic: ignore` without codes hides all findings there.\n" in text
    assert "\n    lr = 0.5  # @nni.uniform(0.1, 1)  # nnic: ignore[NNI202]\n" in text
    prose = [line for line in text.splitlines() if not line.startswith("    ")]
    assert max(map(len, prose)) <= 60
    assert config_for(ROOT).exclude == ()
