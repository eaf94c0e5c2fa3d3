"""Golden cases: what each file of ``cases/`` compiles to, and the space that it gives.

A case is one file: input, ``# output``, the compiled text, ``# space``, the IR as it prints.
``pytest tests/compiler_tests --update-data`` writes what came out, for review.
"""

from pathlib import Path

import pytest
from golden import cases

from nnic.compile.compile_source import compile_source
from nnic.source import SourceFile

CASES = cases(Path(__file__).parent / "cases")
OUTPUT, SPACE = "# output\n", "# space\n"


def _compiled(text: str) -> tuple[str, str]:
    result = compile_source(SourceFile.decode(text.encode(), "case.py"), "case")
    assert result.emission is not None, [d.message for d in result.diagnostics]
    return result.emission.text, "".join(f"# {line}\n" for line in str(result.ir).splitlines())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path, update_data: bool) -> None:
    text = case.read_text(encoding="utf-8")
    source, _, rest = text.partition(OUTPUT)
    expected, _, expected_space = rest.partition(SPACE)
    output, space = _compiled(source)
    if update_data:
        case.write_text(source + OUTPUT + output + SPACE + space, encoding="utf-8")
        return
    assert output == expected
    assert space == expected_space
    compile(output, str(case), "exec")
    assert len(output.splitlines()) == len(source.splitlines())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_compiled_text_is_refused(case: Path) -> None:
    output, _ = _compiled(case.read_text(encoding="utf-8").partition(OUTPUT)[0])
    again = compile_source(SourceFile.decode(output.encode(), "case.py"), "case")
    assert [d.code for d in again.diagnostics] == ["NNI121"]
    assert again.emission is None
