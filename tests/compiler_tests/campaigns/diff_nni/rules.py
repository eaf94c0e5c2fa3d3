"""The differences from NNI that the language's design names, and how each is recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# What NNI refuses and nnic compiles: part of NNI's reason, and what the language says instead.
LIBERAL: tuple[tuple[str, str], ...] = (
    ("more than one keyword argument", "label= (section 1)"),
    ("more than one left-hand value", "several targets (section 2)"),
    ("not annotating assignment expression", "assignment with a type (section 2)"),
    ("Annotated variable has wrong name", "name= as a text (section 2)"),
    ("Unexpected annotation function", "short forms, and other words as text (section 1)"),
    ("not a function call", "no parentheses, no annotation (section 6)"),
    ("is not expression", "no parentheses, no annotation (section 6)"),
    ("startswith first arg must be bytes", "bytes are no carrier (section 2)"),
    ("no JSON", "options by their texts (section 4)"),
    ('keyword argument other than "name"', "arguments by keyword (section 1)"),
    ("malformed node or string", "constant expressions (section 1)"),
    ("Only one smart parameter is allowed", "nested samplers and source lines tell them apart (section 4)"),
    ("arguments other than dict", "nested samplers (section 2)"),
    ("'Constant' object has no attribute 'id'", "texts as fields of a layer (section 1)"),
    ("object has no attribute 's'", "constant expressions (section 1)"),
    ("Annotation has no target", "no parentheses, no annotation (section 6)"),
    ("'Name' object has no attribute 'keys'", "options without a dict (section 1)"),
    ("invalid character in identifier", "byte-order marks (section 3)"),
    ("expanded: SyntaxError", "files that NNI reprints wrongly (section 3)"),
    (
        "expanded: ValueError: source code string cannot contain null",
        "files that NNI reprints wrongly (section 3)",
    ),
    ("SyntaxError: Missing parentheses", "files without nni are not parsed (section 3)"),
)

# What NNI takes and nnic refuses: the code of ours, part of why no trial of NNI's can run, and the name.
REFUSED: tuple[tuple[str, str, str], ...] = (
    ("NNI102", "tuners: ", "numbers that no tuner takes (section 6)"),
    ("NNI103", "tuners: ", "numbers that no tuner takes (section 6)"),
    ("NNI104", "tuners: ", "numbers that no tuner takes (section 6)"),
    ("NNI106", "tuners: ", "numbers that no tuner takes (section 6)"),
    ("NNI119", "SyntaxError: ", "code that Python refuses (section 6)"),
    ("NNI120", "SyntaxError: ", "code that Python refuses (section 6)"),
    # What follows no program that could run has.
    ("NNI102", "", "arguments that it doesn't take (section 6)"),
    ("NNI103", "", "more inputs than there are (section 6)"),
    ("NNI106", "", "a step of zero (section 6)"),
    ("NNI107", "", "an empty name (section 6)"),
    ("NNI112", "", "one key for two things (section 4)"),
    ("NNI190", "", "training_update (section 1)"),
    ("NNI101", "", "unknown sampler (section 6)"),
    ("NNI104", "", "a truth value as a number (section 6)"),
    ("NNI105", "", "no option (section 6)"),
    ("NNI108", "", "annotation at the end of its block (section 2)"),
    ("NNI111", "", "function_choice that replaces nothing (section 2)"),
    ("NNI116", "", "annotation within a statement of function_choice (section 6)"),
    ("NNI119", "", "walrus to a new name (section 3)"),
)


def liberal(reason: str) -> str | None:
    """The name of the rule by which nnic takes what NNI refuses for ``reason``."""
    return next((name for part, name in LIBERAL if part in reason), None)


def refused(codes: tuple[str, ...], nni: Mapping[str, Any], runs: bool) -> str | None:
    """The name of the rule by which nnic refuses what NNI takes; a program that ``runs`` must compile."""
    unfit = nni.get("unfit", "")
    rules = [rule for rule in REFUSED if rule[1] in unfit and (rule[1] or not runs)]
    found = [next((name for own, _, name in rules if own == code), None) for code in codes]
    return None if None in found or not found else str(found[0])


_SAMPLER = re.compile(r"nni\.\w+\((?:[^()]|\([^()]*\))*\)")


def dotted(text: str) -> str:
    """An option's text with its samplers as ``...``, without white space."""
    return re.sub(r"\s", "", _SAMPLER.sub("...", text))
