"""Tests of the services that Kith starts itself."""
