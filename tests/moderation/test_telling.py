"""What the author of a post hears of a decision, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from server.clock import now
from server.moderation.acts import Pause, PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import undo
from server.notices.service import list_notices
from server.seeding import seed_all
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx

    from server.forum.posts import Written


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author)


async def decided(thread: Written, moderator: Person, form: DecisionForm) -> int:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    return await decide(case_id, moderator.id, form, at=now())


async def sentences_to(person: Person) -> list[str]:
    return [line.sentence for line in (await list_notices(person.id)).rows]


async def avoid(member: Person, other: Person, kind: str) -> None:
    await execute(
        "INSERT INTO avoidance (member, other, kind, created_at) VALUES ($1, $2, $3, $4)",
        member.id, other.id, kind, now(),
    )  # fmt: skip


ANSWER = DecisionForm(revision=1, words="I read this.")


@pytest.mark.parametrize("kind", ["mute", "block"])
async def test_answer_is_told_to_an_author_who_avoids_the_moderators_member_account(
    thread: Written, author: Person, moderator: Person, kind: str
) -> None:
    await avoid(author, moderator, kind)

    await decided(thread, moderator, ANSWER)

    assert await sentences_to(author) == ["Somebody answered you."]


async def test_answer_is_told_to_an_author_who_follows_no_longer(
    thread: Written, author: Person, moderator: Person
) -> None:
    await execute("DELETE FROM follow")

    await decided(thread, moderator, ANSWER)

    assert await sentences_to(author) == ["Somebody answered you."]


async def test_followers_hear_of_it_once_whomever_they_avoid(
    thread: Written, author: Person, moderator: Person
) -> None:
    follower = await a_member("brave-wren-7")
    await a_reply(thread, follower)
    await avoid(follower, moderator, "block")

    await decided(thread, moderator, ANSWER)

    assert await sentences_to(follower) == ["There is something new in a thread that you follow."]
    assert (await sentences_to(author)).count("Somebody answered you.") == 2


async def test_resource_alone_is_told(thread: Written, author: Person, moderator: Person) -> None:
    await seed_all(now())
    [resource, *_] = await fetch("SELECT id FROM resource WHERE state = 'vetted' AND review_on > $1", now().date())

    await decided(thread, moderator, DecisionForm(revision=1, resources=(resource["id"],)))

    assert await sentences_to(author) == ["A moderator put something under your post that may help you."]


async def test_correction_alone_is_told(thread: Written, author: Person, moderator: Person) -> None:
    await seed_all(now())
    [myth, *_] = await fetch("SELECT slug FROM myth WHERE state = 'vetted' AND review_on > $1", now().date())

    form = DecisionForm(revision=1, myth=myth["slug"], shows_correction=True)
    decision = await decided(thread, moderator, form)

    assert await sentences_to(author) == ["A moderator put what the evidence says under your post."]
    await undo(decision, moderator.id, at=now())
    assert await sentences_to(author) == []


async def test_resource_that_is_not_vetted_any_more_is_refused_and_the_words_are_kept(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    await seed_all(now())
    [resource, *_] = await fetch("SELECT id FROM resource WHERE state = 'vetted' AND review_on > $1", now().date())
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    await execute("UPDATE resource SET state = 'retired' WHERE id = $1", resource["id"])

    fields = {"revision": "1", "act": "decide", f"resource-{resource['id']}": "on", "words": "My answer"}
    answer = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")

    assert answer.status_code == 409
    assert "A resource that you chose is not vetted any more" in answer.text
    assert "My answer" in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


@pytest.mark.parametrize(
    ("pause", "said"),
    [
        (Pause.DAY, "A moderator paused your writing for a while. You can still read everything, and reach help."),
        (Pause.FOR_GOOD, "A moderator closed your account for writing. You can still read everything, and reach help."),
    ],
)
async def test_pause_is_told_for_what_it_is(
    thread: Written, author: Person, moderator: Person, pause: Pause, said: str
) -> None:
    await decided(thread, moderator, DecisionForm(revision=1, pause=pause, reason="Why."))

    line = (await list_notices(author.id)).rows[0]
    assert (line.sentence, line.words) == (said, "Why.")


async def test_removal_with_a_pause_is_told_as_both(thread: Written, author: Person, moderator: Person) -> None:
    form = DecisionForm(revision=1, post_act=PostAct.REMOVE, pause=Pause.DAY, reason="Why.")
    await decided(thread, moderator, form)

    assert {line.kind for line in (await list_notices(author.id)).rows} == {"post-removed", "writing-paused"}
