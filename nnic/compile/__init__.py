"""Compiles files and programs, and writes the compiled programs."""
