"""What a decision does: to the post, under it, in its thread, and to its author's writing.

Each part returns what it changed, so that it can be taken back; the caller's transaction holds the post.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from models.database import execute, fetch, fetch_one
from server.errors import KithError
from server.forum.changes import keep_revision
from server.forum.notes import own_topic_of
from server.forum.outbox import queue_reading
from server.forum.own_words import BLACKED_OUT, OWN_TITLE
from server.moderation.acts import STATE_AFTER, Pause, PostAct, Voice
from server.moderation.originals import text_to_restore
from server.notices.service import notify, notify_followers
from server.resources.kinds import USABLE
from triage.queue.threads import settle_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.moderation.forms import DecisionForm

Row = Any  # a row's columns are known to its query alone


class ResourceNotVetted(KithError):
    """It is not vetted, or its review is due."""

    status = 409
    title = "This is not vetted"
    sentence = (
        "A resource that you chose is not vetted any more, or its review is due. It is gone from the list below; "
        "nothing was done, and your words are kept."
    )


class Text(NamedTuple):
    """What a post says; the title is its thread's where it opens one, else empty, the note is in its author's words."""

    title: str
    body: str
    note_text: str


async def change_post(post: Row, form: DecisionForm, *, at: datetime) -> dict[str, Any]:
    """Black passages out or put them back, and give the post its state and content note.

    Raises: OriginalGone.
    """
    before = {name: post[name] for name in ("state", "note_topic", "note_text")}
    before |= await _change_text(post, form, at=at)
    if form.post_act is not PostAct.LEAVE:
        topic = post["note_topic"]
        if form.post_act is PostAct.COVER:
            topic = form.note_topic or topic
        elif form.post_act is PostAct.RELEASE:
            topic = await own_topic_of(post["id"], topic)
        await execute(
            "UPDATE post SET state = $2, note_topic = $3 WHERE id = $1", post["id"], STATE_AFTER[form.post_act], topic
        )
        await settle_thread(post["thread"])
    return before


async def _change_text(post: Row, form: DecisionForm, *, at: datetime) -> dict[str, str]:
    """Black passages out of all that the post says, or put them back; the classifier reads what is left anew."""
    current = await _text_of(post["id"])
    wanted = current
    if form.restores_original:
        original = await text_to_restore(post["id"])
        wanted = Text(original.title, original.body, original.note_text)
    for cut in sorted(form.cuts, key=len, reverse=True):
        wanted = Text(*(text.replace(cut, BLACKED_OUT) for text in wanted))
    if wanted == current:
        return {}
    await rewrite(post, wanted, at=at)
    if form.post_act is not PostAct.REMOVE:
        await queue_reading(post["id"], revision=post["revision"] + 1, at=at)
    return current._asdict()


async def _text_of(post_id: int) -> Text:
    """Return what a post says."""
    row = await fetch_one(
        f"""SELECT {OWN_TITLE} AS title, post.body, post.note_text
            FROM post JOIN thread ON thread.id = post.thread WHERE post.id = $1""",
        post_id,
    )
    return Text(**row)


async def rewrite(post: Row, text: Text, *, at: datetime) -> None:
    """Give a post another text, as its next revision; what it said is kept."""
    await keep_revision(post["id"], at=at)
    await execute(
        "UPDATE post SET body = $2, note_text = $3, revision = revision + 1 WHERE id = $1",
        post["id"],
        text.body,
        text.note_text,
    )
    if text.title:
        await execute("UPDATE thread SET title = $2 WHERE id = $1", post["thread"], text.title)


async def answer(post: Row, form: DecisionForm, *, at: datetime) -> dict[str, Any]:
    """Write to whoever wrote the post, in the thread or alone."""
    if not form.words:
        return {}
    if form.voice is Voice.PRIVATE:
        if post["writer"] is not None:
            await notify(post["writer"], "moderator-note", post_id=post["id"], detail=form.words, at=at)
        return {}
    # As in a member's answer: a reply to the opening post starts a branch, another joins the branch of its post.
    row = await fetch_one(
        """WITH new AS (SELECT nextval('post_id_seq') AS id),
                opening AS (SELECT branch FROM post WHERE thread = $1 ORDER BY branch LIMIT 1)
           INSERT INTO post (id, branch, thread, quoted, body, revision, state, note_topic, note_text, created_at,
                             by_moderator)
           SELECT new.id, CASE WHEN $2 = opening.branch THEN new.id ELSE $2 END, $1, $3, $4, 1, 'published', '', '',
                  $5, true FROM new, opening RETURNING id""",
        post["thread"],
        post["branch"],
        post["id"],
        form.words,
        at,
    )
    await execute(
        """UPDATE thread SET reply_count = reply_count + 1, last_post_at = greatest(last_post_at, $2),
                             last_post = greatest(last_post, $3) WHERE id = $1""",
        post["thread"],
        at,
        row["id"],
    )
    # Signed by nobody: whom the moderator avoids as a member, and who avoids them, plays no part.
    await notify_followers(row["id"], at=at)
    return {"reply": row["id"]}


async def attach(post_id: int, resource_ids: Sequence[int], *, at: datetime) -> list[int]:
    """Put vetted resources under a post, in this order; return those that did not stand there already.

    Raises: ResourceNotVetted.
    """
    # Held, so that none is replaced or retired meanwhile; in the order of their ids, as whoever replaces one does.
    usable = await fetch(
        f"""SELECT id FROM resource WHERE id = ANY($1::integer[]) AND {USABLE.format(today="$2")}
            ORDER BY id FOR SHARE""",
        list(resource_ids),
        at.date(),
    )
    if {row["id"] for row in usable} != set(resource_ids):
        raise ResourceNotVetted
    rows = await fetch(
        """INSERT INTO post_resource (post, resource, attached_at)
           SELECT $1, chosen.id, $3 FROM unnest($2::integer[]) WITH ORDINALITY AS chosen (id, place)
           ORDER BY chosen.place ON CONFLICT (post, resource) DO NOTHING RETURNING resource""",
        post_id,
        list(resource_ids),
        at,
    )
    return [row["resource"] for row in rows]


async def pause(member_id: int, form: DecisionForm, *, at: datetime) -> str | None:
    """Let an author's writing rest, or end that; return until when it rested before."""
    row = await fetch_one("SELECT may_write_from FROM member WHERE id = $1 FOR NO KEY UPDATE", member_id)
    if form.pause is Pause.LIFT:
        await execute("UPDATE member SET may_write_from = NULL WHERE id = $1", member_id)
    else:
        until = at + timedelta(days=int(form.pause))
        await execute("UPDATE member SET may_write_from = greatest(may_write_from, $2) WHERE id = $1", member_id, until)
    return row["may_write_from"].isoformat() if row["may_write_from"] else None
