"""Scripts whose arguments Hydra reads: each trial gets its own folder for what Hydra writes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from nnic.runtime.errors import WrongInputError

# Hydra resolves it in the trial, whose folder this is; its own names are of one second each.
RUN_DIR = "hydra.run.dir=${oc.env:NNIC_OUTPUT_DIR}"
_MULTIRUN = ("-m", "--multirun", "hydra.mode=MULTIRUN")


def is_hydra_script(entry: str, texts: Mapping[str, bytes]) -> bool:
    """Whether a program's entry is, or imports by name, a function that ``hydra.main`` decorates.

    Parameters
    ----------
    texts
        The program's files by path.
    """
    if entry not in texts or not any(b"hydra" in text for text in texts.values()):
        return False
    tree = _parse(texts[entry])
    if _decorated(tree):
        return True
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    others = [text for path, text in texts.items() if path != entry and b"hydra" in text]
    return any(imported & _decorated(_parse(text)) for text in others)


def hydra_arguments(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return what is added to the arguments of a Hydra script.

    Raises
    ------
    WrongInputError
        When they ask for several runs, which would all be one trial.
    """
    for word in arguments:
        if word in _MULTIRUN:
            raise WrongInputError(
                f"{word} makes Hydra run the script several times in one trial; leave it out: each trial of "
                "nnic is one run, and the values to try are annotated in the script"
            )
    given = any(word.lstrip("+").startswith("hydra.run.dir=") for word in arguments)
    return () if given else (RUN_DIR,)


def _parse(text: bytes) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _decorated(tree: ast.Module) -> set[str]:
    """The functions that ``hydra.main`` decorates, under whatever name it was imported."""
    mains = {"hydra.main"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            mains |= {
                f"{alias.asname}.main" for alias in node.names if alias.name == "hydra" and alias.asname
            }
        elif isinstance(node, ast.ImportFrom) and node.module == "hydra":
            mains |= {alias.asname or alias.name for alias in node.names if alias.name == "main"}
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator) in mains
    }
