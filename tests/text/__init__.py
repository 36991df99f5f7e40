"""Tests of the pure text functions: no database, no HTTP."""
