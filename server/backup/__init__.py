"""Backups: one file with the database and the secret key, and the way back from it."""
