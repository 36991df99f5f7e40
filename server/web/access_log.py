"""One log line a request: method, route, status, duration. Never an address, a user agent, a referrer or a query."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)


class AccessLog(ASGIMiddleware):
    """Write the line when the answer begins."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Time the request until its first byte goes out."""
        started = time.perf_counter()

        async def send_and_log(message: Message) -> None:
            if message["type"] == "http.response.start":
                log.info(
                    "request",
                    method=scope.get("method", ""),
                    # The route's pattern, not the path: a path may hold a handle.
                    route=scope.get("path_template", ""),
                    status=message["status"],
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )
            await send(message)

        await next_app(scope, receive, send_and_log)
