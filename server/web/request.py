"""The request type of Kith's handlers."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import State

# Any: Litestar's user and auth types; ``server.web.authentication`` types the viewer instead.
KithRequest = Request[Any, Any, State]
