"""Writes values and narrower ranges back into the source, takes annotations out, and undoes it."""
