"""What trials run on: which GPU each gets, how many CPU threads it starts, and why one waits."""
