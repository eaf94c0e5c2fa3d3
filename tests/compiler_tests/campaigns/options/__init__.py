"""Options of every kind of expression, annotated in every carrier, with comments in every place."""

from options.generator import Annotated, annotated_program
from options.promises import hold_dropped, hold_written

__all__ = ["Annotated", "annotated_program", "hold_dropped", "hold_written"]
