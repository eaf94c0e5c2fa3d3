"""The argparse parsers of a file, made again from its text.

argparse itself reads the arguments then, so abbreviations, ``--lr=0.5``, ``-l0.5``, ``--no-amp``, prefix
characters, groups, parents and subcommands mean what they mean to the script. Nothing of the script is run.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Sequence
from typing import Any

from nnic.arguments.parser import Log, Parser
from nnic.syntax.facts import FileFacts

_WITHOUT_VALUE = frozenset(
    {"store_true", "store_false", "store_const", "append_const", "count", "help", "version"}
)
_NARGS = {"OPTIONAL": "?", "ZERO_OR_MORE": "*", "ONE_OR_MORE": "+", "REMAINDER": "...", "PARSER": "A..."}
_SETTINGS = ("prefix_chars", "fromfile_prefix_chars", "allow_abbrev")
_GROUPS = ("add_argument_group", "add_mutually_exclusive_group")
_PARSES = ("parse_args", "parse_known_args", "parse_intermixed_args", "parse_known_intermixed_args")
_PARSES_CLASSES = "parse_args_into_dataclasses"


class _ScriptParser(Parser):
    """A parser that the file makes; ``reads`` tells of each of its uses whether that is the command line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.is_parent = False
        self.reads: list[bool] = []


class ArgumentParsers:
    """What ``arguments`` give to the options of a file; ``log`` has the calls of ``add_argument``.

    Parameters
    ----------
    facts
        The file.
    arguments
        Those of the script.
    """

    def __init__(self, facts: FileFacts, arguments: Sequence[str]) -> None:
        self._facts = facts
        self._names: dict[str, Any] = {}
        self._roots: list[_ScriptParser] = []
        self._all: list[_ScriptParser] = []
        self._loose: list[ast.Call] = []
        self._reads: list[bool] = []
        self.log = Log()
        self._targets = _targets(facts)
        calls = facts.nodes.of(ast.Call)
        # Calls in the order in which they end: what a call is made of stands before it.
        for call in sorted(calls, key=lambda call: (call.end_lineno, call.end_col_offset)):
            made = self._take(call)
            if made is not None:
                for target in self._targets.get(id(call), ()):
                    self._names[target] = made
                self._names[str(id(call))] = made
        self._finish()
        self._parse(arguments)

    def _take(self, call: ast.Call) -> Any:
        """Do what a call does to a parser; return the parser or group that it makes."""
        function = call.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name.endswith("Parser"):
            return self._root(call)
        if not isinstance(function, ast.Attribute):
            return None
        owner = self._owner(function.value)
        if name in _GROUPS:
            return owner
        if name == "add_subparsers" and isinstance(owner, _ScriptParser):
            return self._subcommands(owner)
        if name == "add_parser" and isinstance(owner, argparse._SubParsersAction):
            return self._subcommand(call, owner)
        if name == "add_argument":
            if isinstance(owner, _ScriptParser):
                self._add(owner, call)
            else:
                self._loose.append(call)
        if name in _PARSES or name == _PARSES_CLASSES:
            reads = self._reads_command_line(call)
            (owner.reads if isinstance(owner, _ScriptParser) else self._reads).append(reads)
        return None

    def _owner(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Call):
            return self._names.get(str(id(node)))
        return self._names.get(ast.unparse(node)) if isinstance(node, (ast.Name, ast.Attribute)) else None

    def _root(self, call: ast.Call) -> _ScriptParser:
        parser = _ScriptParser(**self._settings(call))
        self._roots.append(parser)
        self._all.append(parser)
        return parser

    def _settings(self, call: ast.Call) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        for keyword in call.keywords:
            if keyword.arg in _SETTINGS and isinstance(keyword.value, ast.Constant):
                settings[keyword.arg] = keyword.value.value
            if keyword.arg == "parents":
                owners = [self._owner(node) for node in getattr(keyword.value, "elts", ())]
                settings["parents"] = [owner for owner in owners if isinstance(owner, _ScriptParser)]
                for parent in settings["parents"]:
                    parent.is_parent = True
        return settings

    def _subcommands(self, owner: _ScriptParser) -> Any:
        known = owner._subparsers
        if known is not None:
            return next((a for a in owner._actions if isinstance(a, argparse._SubParsersAction)), None)
        return owner.add_subparsers(parser_class=_ScriptParser)

    def _subcommand(self, call: ast.Call, owner: Any) -> _ScriptParser | None:
        name = call.args[0] if call.args else None
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return None
        aliases: list[Any] = []
        for keyword in call.keywords:
            if keyword.arg == "aliases":
                aliases = [e.value for e in getattr(keyword.value, "elts", ()) if isinstance(e, ast.Constant)]
        known = owner.choices.get(name.value)
        parser = known or owner.add_parser(name.value, aliases=aliases, **self._settings(call))
        self._all.append(parser)
        return parser  # type: ignore[no-any-return]

    def _finish(self) -> None:
        """Give the options whose parser the text doesn't tell to every parser of the file."""
        if not self._roots:
            self._roots.append(_ScriptParser())
            self._all.append(self._roots[0])
        for call in self._loose:
            for parser in self._all:
                self._add(parser, call)

    def _add(self, parser: _ScriptParser, call: ast.Call) -> None:
        texts = [node.value for node in call.args if isinstance(node, ast.Constant)]
        names = [text for text in texts if isinstance(text, str) and text]
        if not names or len(texts) < len(call.args):
            return
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        action, dest = keywords.get("action"), _constant(keywords.get("dest"))
        settings: dict[str, Any] = {"dest": dest} if isinstance(dest, str) and dest else {}
        if _constant(action) in _WITHOUT_VALUE:
            settings["nargs"] = 0
        elif _last_name(action) == "BooleanOptionalAction":
            settings["nargs"] = 0
            names += [f"--no-{name[2:]}" for name in names if name.startswith("--")]
        else:
            settings["nargs"] = _nargs(keywords.get("nargs"))
        parser.note(call, names, self.log, **settings)

    def _parse(self, arguments: Sequence[str]) -> None:
        for parser in self._roots:
            reads = parser.reads or self._reads
            if parser.is_parent or (reads and not any(reads)):
                continue
            parser.read(arguments, self.log)

    def _reads_command_line(self, call: ast.Call) -> bool:
        """Whether a call that parses reads the process's own arguments, or what was left of them."""
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        given = call.args[0] if call.args else named.get("args")
        if given is None or (isinstance(given, ast.Constant) and given.value is None):
            return True
        if isinstance(given, ast.Name):
            bound = self._facts.bindings.constants.get(given.id)
            return not isinstance(bound, (ast.List, ast.Tuple))
        return "argv" in ast.unparse(given)


def _targets(facts: FileFacts) -> dict[int, list[str]]:
    """Return the names that each call is assigned to, by the identity of its node."""
    found: dict[int, list[str]] = {}
    for assign in facts.nodes.of(ast.Assign):
        if isinstance(assign.value, ast.Call):
            found[id(assign.value)] = [ast.unparse(target) for target in assign.targets]
    others: list[ast.AnnAssign | ast.NamedExpr] = [*facts.nodes.of(ast.AnnAssign)]
    for node in (*others, *facts.nodes.of(ast.NamedExpr)):
        if isinstance(node.value, ast.Call):
            found[id(node.value)] = [ast.unparse(node.target)]
    return found


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _last_name(node: ast.expr | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _nargs(node: ast.expr | None) -> str | int | None:
    value = _constant(node)
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return value
    return _NARGS.get(_last_name(node))
