"""Back into the source: a trial's values, ranges around the best ones, or all annotations out."""

from nnic.writeback.rewrite import Rewriting, rewrite, write_values
from nnic.writeback.slots import Slot, slots_of_ir

__all__ = ["Rewriting", "Slot", "rewrite", "slots_of_ir", "write_values"]
