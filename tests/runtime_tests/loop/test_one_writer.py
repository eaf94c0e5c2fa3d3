"""Only the trial table changes the trials of the loop."""

import ast
from pathlib import Path

import pytest

from nnic.runtime.loop.trial_table import ActiveTrial, AttemptProgress
from nnic.runtime.store.records import TrialRecord
from nnic.tuners.protocol import Suggestion, TrialState

RUNTIME = Path(__file__).parents[3] / "runtime"
FILES = [
    path for folder in ("loop", "manager", "devices") for path in sorted((RUNTIME / folder).glob("*.py"))
]
PRIVATE = set(ActiveTrial.__slots__)
PUBLIC = {name for name in vars(ActiveTrial) if not name.startswith("_")}


def targets(node: ast.AST):
    """What a statement assigns to, or deletes."""
    if isinstance(node, (ast.Assign, ast.Delete)):
        found = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For, ast.NamedExpr)):
        found = [node.target]
    elif isinstance(node, ast.With):
        found = [item.optional_vars for item in node.items if item.optional_vars is not None]
    else:
        return
    found = list(found)
    while found:
        target = found.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            found += target.elts
        elif isinstance(target, (ast.Starred, ast.Subscript)):
            found.append(target.value)
        elif isinstance(target, ast.Attribute):
            yield target


def writes(text: str) -> list[str]:
    """Assignments to what a trial consists of, and reading what is private to it; not to ``self``."""
    found = []
    for node in ast.walk(ast.parse(text)):
        for target in targets(node):
            if ast.unparse(target.value) != "self" and target.attr in PUBLIC | PRIVATE:
                found.append(ast.unparse(target))
        if isinstance(node, ast.Attribute) and node.attr in PRIVATE and ast.unparse(node.value) != "self":
            found.append(ast.unparse(node))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "__setattr__")):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_other_file_changes_a_trial(path):
    found = writes(path.read_text(encoding="utf-8"))
    assert bool(found) is (path.name == "trial_table.py"), found


@pytest.mark.parametrize(
    "text",
    ["active.phase = 1", "a.b.record, c = 1, 2", "active.losses += 1", "x = active._record", "del a.told",
     "active.read[0] = 1", "setattr(active, 'phase', 1)", "for active.told in x: pass"],
)  # fmt: skip
def test_what_would_be_found(text):
    assert writes(text)


def test_a_trial_refuses_to_be_changed(tmp_path):
    active = ActiveTrial(Suggestion({}), TrialRecord(3, TrialState.WAITING, 0, {}, tmp_path))
    for name in PUBLIC:
        with pytest.raises(AttributeError):
            setattr(active, name, None)
    with pytest.raises(AttributeError):
        active.anything = 1
    assert active.progress == AttemptProgress()
