"""Tuners that look at whole trials, and what they share."""
