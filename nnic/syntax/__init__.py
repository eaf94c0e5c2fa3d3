"""Texts and trees of Python: spans, comments, blocks, constants, names; nothing of annotations."""
