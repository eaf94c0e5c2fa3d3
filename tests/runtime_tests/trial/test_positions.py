"""Every position of a trial's code is one of the source."""

import ast
import random
from pathlib import Path
from types import CodeType

import pytest

from nnic.runtime.trial import positions

KEY = "t/x/choice"
ERRORS = {
    "behind a slot": f"x = «{KEY} = 1» + missing(2)",
    "before a slot": f"x = missing(2) + «{KEY} = 1»",
    "around a slot": f"x = ['é'][ «{KEY} = 0» : 'é' : missing ]",
    "between slots": f"x = [«{KEY} = 1», missing(1), «{KEY} = 2»]",
    "keyword": f"x = dict(a=1, b=«{KEY} = 2», **missing)",
    "original": "x = «t/none/choice = missing(1)» + 1",
    "called": f"def f(a):\n    return a.b + «{KEY} = 1»\nx = f(«{KEY} = 2») + f(2)",
    "lines": f"x = (1 +\n  «{KEY} = 2» + missing(\n  3) + «{KEY} = 2»)",
    "multi-byte": f"x = 'é' 'ü', «{KEY} = 'ß'», 'é', missing.y['é']",
    "statement": "«import»x = missing(1)",
    "decorator": f"@missing(«{KEY} = 2»)\ndef f():\n    pass",
    "class": f"class C(object, metaclass=missing[«{KEY} = 2»]):\n    y = 1",
    "lambda": f"x = (lambda a: a + missing(«{KEY} = 2»))(3)",
    "with": f"with open(missing, «{KEY} = 'r'») as file: pass",
    "loop": f"for i in range(«{KEY} = 2»): i.missing(«{KEY} = 2»)",
    "match": f"match «{KEY} = 2»:\n    case int(missing.x): pass",
    "f-string": f"x = «{KEY} = 2», f'{{missing}} é {{x!r:>{{10}}}}'",
    "augmented": f"x = 1\nx += «{KEY} = 2» + missing",
}


@pytest.mark.parametrize("error", ERRORS)
def test_tracebacks_are_those_of_the_plain_run(project, error):
    text = "'''Doc.'''\n" + ("" if "«import»" in ERRORS[error] else "«import»pass\n") + ERRORS[error] + "\n"
    project.add("train.py", text)
    plain, trial = project.plain("train.py"), project.run("train.py", parameters={"other": 1})
    assert plain.returncode == 1
    assert trial.stderr == plain.stderr


def test_the_slot_stands_for_an_option_that_fails(project):
    text = f"«import»f = str\n\nx = f(«{KEY} ? missing(1, 2) | 4 = 3») + 1\n"
    project.add("train.py", text)
    trial = project.run("train.py", parameters={KEY: "missing(1, 2)"}, options={KEY: 0})
    assert 'train.py", line 3, in <module>' in trial.stderr
    assert "    x = f(3) + 1\n" in trial.stderr
    if "^" in trial.stderr:
        assert "    x = f(3) + 1\n          ^\n" in trial.stderr


def test_the_annotation_stands_for_a_report_that_fails(project):
    project.add("train.py", "«import»x = 1\nif x:\n    «final missing»\n")
    trial = project.run("train.py", parameters={KEY: 1})
    shown = trial.stderr.splitlines()
    assert shown[1].endswith('train.py", line 3, in <module>')
    assert shown[2] == "    '''@nni.report_final_result(missing)'''"
    if "^" in trial.stderr:
        assert shown[3].strip() == "^" * len(shown[2].strip())


def test_a_tree_too_deep_for_python_is_compiled_as_text(project):
    project.add("train.py", f"«import»x = «{KEY} = 1»" + " + 1" * 2500 + "\nprint(x)\n")
    plain, trial = project.plain("train.py"), project.run("train.py", parameters={KEY: 2})
    if plain.returncode == 0:
        assert int(trial.stdout) == int(plain.stdout) + 1


def list_positions(code: CodeType) -> list[object]:
    found: list[object] = [code.co_firstlineno, code.co_name]
    found += code.co_positions()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found += list_positions(constant)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_blanks_put_anywhere_leave_no_trace(seed):
    """Insertions between tokens that change nothing but columns."""
    rng = random.Random(seed)
    path = rng.choice([ast.__file__, random.__file__, positions.__file__, __file__])
    source = Path(path).read_text()
    lines = source.split("\n")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    places = {(node.lineno, node.col_offset) for node in rng.sample(nodes, 60)}
    inside = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    insertions = []
    for line, column in sorted(places):
        if (
            any(node.lineno <= line <= node.end_lineno for node in inside)
            or not lines[line - 1][:column].strip()
        ):
            continue
        length = rng.randrange(1, 40)
        insertions.append([line, column, length, [line, column, line, column]])
    for line, column, length, _ in reversed(insertions):
        text = lines[line - 1].encode()
        lines[line - 1] = (text[:column] + b" " * length + text[column:]).decode()
    moved = positions.compile_moved("\n".join(lines).encode(), path, insertions)
    assert insertions
    assert list_positions(moved) == list_positions(compile(source, path, "exec", 0, True))
