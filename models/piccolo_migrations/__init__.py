"""Migrations, oldest first; they only run forwards."""
