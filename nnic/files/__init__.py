"""Which files make a program, and the writing of folders and files."""
