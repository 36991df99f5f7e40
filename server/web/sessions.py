"""Server-side sessions: the cookie holds an opaque token, PostgreSQL the session, Redis a copy for five minutes.

The copy makes a page cheap; the row makes sure that a member can still post while Redis is down
(docs/decisions/0002). Neither holds an address, a user agent or the token itself.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import structlog
from redis.exceptions import RedisError

from models.database import execute, execute_lightly, fetch, fetch_one
from server.clock import now, to_the_hour
from server.web.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis.asyncio import Redis

LIFETIME = timedelta(days=30)
STAFF_LIFETIME = timedelta(hours=12)
COPY_SECONDS = 300
TOKEN_BYTES = 32
VIEWER = """member.id, member.handle, member.role, session.id AS session_id, session.second_factor, member.phrase_noted,
    member.region, member.keys_off"""

log = structlog.get_logger(__name__)


def session_id_of(token: str) -> str:
    """Return the SHA-256 of a cookie's token, in hex: what the server stores."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _copy_key(session_id: str) -> str:
    return f"session:{session_id}"


async def start_session(member_id: int, *, staff: bool, second_factor: bool, at: datetime, stays: bool = False) -> str:
    """Begin a session and return the token for the cookie, which ``stays`` keeps when the browser is closed.

    The caller may be inside a transaction.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    used_at = at if staff else to_the_hour(at)
    await execute(
        """INSERT INTO session (id, member, created_at, seen_at, expires_at, second_factor, stays)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        session_id_of(token),
        member_id,
        at,
        used_at,
        used_at + (STAFF_LIFETIME if staff else LIFETIME),
        second_factor,
        stays,
    )
    return token


async def find_viewer(redis: Redis, token: str) -> Viewer | None:
    """Return who a cookie's token stands for, or ``None``."""
    session_id = session_id_of(token)
    copy = await _read_copy(redis, session_id)
    if copy is not None:
        return copy
    viewer = await _read_session(session_id, at=now())
    if viewer is not None:
        await _write_copy(redis, msgspec.structs.replace(viewer, stays_longer=False))
    return viewer


async def recognise_viewer(redis: Redis, token: str) -> Viewer | None:
    """Return the same for a page that asks by itself: the session does not count as used, and no copy is made of it."""
    session_id = session_id_of(token)
    copy = await _read_copy(redis, session_id)
    if copy is not None:
        return copy
    row = await fetch_one(
        f"""SELECT {VIEWER} FROM session JOIN member ON member.id = session.member
            WHERE session.id = $1 AND session.expires_at > $2""",
        session_id,
        now(),
    )
    return _viewer_in(row)


async def _read_session(session_id: str, *, at: datetime) -> Viewer | None:
    # Reading and touching are one statement. A member's session moves on with use, and knows the hour alone, its end
    # too; a staff session ends when it ends, and knows the minute, so that a forgotten shift can be told from one that
    # goes on.
    row = await execute_lightly(
        f"""UPDATE session SET
              seen_at = CASE WHEN member.role = 'member' THEN $4 ELSE $2 END,
              expires_at = CASE WHEN member.role = 'member' THEN $3 ELSE session.expires_at END
            FROM member
            WHERE session.id = $1 AND session.expires_at > $2 AND member.id = session.member
            RETURNING {VIEWER}, session.stays AND member.role = 'member' AS stays_longer""",
        session_id,
        at,
        to_the_hour(at) + LIFETIME,
        to_the_hour(at),
    )
    return _viewer_in(row)


def _viewer_in(row: Mapping[str, object] | None) -> Viewer | None:
    return msgspec.convert(dict(row), Viewer) if row else None


async def _read_copy(redis: Redis, session_id: str) -> Viewer | None:
    try:
        copy = await redis.get(_copy_key(session_id))
        return msgspec.json.decode(copy, type=Viewer) if copy else None
    except (RedisError, OSError) as failure:
        log.warning("session_copy_unreadable", exc_info=failure)
    except msgspec.DecodeError:
        log.warning("session_copy_malformed")
    return None


async def _write_copy(redis: Redis, viewer: Viewer) -> None:
    try:
        await redis.set(_copy_key(viewer.session_id), msgspec.json.encode(viewer), ex=COPY_SECONDS)
    except (RedisError, OSError) as failure:
        log.warning("session_copy_unwritable", exc_info=failure)


async def forget_copies(redis: Redis, session_ids: list[str]) -> None:
    """Drop Redis's copies, so that the next request reads the row. Without Redis they fade within five minutes."""
    if not session_ids:
        return
    try:
        await redis.delete(*(_copy_key(session_id) for session_id in session_ids))
    except (RedisError, OSError) as failure:
        log.warning("session_copy_undeletable", exc_info=failure)


async def refresh_member(redis: Redis, member_id: int) -> None:
    """Make every session of a member read anew: after a change of handle, role, region, phrase or keys."""
    rows = await fetch("SELECT id FROM session WHERE member = $1", member_id)
    await forget_copies(redis, [row["id"] for row in rows])


async def end_session(redis: Redis, session_id: str) -> int | None:
    """End one session, and return whose it was."""
    row = await fetch_one("DELETE FROM session WHERE id = $1 RETURNING member", session_id)
    await forget_copies(redis, [session_id])
    return row["member"] if row else None


async def end_sessions(redis: Redis, member_id: int, *, except_session: str = "") -> int:
    """End a member's sessions, all but the named one, and return how many; no device of theirs is called any more."""
    rows = await fetch(
        """WITH forgotten AS (DELETE FROM push_subscription WHERE member = $1)
           DELETE FROM session WHERE member = $1 AND id <> $2 RETURNING id""",
        member_id,
        except_session,
    )
    await forget_copies(redis, [row["id"] for row in rows])
    return len(rows)
