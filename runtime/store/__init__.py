"""The store: its protocol, the SQLite file behind it, its schema, log, requests, backup and lock."""
