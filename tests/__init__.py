"""Tests of Kith, by the folders that they test."""
