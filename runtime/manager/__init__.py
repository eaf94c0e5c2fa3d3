"""A run as a process: starting, resuming, and asking it for something from another terminal."""
