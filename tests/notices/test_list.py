"""The list of notices: the member's own, newest first, and marked read when they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from models.forum import ReportKind
from server.clock import now
from server.notices.sentences import DETAILED_SENTENCES, SENTENCES, UNKNOWN, sentence_of
from server.notices.service import PAGE_SIZE, notify
from server.reports.outcomes import Outcome, outcome_detail
from server.support.service import KINDS, follow
from tests.support.conversation import a_board, a_reply, a_thread, set_state
from tests.support.people import a_member, enter, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


async def test_unread_notice_leads_to_its_post_and_is_read_then(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="A long night")
    reply = await a_reply(thread, await a_member("brave-heron-7"))
    await enter(client, app, author)

    page = (await client.get("/notices")).text
    assert "Somebody answered you." in page
    assert "A long night" in page
    assert 'class="new-mark"' in page
    link = re.search(r'href="(/notices/\d+)"', page)
    assert link

    answer = await client.get(link[1])
    assert answer.headers["location"] == f"/posts/{reply}"
    assert 'class="new-mark"' not in (await client.get("/notices")).text


async def test_handle_of_who_sent_support_is_never_told(app: Litestar, client: httpx.AsyncClient) -> None:
    author, friend = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    thread = await a_thread(await a_board(), author)
    await enter(client, app, friend)
    await submit(client, f"/posts/{thread.post_id}/reactions", {"kind": "with-you"}, page="/account/reading")

    await enter(client, app, author)
    page = (await client.get("/notices")).text

    assert "Somebody sent “With you”." in page
    assert friend.handle not in page


async def test_pages_follow_one_another_without_gap_or_repetition(app: Litestar, client: httpx.AsyncClient) -> None:
    member = await a_member("quiet-otter-41")
    total = 2 * PAGE_SIZE + 3
    for number in range(total):
        await notify(member.id, "moderator-note", detail=f"note {number}.", at=now())
    await enter(client, app, member)

    seen: list[int] = []
    address = "/notices"
    while address:
        page = (await client.get(address)).text
        seen += [int(number) for number in re.findall(r"note (\d+)\.", page)]
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1] if older else ""

    assert seen == list(reversed(range(total)))


async def test_marking_all_as_read_spares_what_came_after_the_page(app: Litestar, client: httpx.AsyncClient) -> None:
    member = await a_member("quiet-otter-41")
    await notify(member.id, "moderator-note", detail="shown", at=now())
    await enter(client, app, member)
    page = (await client.get("/notices")).text
    up_to = re.search(r'name="up_to" value="(\d+)"', page)
    assert up_to
    await notify(member.id, "moderator-note", detail="came later", at=now())

    answer = await submit(client, "/notices/read", {"up_to": up_to[1]}, page="/notices")

    assert answer.status_code == 303
    unread = await fetch("SELECT detail FROM notice WHERE read_at IS NULL")
    assert [row["detail"] for row in unread] == ["came later"]


async def test_htmx_gets_the_list_alone_and_an_event_for_the_number(app: Litestar, client: httpx.AsyncClient) -> None:
    member = await a_member("quiet-otter-41")
    await notify(member.id, "moderator-note", detail="a note", at=now())
    await enter(client, app, member)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', (await client.get("/notices")).text)
    assert token

    answer = await client.post("/notices/read", data={"_csrf_token": token[1]}, headers={"hx-request": "true"})

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<div")
    assert "a note" in answer.text
    assert "new-mark" not in answer.text
    assert answer.headers["hx-trigger"] == "notices-read"


async def test_number_counts_unread_notices_and_stops_asking_when_signed_out(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    assert (await client.get("/notices/count", headers={"hx-request": "true"})).status_code == 286
    member = await a_member("quiet-otter-41")
    for _ in range(3):
        await notify(member.id, "moderator-note", detail="a note", at=now())
    await enter(client, app, member)

    answer = await client.get("/notices/count", headers={"hx-request": "true"})

    assert answer.status_code == 200
    assert re.search(r">3<", answer.text)
    assert "<html" not in answer.text


async def test_of_when_a_notice_was_read_the_hour_alone_is_kept(app: Litestar, client: httpx.AsyncClient) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    reply = await a_reply(thread, await a_member("brave-heron-7"))
    for kind, post_id in (("post-noted", thread.post_id), ("reply", reply), ("support", thread.post_id)):
        await notify(author.id, kind, post_id=post_id, at=now())
    await notify(author.id, "moderator-note", detail="a note", at=now())
    opened = (await fetch("SELECT id FROM notice WHERE kind = 'post-noted'"))[0]["id"]
    offered = (await fetch("SELECT id FROM notice WHERE kind = 'support'"))[0]["id"]
    await enter(client, app, author)

    await client.get(f"/notices/{opened}")
    await client.get(f"/threads/{thread.thread_id}")
    await submit(client, "/notices/read", page="/notices")
    await submit(client, "/me/support/close", {"up_to": str(offered)}, page="/help")

    rows = await fetch("SELECT kind, read_at, date_trunc('hour', read_at) AS hour FROM notice")
    assert {row["kind"] for row in rows} == {"post-noted", "reply", "support", "moderator-note"}
    assert [row["kind"] for row in rows if row["read_at"] is None or row["read_at"] != row["hour"]] == []


async def test_notices_of_others_do_not_exist(app: Litestar, client: httpx.AsyncClient) -> None:
    owner, other = await a_member("quiet-otter-41"), await a_member("brave-heron-7")
    await notify(owner.id, "moderator-note", detail="only for the otter", at=now())
    notice = (await fetch("SELECT id FROM notice"))[0]["id"]
    await enter(client, app, other)

    assert (await client.get(f"/notices/{notice}")).status_code == 404
    assert "only for the otter" not in (await client.get("/notices")).text
    await submit(client, "/notices/read", page="/account/reading")
    assert (await fetch("SELECT read_at FROM notice"))[0]["read_at"] is None


async def test_signed_out_visitor_is_asked_to_sign_in(app: Litestar, client: httpx.AsyncClient) -> None:
    answer = await client.get("/notices")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/notices"


@pytest.mark.parametrize("after", ["", "-1", "abc", "1 OR 1=1", "9" * 40, "²", "\x00"])
async def test_forged_cursors_show_the_first_page(app: Litestar, client: httpx.AsyncClient, after: str) -> None:
    member = await a_member("quiet-otter-41")
    await notify(member.id, "moderator-note", detail="a note", at=now())
    await enter(client, app, member)

    answer = await client.get("/notices", params={"after": after})

    assert answer.status_code == 200
    assert "a note" in answer.text


@pytest.mark.parametrize("state", ["deleted", "removed", "held"])
async def test_notice_about_a_post_that_cannot_be_read_has_no_link(
    app: Litestar, client: httpx.AsyncClient, state: str
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author)
    reply = await a_reply(thread, await a_member("brave-heron-7"))
    await set_state(reply, state)
    await enter(client, app, author)

    page = (await client.get("/notices")).text

    assert "Somebody answered you." in page
    assert 'href="/notices/' not in page


async def test_notice_about_a_thread_that_is_gone_keeps_its_title_to_itself(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    author = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), author, title="Soon gone")
    await a_reply(thread, await a_member("brave-heron-7"))
    await execute("UPDATE thread SET deleted_at = now()")
    await enter(client, app, author)

    page = (await client.get("/notices")).text

    assert "Somebody answered you." in page
    assert "Soon gone" not in page


async def test_words_of_a_moderator_are_shown_as_text(app: Litestar, client: httpx.AsyncClient) -> None:
    member = await a_member("quiet-otter-41")
    await notify(member.id, "post-removed", detail="<script>alert(1)</script> It named a place.", at=now())
    await enter(client, app, member)

    page = (await client.get("/notices")).text

    assert "A moderator took your post down." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; It named a place." in page


def test_every_kind_that_is_sent_has_a_sentence() -> None:
    assert set(DETAILED_SENTENCES["reaction"]) == set(KINDS)
    for kind in ReportKind:
        for outcome in Outcome:
            assert sentence_of("report-outcome", outcome_detail(kind, outcome)) != UNKNOWN
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
    assert sentence_of("a kind of tomorrow", "") == UNKNOWN


async def test_notice_tells_no_title_of_a_thread_that_is_held(app: Litestar, client: httpx.AsyncClient) -> None:
    author, friend, reader = (
        await a_member("quiet-otter-41"),
        await a_member("brave-heron-7"),
        await a_member("third-3"),
    )
    thread = await a_thread(await a_board(), author, title="Plantedtitle")
    await follow(reader.id, thread.thread_id, now())
    await a_reply(thread, friend)
    await set_state(thread.post_id, "held")
    await enter(client, app, reader)

    page = (await client.get("/notices")).text

    assert "Plantedtitle" not in page
    assert 'href="/notices/' not in page, "there is nothing to open"


async def test_only_the_newest_page_offers_to_read_all_and_that_reads_the_older_ones(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    member = await a_member("quiet-otter-41")
    for number in range(PAGE_SIZE + 3):
        await notify(member.id, "moderator-note", detail=f"note {number}.", at=now())
    await enter(client, app, member)

    older = re.search(r'href="(/notices\?after=\d+)"', (await client.get("/notices")).text)
    assert older
    assert "Mark all as read" not in (await client.get(older[1])).text
    await submit(client, "/notices/read", page="/notices")

    assert await fetch("SELECT 1 FROM notice WHERE read_at IS NULL") == []
