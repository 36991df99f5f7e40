"""What was blacked out of a post is sealed, not lost: opening it leaves a trace, and a decision can put it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server import housekeeping
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.own_words import BLACKED_OUT
from server.forum.posts import write_thread
from server.forum.taking_down import delete_post
from server.moderation.acts import PostAct
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.undoing import UNDO_WITHIN, undo
from server.notices.service import list_notices
from tests.support.cases import decided, flag_post
from tests.support.conversation import a_board, a_thread, a_writing
from tests.support.people import Person, a_member, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx

    from server.forum.posts import Written

PASSAGE = "twenty of the small tins"
BODY = f"I bought {PASSAGE} of paint today."
BLACKED = f"I bought {BLACKED_OUT} of paint today."


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body=BODY)


@pytest.fixture
async def case_id(thread: Written, moderator: Person) -> int:
    """A case about a post from which a colleague blacked a passage out; the moderator has it."""
    colleague = await a_member("calm-owl-2", role="moderator")
    first = await flag_post(thread.post_id)
    assert await claim(first, colleague.id, at=now())
    await decide(first, colleague.id, DecisionForm(revision=1, cuts=(PASSAGE,)), at=now())
    found = await flag_post(thread.post_id)
    assert await claim(found, moderator.id, at=now())
    return found


async def send(client: httpx.AsyncClient, case_id: int, act: str, **fields: str) -> httpx.Response:
    return await submit(
        client, f"/moderation/cases/{case_id}/decide", {"revision": "2", "act": act, **fields}, page="/me"
    )


async def body_of(post_id: int) -> str:
    return (await fetch_one("SELECT body FROM post WHERE id = $1", post_id))["body"]


async def openings() -> list[tuple[str, int]]:
    rows = await fetch("SELECT subject, actor FROM audit_entry WHERE act = 'open-original'")
    return [(row["subject"], row["actor"]) for row in rows]


async def change(thread: Written, author: Person) -> None:
    wanted = Change(title="A long night", body=f"{BLACKED} And more.", note=ContentNote(), revision=2)
    await change_post(thread.post_id, author.id, wanted, at=now())


async def test_original_is_opened_on_demand_and_that_is_noted(
    client: httpx.AsyncClient, moderator: Person, case_id: int
) -> None:
    page = (await client.get(f"/moderation/cases/{case_id}")).text
    assert "Open the original" in page
    assert PASSAGE not in page
    assert await openings() == []

    opened = await send(client, case_id, "show-original", words="My answer")

    assert opened.status_code == 200
    assert PASSAGE in opened.text
    assert "My answer" in opened.text
    assert await openings() == [(f"case:{case_id}", moderator.id)]


async def test_nobody_but_who_has_the_case_opens_it(client: httpx.AsyncClient, case_id: int) -> None:
    await submit(client, f"/moderation/cases/{case_id}/hand-back", page="/me")

    assert PASSAGE not in (await send(client, case_id, "show-original")).text
    assert await openings() == []


async def test_decision_puts_the_original_back_and_can_be_taken_back(
    client: httpx.AsyncClient, thread: Written, author: Person, moderator: Person, case_id: int
) -> None:
    answer = await send(client, case_id, "decide", restores_original="on")

    assert answer.status_code == 303, answer.text
    assert await body_of(thread.post_id) == BODY
    newest = (await list_notices(author.id)).rows[0]
    assert newest.sentence == "A moderator put back what had been blacked out of your post."
    decision = await fetch_one("SELECT id, act FROM decision ORDER BY id DESC LIMIT 1")
    assert decision["act"] == "restore"
    await undo(decision["id"], moderator.id, at=now())
    assert await body_of(thread.post_id) == BLACKED


async def test_choice_is_kept_where_something_else_is_wrong(client: httpx.AsyncClient, case_id: int) -> None:
    answer = await send(client, case_id, "decide", restores_original="on", post_act="hold")

    assert answer.status_code == 422
    assert 'name="restores_original" value="on" checked' in answer.text
    assert len(await openings()) == 1


async def test_original_does_not_take_away_what_the_author_wrote_since(
    client: httpx.AsyncClient, thread: Written, author: Person, case_id: int
) -> None:
    await change(thread, author)

    opened = await send(client, case_id, "show-original", revision="3")
    assert PASSAGE in opened.text
    assert 'name="restores_original"' not in opened.text
    answer = await send(client, case_id, "decide", revision="3", restores_original="on")

    assert answer.status_code == 409
    assert "cannot be put back" in answer.text
    assert await body_of(thread.post_id) == f"{BLACKED} And more."


async def test_page_of_earlier_versions_is_reached_from_the_case_and_notes_it_too(
    client: httpx.AsyncClient, thread: Written, moderator: Person, case_id: int
) -> None:
    path = f"/posts/{thread.post_id}/history"
    assert f'href="{path}"' in (await client.get(f"/moderation/cases/{case_id}")).text

    assert PASSAGE in (await client.get(path)).text

    assert await openings() == [(f"post:{thread.post_id}", moderator.id)]


async def test_earlier_versions_without_a_black_out_are_read_without_a_trace(
    client: httpx.AsyncClient, author: Person, moderator: Person
) -> None:
    thread = await a_thread(await a_board(), author)
    wanted = Change(title="A long night", body="Something else.", note=ContentNote(), revision=1)
    await change_post(thread.post_id, author.id, wanted, at=now())

    assert "I cannot sleep." in (await client.get(f"/posts/{thread.post_id}/history")).text

    assert await openings() == []


async def test_original_of_a_post_that_was_taken_down_is_gone_after_thirty_days(
    thread: Written, author: Person, case_id: int
) -> None:
    await delete_post(thread.post_id, author.id, at=now())

    await housekeeping.run_all(now=now() + timedelta(days=31))

    kept = await fetch("SELECT body FROM post_revision UNION ALL SELECT before ->> 'body' FROM decision")
    assert [row["body"] for row in kept] == [""]


async def test_original_is_gone_a_year_after_it_was_blacked_out(
    client: httpx.AsyncClient, thread: Written, case_id: int
) -> None:
    await execute("UPDATE post SET created_at = created_at - interval '3 years' WHERE id = $1", thread.post_id)
    await send(client, case_id, "decide")

    await housekeeping.run_all(now=now() + timedelta(days=364))
    assert [row["body"] for row in await fetch("SELECT body FROM post_revision")] == [BODY]
    await housekeeping.run_all(now=now() + timedelta(days=366))

    assert await fetch("SELECT 1 FROM post_revision") == []
    assert await body_of(thread.post_id) == BLACKED


async def test_original_is_kept_for_whoever_decides_about_it_now(client: httpx.AsyncClient, case_id: int) -> None:
    await housekeeping.run_all(now=now() + timedelta(days=366))

    assert [row["body"] for row in await fetch("SELECT body FROM post_revision")] == [BODY]


async def test_original_lies_beside_its_decision_only_while_that_can_be_taken_back(
    thread: Written, case_id: int
) -> None:
    await housekeeping.run_all(now=now())
    assert await kept_beside_decisions() == [BODY]
    await housekeeping.run_all(now=now() + UNDO_WITHIN)
    assert await kept_beside_decisions() == [""]


async def test_note_of_its_author_lies_beside_a_decision_no_longer_either(author: Person, first: Person) -> None:
    thread = await write_thread(
        board_id=(await a_board()).id, author_id=author.id, title="A long night",
        writing=a_writing(BODY, text="My street, at night"), at=now(),
    )  # fmt: skip
    await decided(thread.post_id, first, DecisionForm(revision=1, post_act=PostAct.COVER))
    await delete_post(thread.post_id, author.id, at=now())

    await housekeeping.run_all(now=now() + UNDO_WITHIN)

    assert [row["before"] for row in await fetch("SELECT before ->> 'note_text' AS before FROM decision")] == [""]


async def kept_beside_decisions() -> list[str | None]:
    rows = await fetch("SELECT before ->> 'body' AS body FROM decision")
    return [row["body"] for row in rows]


async def test_original_can_be_put_back_also_after_that(
    client: httpx.AsyncClient, thread: Written, case_id: int
) -> None:
    await housekeeping.run_all(now=now() + UNDO_WITHIN)

    assert (await send(client, case_id, "decide", restores_original="on")).status_code == 303

    assert await body_of(thread.post_id) == BODY
