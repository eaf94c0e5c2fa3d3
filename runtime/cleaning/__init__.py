"""Finds and removes what of a project's files can go: ``nnic clean``."""

from nnic.runtime.cleaning.candidates import Candidate, find_candidates
from nnic.runtime.cleaning.removal import remove

__all__ = ["Candidate", "find_candidates", "remove"]
