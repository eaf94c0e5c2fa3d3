"""Assessors: when a trial is stopped before its end."""
