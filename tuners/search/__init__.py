"""Tuners that look at whole trials only, and what they share with other tuners."""
