"""Words of a command line that look like secrets: they are shown and exported as ``***``.

The database keeps them, because a resumed run gives them to the script again; it can be read by its owner
alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MASK = "***"
_NAME = (
    r"(?:[\w.-]*[_.-])?(?:api_?-?key|access_?-?key|private_?-?key|secret(?:_?-?key)?|token|"
    r"pass(?:word|wd|phrase)?|credentials?|authorization)"
)
_OPTION = re.compile(rf"-{{1,2}}{_NAME}\Z", re.IGNORECASE)
_ASSIGNED = re.compile(rf"((?:-{{1,2}}|\+{{1,2}})?{_NAME}=)(?!\Z)", re.IGNORECASE)
# Keys whose beginnings their services have made recognisable.
_KNOWN = re.compile(r"\b(?:sk-|hf_|gh[pousr]_|github_pat_|glpat-|xox[abps]-|AKIA|AIza|pypi-)[\w-]{8,}")
_LOGIN = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")


def mask_secrets(words: Sequence[str]) -> list[str]:
    """Return the words of a command with ``***`` in place of values that look like secrets.

    These are the values of options and assignments with such names (``--api-key X``, ``token=X``), the
    passwords of URLs, and keys in the forms of well-known services.
    """
    masked: list[str] = []
    is_value = False
    for word in words:
        masked.append(MASK if is_value and not word.startswith("-") else _mask_within(word))
        is_value = _OPTION.match(word) is not None
    return masked


def _mask_within(word: str) -> str:
    assigned = _ASSIGNED.match(word)
    if assigned is not None:
        return assigned[1] + MASK
    return _KNOWN.sub(MASK, _LOGIN.sub(rf"\1{MASK}", word))
