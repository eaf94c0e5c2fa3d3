"""Back into the source: a trial's values, ranges around the best ones, or all annotations out.

What rewrites is loaded when it is asked for: compiling needs the slots alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnic.writeback.slots import Slot, slots_of_ir

if TYPE_CHECKING:
    from nnic.writeback.rewriting import Rewriting, rewrite, write_values

__all__ = ["Rewriting", "Slot", "rewrite", "slots_of_ir", "write_values"]


def __getattr__(name: str) -> object:
    if name not in ("Rewriting", "rewrite", "write_values"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nnic.writeback import rewriting

    return getattr(rewriting, name)
