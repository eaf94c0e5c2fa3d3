"""Options of argparse, click and typer: what they are called, and which of their values is searched."""

from __future__ import annotations

import ast
import contextlib
import re

from nnic.lowering.slots import Slot, keyword_slot
from nnic.syntax.facts import FileFacts
from nnic.syntax.walking import own_children, walk
from nnic.tuners.space import Value

_CLICK_MODULES = ("click", "rich_click", "asyncclick")
_CLICK_WORDS = ("option", "argument")
_TYPER = ("typer.Option", "typer.Argument")

# What gives an option a default elsewhere.
_OTHER_DEFAULTS = re.compile(r"\b(?:set_defaults|argument_default)\b")
# An option may begin with other characters than dashes: the parser's ``prefix_chars`` says with which.
_PREFIX = re.compile(r"\A[^\w\s<({\[]+")
_LONG = re.compile(r"\A[^\w\s<({\[]{2}")


def searched_slots(slots: tuple[Slot, ...], facts: FileFacts) -> list[Slot]:
    """Return the slots that an annotation without a name can mean: of an option only its default.

    Its type, its help and what ``add_argument`` returns are values with a name too, which nobody
    searches; ``name=`` still chooses them. Behind one of them the default is meant as well, for
    formatters move comments from argument to argument.
    """
    calls = [slot.call for slot in slots if slot.call is not None and _is_option(slot.call, facts)]
    options = {id(call) for call in calls}
    found = [slot for slot in slots if id(slot.call) not in options and id(slot.value) not in options]
    for call in dict.fromkeys(calls):
        keywords = (keyword_slot(keyword, call) for keyword in call.keywords)
        found += [slot for slot in keywords if slot is not None and slot.label == "default"]
    return found


def implied_default(call: ast.Call, facts: FileFacts) -> str | None:
    """Return the default of a flag that states none, as code; ``None`` where the call makes no flag, or where
    something else in the file may give it a default."""
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    values = {keyword.arg: keyword.value for keyword in call.keywords}
    action = values.get("action")
    if _is_argparse(call) and isinstance(action, ast.Constant):
        if _OTHER_DEFAULTS.search(facts.source.text):
            return None
        return {"store_true": "False", "store_false": "True"}.get(str(action.value))
    flag = values.get("is_flag")
    is_flag = isinstance(flag, ast.Constant) and flag.value is True and "flag_value" not in values
    return "False" if is_flag and _is_click(call, facts) else None


def converted_default(statement: ast.stmt, node: ast.expr, value: Value, facts: FileFacts) -> Value:
    """Return the constant ``node`` of a statement as the program gets it: argparse and click give a default
    that is a text to ``type=``."""
    kind = None
    for call in walk(statement, into=own_children):
        if isinstance(call, ast.Call) and any(k.arg == "default" and k.value is node for k in call.keywords):
            is_option = _is_argparse(call) or _is_click(call, facts)
            kind = next((k.value for k in call.keywords if k.arg == "type" and is_option), None)
    if isinstance(value, str) and isinstance(kind, ast.Name) and kind.id in ("int", "float"):
        with contextlib.suppress(ValueError):
            return int(value) if kind.id == "int" else float(value)
    return value


def is_typer_option(call: ast.Call, facts: FileFacts) -> bool:
    """Tell whether the call makes an option that is called after the parameter whose default it is."""
    return facts.qualified_name(call.func) in _TYPER


def option_name(call: ast.Call, facts: FileFacts) -> str | None:
    """Tell what argparse or click call the option that ``call`` makes, or ``None`` where it makes none."""
    if _is_argparse(call):
        return _argparse_destination(call)
    return _click_destination(call) if _is_click(call, facts) else None


def _is_option(call: ast.Call, facts: FileFacts) -> bool:
    return _is_argparse(call) or _is_click(call, facts) or is_typer_option(call, facts)


def _is_argparse(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"


def _is_click(call: ast.Call, facts: FileFacts) -> bool:
    module, _, word = (facts.qualified_name(call.func) or "").rpartition(".")
    return module in _CLICK_MODULES and word in _CLICK_WORDS


def _texts(call: ast.Call) -> list[str]:
    return [n.value for n in call.args if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def _argparse_destination(call: ast.Call) -> str | None:
    """Return ``dest=``, else the first long option, else the first one, as argparse has it."""
    for keyword in call.keywords:
        if keyword.arg == "dest" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value) or None
    texts = _texts(call)
    long = [text for text in texts if _LONG.match(text)]
    chosen = next(iter(long or texts), None)
    return None if chosen is None else _PREFIX.sub("", chosen).replace("-", "_") or None


def _click_destination(call: ast.Call) -> str | None:
    """A name without a prefix, else the first of the longest prefix, as click has it."""
    # `--debug/--no-debug`, but `/debug;/no-debug`.
    texts = [text.split(";" if text.startswith("/") else "/")[0] for text in _texts(call)]
    plain = [text for text in texts if text.isidentifier()]
    if plain:
        return plain[0]
    dashed = sorted(texts, key=lambda text: len(text) - len(_PREFIX.sub("", text)), reverse=True)
    name = _PREFIX.sub("", dashed[0]).replace("-", "_").lower().strip() if dashed else None
    return name or None
