"""How much each parameter matters for the result."""
