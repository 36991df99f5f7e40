"""Whether this process can do its work, for supervisors and proxies."""

from __future__ import annotations

import asyncpg
from litestar import Response, get
from redis.exceptions import RedisError

from models.database import DATABASE_AWAY, fetch_one
from server.web.request import KithRequest


@get("/health", exclude_from_session=True, exclude_from_csrf=True)
async def health(request: KithRequest) -> Response[dict[str, str]]:
    """Answer 200 where the database answers, else 503 with what is wrong; Redis may be away, and is then named so."""
    try:
        await fetch_one("SELECT 1")
    except asyncpg.InvalidAuthorizationSpecificationError:
        return Response({"database": "refuses the user or the password"}, status_code=503)
    except asyncpg.InvalidCatalogNameError:
        return Response({"database": "does not exist"}, status_code=503)
    except (*DATABASE_AWAY, asyncpg.PostgresError):
        return Response({"database": "away"}, status_code=503)
    try:
        await request.app.state.redis.ping()
    except (RedisError, OSError):
        return Response({"database": "ok", "redis": "away"})
    return Response({"database": "ok", "redis": "ok"})
