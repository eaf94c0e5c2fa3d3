"""Runs experiments as processes: starts and resumes them, and asks them something from elsewhere."""
