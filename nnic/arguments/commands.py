"""The commands that a file makes with click or typer, and which of their options arguments give.

Neither is imported: an environment without them can search a script that has them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nnic.arguments.parser import Log, Parser
from nnic.lowering.command_lines import is_typer_option, option_name
from nnic.syntax.facts import FileFacts
from nnic.syntax.walking import walk

_LIBRARIES = ("click", "typer", "rich_click", "asyncclick", "cyclopts")
_COMMANDS = ("command", "group", "callback", "default")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def uses_commands(facts: FileFacts) -> bool:
    """Tell whether a file imports a library whose commands are functions."""
    return any(name.partition(".")[0] in _LIBRARIES for name in facts.imported.values())


def note_given(facts: FileFacts, arguments: Sequence[str], log: Log) -> None:
    """Note in ``log`` the options that are given, by the call or the default that makes each."""
    commands = list(_commands(facts))
    named = [name for _, name in commands if name and name in arguments]
    several = len([name for _, name in commands if name]) > 1
    words = list(arguments)
    if several and named:
        words.remove(named[0])
    for function, name in commands:
        if name and several and named and name not in named:
            continue
        parser = Parser(allow_abbrev=False)
        _add_click(parser, function, facts, log)
        _add_parameters(parser, function, facts, log)
        parser.read(words, log)


def _commands(facts: FileFacts) -> Iterator[tuple[_Function, str]]:
    """Return the functions that are commands with their names; what runs before every one has none."""
    run = {
        call.args[0].id
        for call in facts.nodes.of(ast.Call)
        if facts.qualified_name(call.func) in ("typer.run", "cyclopts.run")
        and call.args
        and isinstance(call.args[0], ast.Name)
    }
    functions: list[_Function] = [*facts.nodes.of(ast.FunctionDef)]
    for function in (*functions, *facts.nodes.of(ast.AsyncFunctionDef)):
        words = [(_word(decorator), decorator) for decorator in function.decorator_list]
        found = next((item for item in words if item[0] in _COMMANDS), None)
        if found is None:
            if function.name in run or any(word in ("option", "argument") for word, _ in words):
                yield function, ""
            continue
        word, decorator = found
        name = function.name.lower().replace("_", "-")
        if isinstance(decorator, ast.Call):
            texts = [*decorator.args[:1], *(k.value for k in decorator.keywords if k.arg == "name")]
            name = next((str(t.value) for t in texts if isinstance(t, ast.Constant) and t.value), name)
        yield function, name if word == "command" else ""


def _word(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _add_click(parser: Parser, function: _Function, facts: FileFacts, log: Log) -> None:
    for call in function.decorator_list:
        if not isinstance(call, ast.Call) or _word(call) not in ("option", "argument"):
            continue
        dest = option_name(call, facts)
        if dest is None:
            continue
        keywords = {k.arg: k.value for k in call.keywords}
        texts = _texts(call.args)
        if _word(call) == "argument":
            nargs = _constant(keywords.get("nargs"))
            parser.note(call, [dest], log, nargs="*" if nargs == -1 else "?")
            continue
        names = [part.strip() for text in texts for part in text.split("/") if part.strip().startswith("-")]
        pair = any("/" in text[1:] for text in texts)
        flag = pair or _constant(keywords.get("is_flag")) is True or _constant(keywords.get("count")) is True
        number = _constant(keywords.get("nargs"))
        nargs = 0 if flag else number if isinstance(number, int) and number > 1 else None
        parser.note(call, names, log, dest=dest, nargs=nargs)


def _add_parameters(parser: Parser, function: _Function, facts: FileFacts, log: Log) -> None:
    """Add the parameters that are options by themselves: those that no decorator names."""
    if not any(name.partition(".")[0] in ("typer", "cyclopts") for name in facts.imported.values()):
        return
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = [
        *zip(positional, [*defaults, *arguments.defaults]),
        *zip(arguments.kwonlyargs, arguments.kw_defaults),
    ]
    for parameter, default in pairs:
        made = _typer_call(parameter, default, facts)
        name = parameter.arg
        if default is None or (made is not None and _last(made) == "Argument"):
            parser.note(default or parameter, [name], log, nargs="?")
            continue
        declared = [text for text in _texts([] if made is None else made.args) if text.startswith("-")]
        names = [part for text in declared for part in text.split("/") if part]
        flag = _last(parameter.annotation) == "bool" or isinstance(_constant(default), bool)
        flag = flag or any("/" in text for text in declared)
        if not names:
            dashed = name.replace("_", "-")
            names = [f"--{dashed}", *([f"--no-{dashed}"] if flag else [])]
        parser.note(default, names, log, dest=name, nargs=0 if flag else None)


def _typer_call(parameter: ast.arg, default: ast.expr | None, facts: FileFacts) -> ast.Call | None:
    """Return the call of typer that says more of a parameter: its default, or in its annotation."""
    nodes = [node for node in (default, parameter.annotation) if node is not None]
    calls = (node for node in walk(*nodes) if isinstance(node, ast.Call))
    return next((call for call in calls if is_typer_option(call, facts)), None)


def _last(node: ast.expr | None) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):  # Annotated[bool, ...]
        inner = node.slice
        node = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _texts(nodes: Sequence[ast.expr]) -> list[str]:
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
