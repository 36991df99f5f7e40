"""A moderator's content note and the author's own: neither destroys the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.moderation.acts import PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from triage.queue.claims import claim

if TYPE_CHECKING:
    from litestar import Litestar


@pytest.fixture
async def moderator(app: Litestar) -> Person:
    return await a_member("calm-owl-1", role="moderator")


async def decided(post_id: int, moderator: Person, act: PostAct, topic: str = "") -> None:
    case_id = await flag_post(post_id)
    assert await claim(case_id, moderator.id, at=now())
    revision = (await fetch_one("SELECT revision FROM post WHERE id = $1", post_id))["revision"]
    form = DecisionForm(revision=revision, post_act=act, note_topic=topic, reason="Why.")
    await decide(case_id, moderator.id, form, at=now())


async def note_of(post_id: int) -> tuple[str, str]:
    row = await fetch_one("SELECT state, note_topic FROM post WHERE id = $1", post_id)
    return row["state"], row["note_topic"]


async def change(post_id: int, author: Person, topic: str) -> None:
    wanted = Change(title="A long night", body="Something else.", note=ContentNote(topic), revision=1)
    await change_post(post_id, author.id, wanted, at=now())


@pytest.mark.parametrize("own", ["", "death"])
async def test_release_takes_our_note_away_and_leaves_the_authors_own(
    author: Person, moderator: Person, own: str
) -> None:
    post_id = (await a_thread(await a_board(), author, topic=own)).post_id

    await decided(post_id, moderator, PostAct.COVER, "self-harm")
    assert await note_of(post_id) == ("covered", "self-harm")
    await decided(post_id, moderator, PostAct.COVER, "medical")
    await decided(post_id, moderator, PostAct.HOLD)
    await decided(post_id, moderator, PostAct.RELEASE)

    assert await note_of(post_id) == ("published", own)


async def test_cover_without_a_topic_keeps_the_authors_note(author: Person, moderator: Person) -> None:
    post_id = (await a_thread(await a_board(), author, topic="death")).post_id

    await decided(post_id, moderator, PostAct.COVER)

    assert await note_of(post_id) == ("covered", "death")


async def test_author_who_changes_the_text_does_not_take_our_note_away(author: Person, moderator: Person) -> None:
    post_id = (await a_thread(await a_board(), author)).post_id
    await decided(post_id, moderator, PostAct.COVER, "self-harm")

    await change(post_id, author, "")

    assert await note_of(post_id) == ("covered", "self-harm")


async def test_note_that_the_author_chose_since_is_their_own(author: Person, moderator: Person) -> None:
    post_id = (await a_thread(await a_board(), author)).post_id
    await decided(post_id, moderator, PostAct.COVER, "self-harm")

    await change(post_id, author, "relapse")
    await decided(post_id, moderator, PostAct.RELEASE)

    assert await note_of(post_id) == ("published", "relapse")


async def test_author_may_drop_their_own_note_once_ours_is_gone(author: Person, moderator: Person) -> None:
    post_id = (await a_thread(await a_board(), author, topic="death")).post_id
    await decided(post_id, moderator, PostAct.COVER, "death")
    await decided(post_id, moderator, PostAct.RELEASE)

    await change(post_id, author, "")

    assert await note_of(post_id) == ("published", "")
