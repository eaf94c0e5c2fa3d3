"""Which arguments name a value for libraries that make a command line of a function or of a class."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Sequence

from nnic.arguments.given import Given
from nnic.syntax.facts import FileFacts

_FIELDS = frozenset(
    {
        *("transformers", "trl", "tyro", "simple_parsing", "jsonargparse", "pyrallis", "draccus", "datargs"),
        *("tap", "chz", "pydantic_settings", "argparse_dataclass", "clize", "argh", "plac", "defopt"),
        *("lightning", "pytorch_lightning", "dataclass_wizard", "corgy", "dacite", "typed_argparse"),
    }
)
"""Libraries that make options of the fields of a class, or of the parameters of functions."""
_OVERRIDES = frozenset({"hydra", "omegaconf", "sacred", "ml_collections", "gin"})
"""Libraries whose arguments are ``name=value``."""
_NUMBER = re.compile(r"-\.?\d")


LIBRARIES = _FIELDS | _OVERRIDES


class Libraries:
    """What of these libraries a program imports."""

    def __init__(self, names: set[str]) -> None:
        self.fields = bool(names & LIBRARIES)
        self.overrides = bool(names & _OVERRIDES)


def named_value(name: str, arguments: Sequence[str], overrides: bool = False) -> Given | None:
    """Return the last argument that sets ``name``.

    These are ``--lr 0.5``, ``--model.lr=0.5``, ``--no-lr``, and with ``overrides`` ``lr=0.5``.
    """
    found = None
    for at, word in enumerate(arguments):
        text, equals, value = word.partition("=")
        dashed = text.startswith("-") and not _NUMBER.match(text)
        if not dashed and not (overrides and equals):
            continue
        last = text.lstrip("-+").rpartition(".")[2].replace("-", "_").lower()
        if last not in (name.lower(), f"no_{name.lower()}", f"no{name.lower()}"):
            continue
        following = arguments[at + 1 : at + 2] if dashed and not equals else ()
        words = (value,) if equals else tuple(w for w in following if not _is_option(w))
        found = Given(shlex.join([word, *words]) if not equals else word, words, text if dashed else "")
    return found


def fire_values(facts: FileFacts, arguments: Sequence[str]) -> dict[int, Given]:
    """Return what is given to the parameters of the functions that ``fire.Fire`` calls, by the identity of
    their defaults: by name, by the first letter where no other has it, or by position."""
    targets = _fire_targets(facts)
    found: dict[int, Given] = {}
    if targets is None:
        return found
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = [*facts.nodes.of(ast.FunctionDef)]
    functions += facts.nodes.of(ast.AsyncFunctionDef)
    inits = {id(f): c for c in facts.nodes.of(ast.ClassDef) for f in c.body}
    for function in functions:
        holder = inits.get(id(function))
        name = function.name if holder is None else holder.name
        if targets and name not in targets:
            continue
        own = parameters(function)
        names = [parameter for parameter, _ in own]
        words = _positional(arguments) if targets == {function.name} else []
        for at, (parameter, default) in enumerate(own):
            given = named_value(parameter, arguments)
            if given is None and sum(other[0] == parameter[0] for other in names) == 1:
                given = named_value(parameter[0], arguments)
            if given is None and at < len(words):
                given = Given(words[at], (words[at],))
            if given is not None and default is not None:
                found[id(default)] = given
    return found


def _fire_targets(facts: FileFacts) -> set[str] | None:
    """Return the names of what ``fire.Fire`` is given; no names stand for all of the file."""
    for call in facts.nodes.of(ast.Call):
        if facts.qualified_name(call.func) == "fire.Fire":
            nodes = [node for argument in call.args[:1] for node in ast.walk(argument)]
            return {node.id for node in nodes if isinstance(node, ast.Name)}
    return None


def parameters(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> list[tuple[str, ast.expr | None]]:
    """Return the parameters with their defaults, without ``self``."""
    arguments = function.args
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [*zip(positional, [*missing, *arguments.defaults])]
    pairs += zip([a.arg for a in arguments.kwonlyargs], arguments.kw_defaults)
    return pairs[1:] if positional[:1] == ["self"] else pairs


def _positional(arguments: Sequence[str]) -> list[str]:
    """Return the words that are neither options nor their values, up to fire's own ``--``."""
    found: list[str] = []
    words = iter(enumerate(arguments))
    for at, word in words:
        if word == "--":
            break
        if not _is_option(word):
            found.append(word)
        elif "=" not in word and at + 1 < len(arguments) and not _is_option(arguments[at + 1]):
            next(words)
    return found


def _is_option(word: str) -> bool:
    return word.startswith("-") and not _NUMBER.match(word)
