"""What the naming table of the language calls a slot."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, replace

from insertion.samplers import is_printed_otherwise


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the way from a statement to a node.

    ``target`` is the assigned target as long as the node is all of the right side; ``display`` the name of
    the dictionary that the node is; ``bracketed`` tells that the node stands within brackets.
    """

    scope: str = ""
    target: str | None = None
    display: str | None = None
    bracketed: bool = False

    def below(self, node: ast.AST, child: ast.AST) -> Context:
        """The context of a child."""
        bracketed = self.bracketed or isinstance(node, (ast.Call, ast.Dict, ast.List, ast.Set, ast.ListComp))
        if isinstance(node, ast.Call) and child is node.func:
            bracketed = self.bracketed
        plain = replace(self, target=None, display=None, bracketed=bracketed)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and child is node.value:
            first = node.targets[0] if isinstance(node, ast.Assign) else node.target
            name = slot_name(first)
            return replace(plain, target=name, display=name)
        if isinstance(node, ast.Dict) and self.display is not None:
            for key, value in zip(node.keys, node.values):
                if value is child and isinstance(key, ast.Constant):
                    return replace(plain, display=f"{self.display}[{key.value!r}]")
        return plain

    def keyword(self, call: ast.Call, word: str) -> str | None:
        """``optimizer.lr``."""
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument" and word == "default":
            return _destination(call)
        if self.target is not None:
            return f"{self.target}.{word}"
        callee = slot_name(call.func)
        return None if callee is None or not _is_dotted(call.func) else f"{callee}.{word}"

    def class_keyword(self, node: ast.ClassDef, word: str) -> str:
        """``Net.metaclass``."""
        return f"{self.scope}.{node.name}.{word}".lstrip(".")

    def entry(self, key: object) -> str | None:
        """``CONFIG['dropout']``."""
        return None if self.display is None else f"{self.display}[{key!r}]"

    def default(self, owner: ast.AST, parameter: str) -> str | None:
        """``build.width``."""
        if isinstance(owner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return f"{self.scope}.{owner.name}.{parameter}".lstrip(".")
        return None if self.target is None else f"{self.target}.{parameter}"


def slot_name(node: ast.expr) -> str | None:
    """Canonical text, which is astor's; ``None`` where that has several lines or is not NNI's."""
    if is_printed_otherwise(node):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import astor

        text = astor.to_source(node).strip()
    return text if "\n" not in text else None


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _destination(call: ast.Call) -> str | None:
    """As argparse derives it; ``None`` where that can't be known."""
    for keyword in call.keywords:
        if keyword.arg == "dest":
            return keyword.value.value if isinstance(keyword.value, ast.Constant) else None
    flags = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    if not flags or len(flags) != len(call.args) or not all(isinstance(flag, str) for flag in flags):
        return None
    long = [flag for flag in flags if flag.startswith("--")]
    return (long or flags)[0].lstrip("-").replace("-", "_")
