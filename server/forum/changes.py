"""Changing one's own posts. What they said before is kept for moderators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch_one, transaction
from server.errors import KithError, NotAllowed, NotFound
from server.forum.notes import ContentNote, topic_by_moderator
from server.forum.outbox import queue_triage
from server.forum.own_words import IS_OPENING, OWN_TITLE
from server.forum.posts import require_may_write
from server.forum.visibility import open_to
from triage.assessment import Reason
from triage.queue.cases import Flag, hold_cases_of, policy_of, raise_case
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

REVISIONS_KEPT_FOR = timedelta(days=365)
"""After a post was changed. What its author took down goes sooner."""

CHANGED_WHILE_HELD = Reason("changed", "held", "Its author changed it while it was held.")
CHANGED_AS_ASKED = Reason("changed", "asked", "Its author changed it, as a moderator had asked.")


@dataclass(frozen=True)
class OwnPost:
    """A post as its author changes it."""

    id: int
    thread_id: int
    board_slug: str
    board_name: str
    is_opening: bool
    is_open: bool
    """Its author can open its thread, and see its title."""
    title: str
    body: str
    note: ContentNote
    revision: int
    state: str


@dataclass(frozen=True)
class Change:
    """What the author wants the post to be; ``revision`` is the one that they saw."""

    title: str
    body: str
    note: ContentNote
    revision: int


class ChangedMeanwhile(KithError):
    """The post was changed in another tab or on another device."""

    status = 409
    title = "This post was changed meanwhile"
    sentence = "It was changed in another place since you opened it. Your text is below, the saved one beside it."


OWN_POST = f"""
    SELECT post.id, post.thread AS thread_id, board.slug AS board_slug, board.name AS board_name, thread.title,
           post.body, post.note_topic, post.note_text, post.revision, post.author, post.state,
           post.created_at, post.edited_at,
           {IS_OPENING} AS is_opening, {open_to("post.author")} AS is_open
    FROM post JOIN thread ON thread.id = post.thread JOIN board ON board.id = thread.board
    WHERE post.id = $1
"""


async def find_own_post(post_id: int, member_id: int) -> OwnPost:
    """Return a post for its author to change.

    Raises: NotFound where there is none to change, NotAllowed where it is somebody else's.
    """
    return _not_removed(await find_post_to_take_down(post_id, member_id))


async def find_post_to_take_down(post_id: int, member_id: int) -> OwnPost:
    """Return a post of its author's, also one that a moderator took down: its text is still theirs to take away.

    Raises: NotFound, NotAllowed where it is somebody else's.
    """
    return _as_own_post(await _own_row(post_id, member_id, OWN_POST))


async def hold_own_post(post_id: int, member_id: int) -> OwnPost:
    """Return the same, locked until the transaction ends."""
    return _as_own_post(await _own_row(post_id, member_id, f"{OWN_POST} FOR UPDATE OF post"))


async def change_post(post_id: int, member_id: int, change: Change, *, at: datetime) -> int:
    """Save a change and queue it for triage; return the thread's id.

    A topic that a moderator put over it stays where the author chose none.

    Raises: NotFound, NotAllowed, ChangedMeanwhile.
    """
    async with transaction():
        await require_may_write(member_id, at=at)
        own = _not_removed(await hold_own_post(post_id, member_id))
        if own.revision != change.revision:
            raise ChangedMeanwhile
        title = change.title if own.is_opening else own.title
        note = change.note
        if not note.topic and own.note.topic == (await topic_by_moderator(post_id))[0]:
            note = replace(note, topic=own.note.topic)
        if (own.body, own.note, own.title) == (change.body, note, title):
            return own.thread_id
        was_asked = await is_asked_to_edit(post_id)
        await keep_revision(post_id, at=at)
        await execute(
            """UPDATE post SET body = $2, note_topic = $3, note_text = $4, revision = revision + 1, edited_at = $5
               WHERE id = $1""",
            post_id,
            change.body,
            note.topic,
            note.text,
            at,
        )
        if own.is_opening:
            await hold_cases_of(post_id)
            await execute("UPDATE thread SET title = $2 WHERE id = $1", own.thread_id, title)
        await queue_triage(post_id, revision=own.revision + 1, at=at)
        if was_asked or own.state == "held":  # or no moderator would ever see what its author made of it
            reason = CHANGED_AS_ASKED if was_asked else CHANGED_WHILE_HELD
            flag = Flag(post_id=post_id, revision=own.revision + 1, severity=Severity.AMBER, reasons=(reason,))
            await raise_case(flag, await policy_of(post_id), at=at)
    return own.thread_id


async def is_asked_to_edit(post_id: int) -> bool:
    """Tell whether a moderator asked for a change, and none has decided about what the author made of it."""
    row = await fetch_one(
        """SELECT 1 FROM decision AS asked JOIN moderation_case AS its ON its.id = asked."case"
           JOIN post ON post.id = its.post
           WHERE post.id = $1 AND asked.undone_at IS NULL AND asked.detail ->> 'asks_to_edit' = 'true'
             AND (post.edited_at IS NULL OR post.edited_at < asked.decided_at OR NOT EXISTS (
                 SELECT 1 FROM decision AS later JOIN moderation_case ON moderation_case.id = later."case"
                 WHERE moderation_case.post = post.id AND later.undone_at IS NULL
                   AND later.decided_at > post.edited_at)) LIMIT 1""",
        post_id,
    )
    return row is not None


async def keep_revision(post_id: int, *, at: datetime) -> None:
    """Keep what a post says now, for moderators, before it is changed; the caller's transaction holds the post."""
    await execute(
        f"""INSERT INTO post_revision (post, revision, title, body, note_text, written_at, replaced_at)
           SELECT post.id, post.revision, {OWN_TITLE}, post.body, post.note_text,
                  coalesce(post.edited_at, post.created_at), $2
           FROM post JOIN thread ON thread.id = post.thread
           WHERE post.id = $1 ON CONFLICT (post, revision) DO NOTHING""",
        post_id,
        at,
    )


async def forget_old_revisions(*, now: datetime) -> None:
    """Forget what posts that are still up said until a year ago; not while a case about one is open."""
    await execute(
        """DELETE FROM post_revision USING post
           WHERE post.id = post_revision.post AND post.state <> 'deleted' AND post_revision.replaced_at < $1
             AND NOT EXISTS (SELECT 1 FROM moderation_case
                             WHERE moderation_case.post = post.id AND moderation_case.closed_at IS NULL)""",
        now - REVISIONS_KEPT_FOR,
    )


async def _own_row(post_id: int, member_id: int, query: str) -> Mapping[str, object]:
    row = await fetch_one(query, post_id)
    if row is None or row["state"] == "deleted":
        raise NotFound("This post is gone.")
    if row["author"] != member_id:
        raise NotAllowed
    return row  # type: ignore[no-any-return]


def _not_removed(own: OwnPost) -> OwnPost:
    if own.state == "removed":
        raise NotFound("A moderator took this post down, so it cannot be changed any more.")
    return own


def _as_own_post(row: Mapping[str, object]) -> OwnPost:
    fields = dict(row)
    note = ContentNote(str(fields["note_topic"]), str(fields["note_text"]))
    kept = {name: fields[name] for name in OwnPost.__dataclass_fields__ if name != "note"}
    return OwnPost(**kept, note=note)  # type: ignore[arg-type]
