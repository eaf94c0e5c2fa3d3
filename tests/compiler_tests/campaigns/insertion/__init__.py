"""Inserts annotations at random legal places of a file, and says what a compiler has to find there.

Slots, owners and names are read here from ``ast`` and ``tokenize`` alone: nothing of the compiler is used, so
that a mistake of one side shows.
"""

from insertion.annotating import Expected, annotate
from insertion.reading import Owner, Slot, read_owners

__all__ = ["Expected", "Owner", "Slot", "annotate", "read_owners"]
