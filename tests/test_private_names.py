"""No module reaches for a name of another module that begins with an underscore."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("tuners", "runtime", "nnic")
# The folders and files that are held to it.
CLEAN = LAYERS
BY_NAME = ("getattr", "setattr", "hasattr", "delattr")
# Objects of other packages, where a module of ours happens to have a name like theirs.
FOREIGN = {
    "_fields": "of the nodes of ast",
    "bars._lock": "of the bars of tqdm",
}


def sources() -> Iterator[Path]:
    for layer in LAYERS:
        for folder, _, names in os.walk(ROOT / layer):  # does not follow the links in nnic/
            yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def attribute_names(tree: ast.Module) -> set[str]:
    """The private methods and attributes of a module's classes."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    found.add(part.name)
                targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
                found.update(target.id for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_own(node.value):
            found.add(node.attr)
    return {name for name in found if is_private(name)}


def is_own(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def imported_from(tree: ast.Module) -> dict[str, str]:
    """What each imported name comes from."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update({(alias.asname or alias.name).split(".")[0]: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: node.module or "" for alias in node.names})
    return found


def root_name(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def accesses(tree: ast.Module) -> Iterator[tuple[int, ast.expr, str]]:
    """The private attributes that are read or set, as line, owner, name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            yield node.lineno, node.value, node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) > 1:
            name = node.args[1].value if isinstance(node.args[1], ast.Constant) else None
            if node.func.id in BY_NAME and isinstance(name, str) and is_private(name):
                yield node.lineno, node.args[0], name


def reaches(tree: ast.Module, elsewhere: set[str]) -> Iterator[str]:
    """The reaches of one module; ``elsewhere`` are the private attributes of all others."""
    own, imports = attribute_names(tree), imported_from(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "nnic":
            yield from (f"{node.lineno}: imports {a.name}" for a in node.names if is_private(a.name))
    for line, owner, name in accesses(tree):
        origin = imports.get(root_name(owner))
        if is_own(owner) or (origin is not None and origin.partition(".")[0] != "nnic"):
            continue
        if name in FOREIGN or f"{ast.unparse(owner)}.{name}" in FOREIGN:
            continue
        of_a_module = isinstance(owner, ast.Name) and origin is not None
        if of_a_module or (name not in own and name in elsewhere):
            yield f"{line}: {ast.unparse(owner)}.{name}"


TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
PRIVATE = {path: attribute_names(tree) for path, tree in TREES.items()}


def find(path: str, tree: ast.Module) -> list[str]:
    elsewhere = set().union(*(names for other, names in PRIVATE.items() if other != path))
    return list(reaches(tree, elsewhere))


@pytest.mark.parametrize("path", [path for path in TREES if path.startswith(CLEAN)])
def test_no_module_reaches_into_another(path: str) -> None:
    assert find(path, TREES[path]) == []


BAD = {
    "from nnic.runtime.trial.hook import _main": ["1: imports _main"],
    "from nnic.runtime import trial\ntrial._given.seed": ["2: trial._given"],
    "from nnic.runtime import trial\nsetattr(trial, '_given', 1)": ["2: trial._given"],
    "def f(template): return template._connection": ["1: template._connection"],
}
GOOD = [
    "import os\nos._exit(0)\nos.environ._data = {}",
    "class A:\n    def __init__(self, other: 'A'): self._connection = other._connection",
    "def f(point): return point._replace(x=1)",
]


def test_the_check_itself() -> None:
    for text, expected in BAD.items():
        assert find("other.py", ast.parse(text)) == expected, text
    for text in GOOD:
        assert find("other.py", ast.parse(text)) == [], text


if __name__ == "__main__":
    for name, tree in TREES.items():
        for reach in find(name, tree):
            print(f"{name}:{reach}")
