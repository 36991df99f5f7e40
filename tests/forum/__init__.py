"""Tests of the forum itself."""
