"""How compiled code names the trial module: by one name that it imports, or by importing it in place."""

from __future__ import annotations

import ast

TRIAL_MODULE = "nnic.runtime.trial"
# Ends in underscores, because a class body would change a name that only begins with them.
TRIAL_NAME = "__nnic__"
TRIAL_IMPORT = f"import {TRIAL_MODULE} as {TRIAL_NAME}"
# Stands for the name where a file offers no place for the import.
TRIAL_EXPRESSION = f'__import__("{TRIAL_MODULE}", fromlist=["has"])'
# What a text holds that was compiled.
TRACES = (TRIAL_NAME, f'__import__("{TRIAL_MODULE}"')


def is_trial_module(node: ast.AST) -> bool:
    """Tell whether an expression stands for the trial module."""
    if isinstance(node, ast.Name):
        return node.id == TRIAL_NAME
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "__import__"
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == TRIAL_MODULE
    )
