"""The panel that meets the author of an urgent post: help for their region, and what happens now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.database import fetch, fetch_one
from server.clock import now
from server.forum.visibility import open_to
from server.help.needs import OF_TOPICS
from server.help.service import HelplineView, choose_help, chosen_country, confirmed_lines
from server.moderation.presence import Presence, read_presence
from triage.queue.tasks import REVISION_LEFT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from redis.asyncio import Redis

    from server.web.viewer import Viewer

LINES_SHOWN = 2
"""Of the best ones; a line that these lack comes beside them."""


@dataclass(frozen=True)
class SupportPanel:
    """What the panel shows."""

    emergency: HelplineView | None
    lines_by_hours: list[tuple[str, list[HelplineView]]]
    """By whether somebody answers: ``always``, ``open`` now, ``unknown``, ``closed`` at this moment."""
    presence: Presence
    post_is_up: bool
    """Everybody can see what help was offered for."""
    post_is_held: bool
    """Only its author and the moderators see it until somebody has decided."""
    was_read: bool
    """A moderator has decided about it as it stands."""
    thread_title: str | None
    """Where that is; None when help was offered for more than one post, or it cannot be opened for now."""
    newest: int
    """Id of the newest offer that this answers."""


async def support_panel(viewer: Viewer, default_region: str, redis: Redis) -> SupportPanel:
    """Gather what somebody in this region can use now, and what happens with what they wrote."""
    at = now()
    country = chosen_country("", viewer.region, default_region)
    found = choose_help(await confirmed_lines(), country, "", at=at)
    row = await fetch_one(
        f"""SELECT coalesce(bool_and(post.state IN ('published', 'covered')), false) AS post_is_up,
                   coalesce(bool_or(post.state = 'held'), false) AS post_is_held,
                   coalesce(bool_and(EXISTS (
                       SELECT 1 FROM moderation_case JOIN decision ON decision."case" = moderation_case.id
                       WHERE moderation_case.post = post.id AND decision.undone_at IS NULL
                         AND {REVISION_LEFT} = post.revision)),
                       false) AS was_read,
                   CASE WHEN count(*) = 1 THEN min(thread.title) FILTER (WHERE {open_to("$1")}) END AS thread_title,
                   max(notice.id) AS newest
            FROM notice JOIN post ON post.id = notice.post JOIN thread ON thread.id = post.thread
            WHERE notice.member = $1 AND notice.kind = 'support' AND notice.read_at IS NULL""",
        viewer.id,
    )
    lines = _lines_to_show([*found.here, *found.international], await _needs_of(viewer.id), at)
    return SupportPanel(
        emergency=found.emergency[0] if found.has_emergency_number else None,
        lines_by_hours=_by_hours(lines, at),
        presence=await read_presence(redis, author=viewer.id, at=at),
        **row,
    )


async def _needs_of(author_id: int) -> set[str]:
    """Return what lines are needed for, by the topics of the posts that help is offered for."""
    rows = await fetch(
        """SELECT DISTINCT unnest(moderation_case.topics) AS topic
           FROM notice JOIN moderation_case ON moderation_case.post = notice.post
           WHERE notice.member = $1 AND notice.kind = 'support' AND notice.read_at IS NULL""",
        author_id,
    )
    return {OF_TOPICS[row["topic"]] for row in rows if row["topic"] in OF_TOPICS}


def _lines_to_show(lines: Iterable[HelplineView], needs: set[str], at: datetime) -> list[HelplineView]:
    """Choose two lines, closed ones last, and add what they lack of one open now, one for anybody, one for the needs.

    ``lines`` are in the order in which they help: local ones before international ones.
    """
    best = sorted(lines, key=lambda line: _hours(line, at) == "closed")
    wanted: tuple[Callable[[HelplineView], bool], ...] = (
        lambda line: _hours(line, at) in ("always", "open"),
        lambda line: line.is_for_anybody,
        lambda line: not needs.isdisjoint(line.needs),
    )
    shown = best[:LINES_SHOWN]
    for fits in wanted:
        if not any(map(fits, shown)):
            shown += list(filter(fits, best))[:1]
    return shown


def _by_hours(lines: Iterable[HelplineView], at: datetime) -> list[tuple[str, list[HelplineView]]]:
    groups: dict[str, list[HelplineView]] = {"always": [], "open": [], "unknown": [], "closed": []}
    for line in lines:
        groups[_hours(line, at)].append(line)
    return [(hours, found) for hours, found in groups.items() if found]


def _hours(line: HelplineView, at: datetime) -> str:
    state = line.state_at(at)
    if line.always_open or state is None:
        return "always" if line.always_open else "unknown"
    return "open" if state.is_open else "closed"
