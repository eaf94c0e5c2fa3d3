"""Which files belong to a program, which Python runs it, and where its experiments are."""
