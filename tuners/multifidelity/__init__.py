"""Tuners that hand out budgets: the forms of successive halving, and population based training."""
