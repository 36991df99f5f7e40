"""The web application: this module only wires."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.config.response_cache import ResponseCacheConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from models.database import close_database, open_database
from server.logs import configure_logs
from server.redis_client import connect_redis
from server.routes import ROUTES
from server.settings import Settings, load_settings
from server.web.access_log import AccessLog
from server.web.authentication import RememberViewer
from server.web.errors import show_error
from server.web.forged_forms import ForgedFormProtection, csrf_config
from server.web.headers import add_security_headers
from server.web.pages import template_environment
from server.web.rate_limits import RateLimits
from server.web.staying import renew_session_cookie

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

MAX_BODY_BYTES = 1_000_000
"""Enough for 100,000 characters in any script, so that a text that is too long can be given back."""

SENT_AS_THEY_ARE = ["^/static/", "^/sw.js$", "^/account/export$", "/live$"]
"""Answers that are compressed already, and live news, which must not wait for a full block."""


def create_app(settings: Settings) -> Litestar:
    """Build the application for ``settings``, which must name a database and a Redis."""
    redis = connect_redis(settings.redis_address)

    @asynccontextmanager
    async def connections(_: Litestar) -> AsyncGenerator[None]:
        await open_database(settings.database_address)
        try:
            yield
        finally:
            await redis.aclose()
            await close_database()

    return Litestar(
        route_handlers=ROUTES,
        lifespan=[connections],
        middleware=[
            AccessLog(),
            RememberViewer(),
            DefineMiddleware(ForgedFormProtection, config=csrf_config(settings)),
        ],
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=4, exclude=SENT_AS_THEY_ARE),
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine(engine_instance=template_environment(settings.base_url))
        ),
        exception_handlers={Exception: show_error, HTTPException: show_error},
        before_send=[add_security_headers, renew_session_cookie],
        request_max_body_size=MAX_BODY_BYTES,
        state=State({"settings": settings, "redis": redis, "rate_limits": RateLimits(redis)}),
        openapi_config=None,
        response_cache_config=ResponseCacheConfig(default_expiration=0),
        logging_config=None,
    )


def create_app_from_environment() -> Litestar:
    """Build the application from the environment; what the web server calls."""
    settings = load_settings(os.environ)
    configure_logs(settings.log_level)
    return create_app(settings)
