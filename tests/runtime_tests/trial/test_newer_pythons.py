"""A trial of what newer Pythons do otherwise, or read at all, can't be told from a plain start."""

import sys

import pytest

LR = {"train/lr/uniform": 0.1, "helper/lr/uniform": 0.1}
ANNOTATIONS = """
import dataclasses, inspect, typing
«import»lr: float = «train/lr/uniform = 0.1»
if lr:
    rate: "float" = lr

@dataclasses.dataclass
class Settings:
    lr: float = «train/lr/uniform = 0.1»
    names: list[str] = dataclasses.field(default_factory=list)

def fit(lr: "Settings", rate: float = «train/lr/uniform = 0.1») -> typing.Any:
    size: int = 3
    return size

this = __import__("sys").modules[__name__]
print(__name__ in ("__main__", "train"), this.__annotations__, typing.get_type_hints(this))
print(typing.get_type_hints(fit), inspect.signature(fit), dataclasses.fields(Settings)[0].type, Settings())
print(sorted(name for name in vars(this) if name != "__nnic__"))
"""
DEFERRED = """
import annotationlib, dataclasses
«import»lr: Later = «train/lr/uniform = 0.1»

@dataclasses.dataclass
class Node:
    following: Node | None = None
    lr: Later = «train/lr/uniform = 0.1»

def fit(node: Unknown, lr: Later = «train/lr/uniform = 0.1») -> Unknown: return node

print(annotationlib.get_annotations(fit, format=annotationlib.Format.STRING))
class Later: pass
this = __import__("sys").modules[__name__]
print(this.__annotations__, annotationlib.get_annotations(Node), Node())
try:
    fit.__annotations__
except NameError as error:
    print(error)
print(sorted(name for name in vars(this) if name != "__nnic__"))
"""
WARNED = """
«import»lr = «train/lr/uniform = 0.1»
def leave():
    for _ in [1]:
        try: return «train/lr/uniform = 0.1»
        finally: return "\\d"
print(leave(), lr is 1)
"""
TEMPLATES = """
«import»from string.templatelib import Interpolation
lr = «train/lr/uniform = 0.1»
text = t"{ lr } {lr + 1!r:>{lr}}" t'{lr=}'
print(text, [part.expression for part in text.interpolations], f"{lr:{'>' + "9"}}")
"""
EXCEPT = """
«import»lr = «train/lr/uniform = 0.1»
for name in ("1 / 0", "missing", "[][1]"):
    try:
        eval(name)
    except ZeroDivisionError, NameError: print(«train/lr/uniform = 0.1»)
    except IndexError, KeyError: print("other")
"""
LAZY = """
«import»lazy import helper
lazy from helper import fit, lr as other
import sys
lr = «train/lr/uniform = 0.1»
print("helper" in sys.modules, type(globals()["helper"]).__name__)
print(fit(), other, helper.lr, lr)
lazy = «train/lr/uniform = 0.1»
print("helper" in sys.modules, lazy)
"""
SCRIPTS = [
    pytest.param((3, 11), ANNOTATIONS, id="annotations"),
    pytest.param((3, 14), DEFERRED, id="deferred-annotations"),
    pytest.param((3, 11), "from __future__ import annotations\n" + ANNOTATIONS, id="future-annotations"),
    pytest.param((3, 11), WARNED, id="warnings"),
    pytest.param((3, 14), TEMPLATES, id="template-strings"),
    pytest.param((3, 14), EXCEPT, id="except-without-parentheses"),
    pytest.param((3, 15), LAZY, id="lazy-imports"),
]


@pytest.mark.parametrize("start", [["train.py"], ["-m", "train"], ["-c", "import train"]], ids=lambda s: s[0])
@pytest.mark.parametrize(("version", "script"), SCRIPTS)
def test_script(project, version, script, start):
    if sys.version_info < version:
        pytest.skip(f"needs Python {version[0]}.{version[1]}")
    project.add("train.py", script)
    project.add(
        "helper.py", "«import»lr = «helper/lr/uniform = 0.1»\ndef fit(): return «helper/lr/uniform = 0.1»\n"
    )
    plain = project.plain(*start)
    project.drop_caches()
    # The values are the script's own, so that everything must be the same.
    trial = project.run(*start, parameters=LR)
    assert plain.returncode == 0, plain.stderr
    assert (trial.returncode, trial.stdout, trial.stderr) == (0, plain.stdout, plain.stderr)
    other = project.run(*start, parameters=dict.fromkeys(LR, 0.7))
    assert "0.7" in other.stdout or script is WARNED
