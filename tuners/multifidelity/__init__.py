"""Tuners that spend budgets: successive halving in its forms, and population based training."""
