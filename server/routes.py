"""Every route of Kith, by feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.forum.front_routes import FRONT_ROUTES
from server.forum.post_routes import POST_ROUTES
from server.forum.thread_routes import THREAD_ROUTES
from server.web.health import health
from server.web.static import service_worker, static_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

ROUTES: Sequence[ControllerRouterHandler] = (
    static_file,
    service_worker,
    health,
    *FRONT_ROUTES,
    *THREAD_ROUTES,
    *POST_ROUTES,
)
