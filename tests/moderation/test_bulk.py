"""One decision for many cases: which are found, of those that are ticked alone, and with a word on what was done."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.forum.taking_down import delete_post
from server.moderation.undoing import undo
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_reply, a_thread
from tests.support.people import Person, a_member, form_token, submit
from triage.queue.audit import read_entries
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx

SPAM = "Buy the wonder cure for every pain at my shop today, offer"


@pytest.fixture
async def raid(author: Person, moderator: Person) -> list[int]:
    """Three cases of posts that are much alike."""
    board = await a_board()
    posts = [(await a_thread(board, author, body=f"{SPAM} {n}!")).post_id for n in range(3)]
    return [await flag_post(post_id) for post_id in posts]


async def send(client: httpx.AsyncClient, raid: list[int], *chosen: int, **fields: str) -> httpx.Response:
    ticked = {f"case-{case_id}": "1" for case_id in chosen}
    return await submit(client, f"/moderation/cases/{raid[0]}/alike", {**ticked, **fields}, page="/me")


async def test_what_was_unticked_stays_so_after_a_mistake(client: httpx.AsyncClient, raid: list[int]) -> None:
    assert (await client.get(f"/moderation/cases/{raid[0]}/alike")).text.count(' value="1" checked') == 3

    answer = await send(client, raid, *raid[:2], post_act="remove")

    assert answer.status_code == 422
    assert [f'name="case-{case_id}" value="1" checked' in answer.text for case_id in raid] == [True, True, False]


async def test_page_says_how_many_were_decided(client: httpx.AsyncClient, raid: list[int]) -> None:
    colleague = await a_member("calm-owl-2", role="moderator")
    assert await claim(raid[2], colleague.id, at=now())

    answer = await send(client, raid, *raid, post_act="remove", reason="Selling.")

    page = await client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Decided: 2. Left alone: 1." in page.text
    assert [case["id"] for case in await open_cases()] == [raid[2]]


async def test_second_press_is_answered_as_the_first(client: httpx.AsyncClient, raid: list[int]) -> None:
    answers = [await send(client, raid, *raid, post_act="remove", reason="Selling.", pause="7") for _ in range(2)]

    assert [answer.headers["location"].split("?")[1] for answer in answers] == ["decided=3&left=0"] * 2
    assert len(await fetch("SELECT 1 FROM decision")) == 3


async def test_two_presses_at_the_same_moment_decide_all_once(
    client: httpx.AsyncClient, author: Person, raid: list[int]
) -> None:
    ticked = {f"case-{case_id}": "1" for case_id in raid}
    fields = {**ticked, "post_act": "remove", "reason": "Selling.", "_csrf_token": await form_token(client, "/me")}

    answers = await asyncio.gather(*(client.post(f"/moderation/cases/{raid[0]}/alike", data=fields) for _ in range(4)))

    assert [answer.headers["location"].split("?")[1] for answer in answers] == ["decided=3&left=0"] * 4
    assert await open_cases() == []
    assert len(await fetch("SELECT 1 FROM notice WHERE member = $1", author.id)) == 3


async def test_another_decision_than_before_is_not_taken_for_it(client: httpx.AsyncClient, raid: list[int]) -> None:
    await send(client, raid, *raid, post_act="remove", reason="Selling.")

    answer = await send(client, raid, *raid, post_act="hold", reason="Selling.")

    assert answer.headers["location"].endswith("decided=0&left=3")


async def test_case_that_one_has_stays_with_them(
    client: httpx.AsyncClient, author: Person, moderator: Person, raid: list[int]
) -> None:
    [board] = await fetch("SELECT id, slug FROM board")
    held = await flag_post((await a_thread(BoardInTest(**board), author, body="I cannot sleep.")).post_id)
    assert await claim(held, moderator.id, at=now())
    await execute("UPDATE post SET revision = 2 WHERE id = (SELECT post FROM moderation_case WHERE id = $1)", raid[1])

    answer = await send(client, raid, *raid, post_act="remove", reason="Selling.")

    assert answer.headers["location"].endswith("decided=2&left=1")
    assert [(case["id"], case["claimed_by"]) for case in await open_cases()] == [(raid[1], None), (held, moderator.id)]


async def test_nothing_ticked_is_nothing_to_decide(client: httpx.AsyncClient, raid: list[int]) -> None:
    answer = await send(client, raid, post_act="remove", reason="Selling.")

    assert answer.status_code == 422
    assert "Please choose at least one." in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


async def test_title_is_read_with_the_opening_post(
    client: httpx.AsyncClient, author: Person, moderator: Person
) -> None:
    thread = await a_thread(await a_board(), author, title="Buy at evil.example", body="Hello all")
    case_id = await flag_post(await a_reply(thread, author, "Something else"))
    opening = await flag_post(thread.post_id)

    page = (await client.get(f"/moderation/cases/{opening}/alike?by=author")).text

    assert listed(page) == [opening, case_id]
    assert page.count("Buy at evil.example") == 1
    assert page.index("cover-inside") < page.index("Buy at evil.example") < page.index("Hello all")


async def test_posts_are_alike_by_their_titles_too(
    client: httpx.AsyncClient, author: Person, moderator: Person
) -> None:
    board = await a_board()
    posts = [(await a_thread(board, author, title=SPAM, body=body)).post_id for body in ("Hello", "Good day")]
    cases = [await flag_post(post_id) for post_id in posts]

    assert listed((await client.get(f"/moderation/cases/{cases[0]}/alike")).text) == cases


async def test_post_that_its_author_took_down_is_not_among_them(
    client: httpx.AsyncClient, author: Person, raid: list[int]
) -> None:
    urgent = await fetch_one("SELECT post FROM moderation_case WHERE id = $1", raid[1])
    assert await flag_post(urgent["post"], Severity.CRISIS) == raid[1]
    await delete_post(urgent["post"], author.id, at=now())

    page = (await client.get(f"/moderation/cases/{raid[0]}/alike?by=author")).text

    assert raid[1] in [case["id"] for case in await open_cases()]
    assert listed(page) == [raid[0], raid[2]]


CRIES = ("The night shift is the worst.", "Nobody at home talks to me.", "My tablets ran out on Friday.")
"""Posts that have nothing in common."""


def listed(page: str) -> list[int]:
    """Return the cases that a page shows, in its order."""
    return [int(number) for number in re.findall(r'name="case-(\d+)"', page)]


def ticked(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'name="case-(\d+)" value="\d+" checked', page)]


async def by_one_author(board: BoardInTest, author: Person) -> list[int]:
    """Return cases of posts by one author that are not alike."""
    return [await flag_post((await a_thread(board, author, body=text)).post_id) for text in CRIES]


async def joined_days_ago(person: Person, days: int) -> None:
    await execute("UPDATE member SET joined_on = $2 WHERE id = $1", person.id, now().date() - timedelta(days=days))


async def test_posts_by_one_author_are_found_though_they_are_not_alike(
    client: httpx.AsyncClient, moderator: Person, author: Person
) -> None:
    board = await a_board()
    cases = await by_one_author(board, author)
    await flag_post((await a_thread(board, await a_member("brave-heron-7"))).post_id)
    address = f"/moderation/cases/{cases[1]}/alike"

    alike, same = [(await client.get(f"{address}{choice}")).text for choice in ("", "?by=author")]

    assert listed(alike) == [cases[1]]
    assert listed(same)[0] == cases[1]
    assert sorted(listed(same)) == cases


async def test_author_who_left_has_no_other_posts(client: httpx.AsyncClient, moderator: Person, author: Person) -> None:
    cases = await by_one_author(await a_board(), author)
    await execute("UPDATE post SET author = NULL")

    assert listed((await client.get(f"/moderation/cases/{cases[0]}/alike?by=author")).text) == [cases[0]]


async def test_posts_of_accounts_that_joined_just_before_are_found_on_the_same_board(
    client: httpx.AsyncClient, moderator: Person, author: Person
) -> None:
    board, other_board = await a_board(), await a_board("high-days")
    thread = await a_thread(board, author)
    today, yesterday, before, elsewhere = [await a_member(f"brave-heron-{number}") for number in range(4)]
    await joined_days_ago(yesterday, 1)
    await joined_days_ago(before, 2)
    this, new = [
        await flag_post(await a_reply(thread, person, text))
        for person, text in ((today, CRIES[0]), (yesterday, CRIES[1]))
    ]
    await flag_post(await a_reply(thread, before, CRIES[2]))
    await flag_post((await a_thread(other_board, elsewhere)).post_id)
    same_board = await flag_post((await a_thread(board, today, body=CRIES[2])).post_id)

    page = (await client.get(f"/moderation/cases/{this}/alike?by=new")).text

    assert listed(page) == [this, new, same_board], "those in the same thread first"


async def test_what_is_urgent_is_not_chosen_beforehand(
    client: httpx.AsyncClient, author: Person, moderator: Person, raid: list[int]
) -> None:
    [board] = await fetch("SELECT id, slug FROM board")
    urgent = [
        await flag_post((await a_thread(BoardInTest(**board), author, body=f"{SPAM} {level}!")).post_id, level)
        for level in (Severity.RED, Severity.CRISIS)
    ]

    page = (await client.get(f"/moderation/cases/{raid[0]}/alike")).text

    assert sorted(listed(page)) == sorted([*raid, *urgent])
    assert sorted(ticked(page)) == raid
    assert "Urgent ones are not chosen beforehand" in page


async def test_nobody_is_chosen_beforehand_for_being_new(client: httpx.AsyncClient, raid: list[int]) -> None:
    page = (await client.get(f"/moderation/cases/{raid[0]}/alike?by=new")).text

    assert sorted(listed(page)) == raid
    assert ticked(page) == []
    assert "Nothing is chosen beforehand" in page


async def test_ticks_do_not_give_the_opinion_away_to_who_judges_first(
    client: httpx.AsyncClient, moderator: Person, raid: list[int]
) -> None:
    await execute("UPDATE member SET judges_first_since = $2 WHERE id = $1", moderator.id, now())

    assert ticked((await client.get(f"/moderation/cases/{raid[0]}/alike")).text) == []


async def test_reason_is_needed_and_reaches_each_author(
    client: httpx.AsyncClient, author: Person, moderator: Person, raid: list[int]
) -> None:
    refused = await send(client, raid, *raid, post_act="remove")
    assert refused.status_code == 422
    assert "Please tell the author why, in a sentence." in refused.text

    await send(client, raid, *raid[:2], post_act="remove", reason="Kith is no place for selling.")

    told = await fetch("SELECT kind, detail FROM notice WHERE member = $1", author.id)
    assert [tuple(row) for row in told] == [("post-removed", "Kith is no place for selling.")] * 2
    kept = await fetch("SELECT words FROM decision")
    assert [row["words"] for row in kept] == ["Kith is no place for selling."] * 2


async def test_authors_can_be_paused_each_once_and_are_told(
    client: httpx.AsyncClient, author: Person, moderator: Person, raid: list[int]
) -> None:
    another = await a_member("brave-heron-7")
    [board] = await fetch("SELECT id, slug FROM board")
    raid.append(await flag_post((await a_thread(BoardInTest(**board), another, body=f"{SPAM} 9!")).post_id))

    await send(client, raid, *raid, post_act="remove", reason="Selling.", pause="7")

    for person, posts in ((author, 3), (another, 1)):
        row = await fetch_one("SELECT may_write_from FROM member WHERE id = $1", person.id)
        assert timedelta(days=6) < row["may_write_from"] - now() < timedelta(days=8)
        told = await fetch("SELECT kind FROM notice WHERE member = $1", person.id)
        assert sorted(row["kind"] for row in told) == ["post-removed"] * posts + ["writing-paused"]
    entries = [entry for entry in await read_entries() if entry.act == "decide"]
    assert sorted(str(entry.detail["pause"]) for entry in entries) == ["", "", "7", "7"]


async def test_pause_alone_is_said_once_and_can_be_taken_back(
    client: httpx.AsyncClient, author: Person, moderator: Person, raid: list[int]
) -> None:
    await send(client, raid, *raid, post_act="leave", reason="Please stop.", pause="1")

    told = await fetch("SELECT kind FROM notice WHERE member = $1", author.id)
    assert [row["kind"] for row in told] == ["writing-paused"]
    [pausing] = await fetch("SELECT id FROM decision WHERE act = 'pause'")
    await undo(pausing["id"], moderator.id, at=now())
    assert (await fetch_one("SELECT may_write_from FROM member WHERE id = $1", author.id))["may_write_from"] is None


async def test_pause_needs_a_reason_and_what_was_chosen_comes_back(client: httpx.AsyncClient, raid: list[int]) -> None:
    answer = await send(client, raid, *raid, by="author", post_act="leave", pause="7")

    assert answer.status_code == 422
    assert re.search(r'<option value="7" selected>', answer.text)
    assert '<input type="hidden" name="by" value="author">' in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


async def test_after_the_decision_the_same_choice_is_shown_again(client: httpx.AsyncClient, raid: list[int]) -> None:
    answer = await send(client, raid, raid[0], by="new", post_act="remove", reason="Selling.")

    assert answer.headers["location"] == f"/moderation/cases/{raid[0]}/alike?by=new&decided=1&left=0"


@pytest.mark.parametrize("by", ["", "abc", "\x00", "9" * 400])
async def test_unknown_choice_shows_what_is_alike(client: httpx.AsyncClient, raid: list[int], by: str) -> None:
    page = await client.get(f"/moderation/cases/{raid[0]}/alike", params={"by": by})

    assert page.status_code == 200
    assert sorted(listed(page.text)) == raid
