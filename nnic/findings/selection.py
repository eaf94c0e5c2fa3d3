"""Which findings are wanted: codes, or what codes begin with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EVERYTHING = "NNI"


@dataclass(frozen=True, slots=True)
class Selection:
    """What ``--select`` and ``--ignore`` say; of two that fit a code the longer one counts."""

    select: tuple[str, ...] = (EVERYTHING,)
    ignore: tuple[str, ...] = ()

    def wants(self, code: str) -> bool:
        """Tell whether findings with ``code`` are reported."""
        return _fit(code, self.select) > _fit(code, self.ignore)

    def ignoring(self, codes: Iterable[str]) -> Selection:
        """This selection without ``codes``, however long the ones that select them."""
        exact = tuple(codes)
        return Selection(tuple(c for c in self.select if not c.startswith(exact)), (*self.ignore, *exact))


def check_code(code: str) -> str:
    """Return ``code`` in capitals.

    Raises
    ------
    ValueError
        When no finding's code begins with it.
    """
    from nnic.findings.catalogue import CATALOGUE

    upper = code.strip().upper()
    if upper and any(known.startswith(upper) for known in CATALOGUE):
        return upper
    raise ValueError(f"there is no finding {code!r}; nnic explain lists them all")


def _fit(code: str, prefixes: tuple[str, ...]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)
