"""The SQLite file: its schema, what is written to it and read from it, its backup and its lock."""
