"""Tuners propose configurations, assessors judge running trials."""

if __name__ != "nnic.tuners":
    raise ImportError(f"this package is imported as nnic.tuners, not as {__name__}")
