"""The mapping of parameters to the unit cube and back."""
