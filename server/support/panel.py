"""The panel that meets the author of an urgent post: help for their region, and what happens now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch_one
from server.clock import now
from server.help.service import HelplineView, chosen_country, list_help
from server.moderation.presence import Presence, read_presence

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from server.web.viewer import Viewer

LINES_SHOWN = 2


@dataclass(frozen=True)
class SupportPanel:
    """What the panel shows."""

    emergency: HelplineView | None
    lines: list[HelplineView]
    presence: Presence
    post_is_up: bool
    """Everybody can see what help was offered for."""
    post_is_held: bool
    """Only its author and the moderators see it until somebody has decided."""


async def support_panel(viewer: Viewer, default_region: str, redis: Redis) -> SupportPanel:
    """Gather what somebody in this region can use now; the lines for any crisis stand first."""
    found = await list_help(chosen_country("", viewer.region, default_region), "")
    row = await fetch_one(
        """SELECT coalesce(bool_and(post.state IN ('published', 'covered')), false) AS post_is_up,
                  coalesce(bool_or(post.state = 'held'), false) AS post_is_held
           FROM notice JOIN post ON post.id = notice.post
           WHERE notice.member = $1 AND notice.kind = 'support' AND notice.read_at IS NULL""",
        viewer.id,
    )
    return SupportPanel(
        emergency=found.emergency[0] if found.has_emergency_number else None,
        lines=(found.here or found.international)[:LINES_SHOWN],
        presence=await read_presence(redis, at=now()),
        **row,
    )
