"""Measures of how much each parameter matters for the result."""
