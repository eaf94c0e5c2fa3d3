"""Executes compiled programs: trials, experiments, launchers, the store."""

if __name__ != "nnic.runtime":
    raise ImportError(f"this package is imported as nnic.runtime, not as {__name__}")
