"""Parameters to the unit cube and back."""
