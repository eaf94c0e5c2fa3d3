"""The errors that a person can mend: what they have in common, for whoever shows them.

Each error is defined where it is raised, and derives from one of these. So a command line, or a program
that calls nnic, tells them from faults of nnic without knowing them one by one.
"""

from __future__ import annotations


class ExplainedError(Exception):
    """What was asked can't be done; the message says why, where, and what to do next."""


class WrongInputError(ExplainedError, ValueError):
    """Something that was given makes no sense; the message names it."""


class UnknownNameError(ExplainedError, LookupError):
    """There is no experiment or trial of this name; the message says which there are."""
