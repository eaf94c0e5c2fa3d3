"""Checks files and folders, and makes the fixes of findings."""
