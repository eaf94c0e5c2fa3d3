"""Generates programs with every kind of statement, and annotations in all carriers among them."""

from programs.statements import Generator

__all__ = ["Generator"]
