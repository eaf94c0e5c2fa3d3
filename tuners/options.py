"""The options of tuners and assessors are checked against the constructor and converted from text."""

from __future__ import annotations

import difflib
import inspect
import json
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union

_MISSING = inspect.Parameter.empty


def accepted_options(cls: type[Any]) -> dict[str, inspect.Parameter]:
    """The constructor's parameters after the problem, by name."""
    parameters = list(inspect.signature(cls).parameters.values())[1:]
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {p.name: p for p in parameters if p.kind in kinds}


def convert_options(spec: str, cls: type[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Check ``options`` and bring each into the type that its annotation says.

    Text from a command line becomes a number, a truth value, ``None``, or for lists and
    dictionaries what it says as JSON. A class that takes ``**kwargs`` gets the rest as it is.

    Raises
    ------
    ValueError
        The message names the option that is unknown, missing or of the wrong type, and what is accepted.
    """
    accepted = accepted_options(cls)
    open_ended = any(p.kind is p.VAR_KEYWORD for p in inspect.signature(cls).parameters.values())
    hints = _hints(cls)
    converted: dict[str, Any] = {}
    for name, value in options.items():
        if name not in accepted and not open_ended:
            raise ValueError(_unknown(spec, cls, name))
        annotation = hints.get(name, Any)
        try:
            converted[name] = _convert(value, annotation)
        except (TypeError, ValueError):
            message = f"{spec}: the option {name!r} takes {_describe(annotation)}, got {value!r}"
            raise ValueError(message) from None
    missing = [n for n, p in accepted.items() if p.default is _MISSING and n not in converted]
    if missing:
        raise ValueError(f"{spec} needs the option {missing[0]!r} ({_describe(hints.get(missing[0], Any))})")
    return converted


def describe_options(cls: type[Any]) -> list[tuple[str, str, str]]:
    """The name, type and default of each option of ``cls``; ``""`` stands for no default."""
    hints = _hints(cls)
    return [
        (p.name, _describe(hints.get(p.name, Any)), "" if p.default is _MISSING else repr(p.default))
        for p in accepted_options(cls).values()
    ]


def _hints(cls: type[Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls.__init__)
    except (NameError, TypeError, AttributeError):
        return {}  # Only a type checker can resolve such annotations, so values pass as they are.


def _unknown(spec: str, cls: type[Any], name: str) -> str:
    accepted = accepted_options(cls)
    if not accepted:
        return f"{spec} takes no options, got {name!r}"
    close = difflib.get_close_matches(name, accepted, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    parts = [
        f"{name}: {kind} = {default}".removesuffix(" = ") for name, kind, default in describe_options(cls)
    ]
    return f"{spec} has no option {name!r}{hint} It takes {', '.join(parts)}"


def _convert(value: Any, annotation: Any) -> Any:
    if annotation is Any or annotation is _MISSING or annotation is object:
        return _loose(value)
    origin = typing.get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _convert_union(value, typing.get_args(annotation))
    if origin is Literal:
        return _convert_literal(value, typing.get_args(annotation))
    if annotation is type(None):
        if value is None or value in ("none", "None", "null"):
            return None
        raise ValueError
    target = origin or annotation
    if target is bool:
        return _convert_bool(value)
    if target in (int, float):
        return _convert_number(value, target)
    if target is str:
        return _instance(value, str)
    if isinstance(value, str):
        value = json.loads(value)
    if target is tuple and isinstance(value, list):
        value = tuple(value)
    if isinstance(target, type) and issubclass(target, (Sequence, Mapping)):
        return _elements(_instance(value, target), annotation)
    return value


def _elements(value: Any, annotation: Any) -> Any:
    args = typing.get_args(annotation)
    if args and args[-1] is Any:
        return value  # The values have their types already, also where they come from JSON.
    if isinstance(value, list) and len(args) == 1:
        return [_convert(element, args[0]) for element in value]
    if isinstance(value, dict) and len(args) == 2:
        return {key: _convert(element, args[1]) for key, element in value.items()}
    return value


def _convert_union(value: Any, members: Sequence[Any]) -> Any:
    # The narrow types come first: every text is a str, whatever it says.
    for member in sorted(members, key=lambda m: (m is not type(None), m is str)):
        try:
            return _convert(value, member)
        except (TypeError, ValueError):
            continue
    raise ValueError


def _convert_literal(value: Any, choices: Sequence[Any]) -> Any:
    for choice in choices:
        if value == choice and type(value) is type(choice):
            return choice
    for choice in choices:
        if value == str(choice):
            return choice
    raise ValueError


def _convert_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise ValueError


def _convert_number(value: Any, target: type[Any]) -> Any:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, str):
        return target(value)
    if target is float:
        return float(_instance(value, (int, float)))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _instance(value, int)


def _loose(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _instance(value: Any, expected: Any) -> Any:
    if not isinstance(value, expected):
        raise TypeError
    return value


def _describe(annotation: Any) -> str:
    if annotation is Any or annotation is _MISSING:
        return "anything"
    if typing.get_origin(annotation) is Literal:
        return " or ".join(repr(choice) for choice in typing.get_args(annotation))
    if annotation is type(None):
        return "none"
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return " or ".join(_describe(member) for member in typing.get_args(annotation))
    plain = isinstance(annotation, type) and not typing.get_args(annotation)
    return str(annotation.__name__) if plain else str(annotation).replace("typing.", "")
