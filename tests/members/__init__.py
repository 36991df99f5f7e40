"""Tests of joining, signing in, accounts and leaving."""
