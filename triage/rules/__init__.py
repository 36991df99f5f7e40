"""The rules screen: what must never wait for a model. Small on purpose; it looks for the plain and the certain."""

from triage.rules.screen import Hit, screen

__all__ = ["Hit", "screen"]
