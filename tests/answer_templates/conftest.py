"""Two moderators, because one alone cannot vet what they wrote."""

from __future__ import annotations

from tests.resources.conftest import colleague, writer

__all__ = ["colleague", "writer"]
