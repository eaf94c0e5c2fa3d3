"""nnic turns an annotated training script into a tunable program."""

__version__ = "0.1.0"
