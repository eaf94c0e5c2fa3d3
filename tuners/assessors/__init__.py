"""Assessors decide when a trial is stopped before its end."""
