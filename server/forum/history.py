"""What a post said before: for moderators alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from models.database import fetch, fetch_one, transaction
from server.clock import now
from server.errors import NotFound
from server.moderation.originals import OPENED, sealed_original
from server.web.authentication import require_viewer, requires_moderator
from server.web.pages import page
from server.web.request import KithRequest
from triage.queue.audit import record

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Revision:
    """One state of a post's text; the newest is the post itself."""

    revision: int
    title: str
    body: str
    note_text: str
    written_at: datetime


async def read_history(post_id: int) -> list[Revision]:
    """Return the revisions of a post, newest first; the current one leads, unless it was taken down.

    Raises: NotFound.
    """
    if await fetch_one("SELECT 1 FROM post WHERE id = $1", post_id) is None:
        raise NotFound
    rows = await fetch(
        """SELECT revision, '' AS title, body, note_text, coalesce(edited_at, created_at) AS written_at FROM post
           WHERE id = $1 AND state <> 'deleted'
           UNION ALL
           SELECT revision, title, body, note_text, written_at FROM post_revision WHERE post = $1
           ORDER BY revision DESC LIMIT 100""",
        post_id,
    )
    return [Revision(**row) for row in rows]


@get("/posts/{post_id:int}/history", guards=[requires_moderator])
async def history_page(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Show what a post said before it was changed or taken down; what was blacked out is not read without a trace."""
    async with transaction():
        if await sealed_original(post_id) is not None:
            await record(OPENED, f"post:{post_id}", actor=require_viewer(request).id, at=now())
    return await page(request, "forum/history.html", post_id=post_id, revisions=await read_history(post_id))


HISTORY_ROUTES = (history_page,)
