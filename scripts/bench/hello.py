"""The least that the same framework and server can do: what Kith's own pages are measured against."""

from __future__ import annotations

import os

from litestar import Litestar, get

from server.cli.web import serve
from server.services.program import end_with_parent
from server.settings import load_settings


@get("/")
async def greet() -> str:
    """Answer with two words."""
    return "Hello, world"


@get("/health")
async def health() -> str:
    """Say that this process can be measured."""
    return "ok"


def load(_target: str) -> Litestar:
    """Build the application in granian's worker."""
    end_with_parent()
    return Litestar([greet, health], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    serve(load_settings(os.environ), load)
