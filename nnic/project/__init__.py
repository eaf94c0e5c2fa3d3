"""Which files belong to a program: the code directory, imports, ignore files, settings."""
