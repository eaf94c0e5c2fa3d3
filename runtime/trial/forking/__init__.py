"""Trials that are forked from a process which has imported, or run, their common beginning."""
