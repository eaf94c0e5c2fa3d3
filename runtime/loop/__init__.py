"""The experiment loop: a state machine that asks, commits, launches, collects, assesses and tells."""
