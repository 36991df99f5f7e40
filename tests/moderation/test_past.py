"""What the page of a case says of before: decisions and objections, notes, and how the author's posts were read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.clock import now
from server.moderation.acts import PostAct
from server.moderation.appealing import appeal
from server.moderation.cases import add_note
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.past import EARLIER_DECISIONS
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx

    from server.forum.posts import Written
    from tests.support.conversation import BoardInTest
    from tests.support.people import Person

WHY = "It names <a place>."
REMOVE = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason=WHY)
LONG = "One sentence after another. " * 20
DOT = re.compile(r'<circle class="severity-dot-(\w+)" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/>')


@pytest.fixture
async def board(author: Person) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def thread(board: BoardInTest, author: Person) -> Written:
    return await a_thread(board, author)


async def page_of(client: httpx.AsyncClient, case_id: object) -> str:
    return (await client.get(f"/moderation/cases/{case_id}")).text


def section(page: str, heading: str) -> str:
    """Return the part of a page below a heading, up to the next section."""
    return page.partition(f'id="{heading}"')[2].partition("</section>")[0]


async def test_earlier_decision_says_what_was_done_and_what_the_author_was_told(
    client: httpx.AsyncClient, moderator: Person, second: Person, thread: Written
) -> None:
    await decided(thread.post_id, second, REMOVE)

    before = section(await page_of(client, await flag_post(thread.post_id)), "author")

    assert re.search(r"<li>Taken down, <time[^>]*>just now</time>, calm-owl-2", before)
    assert "It names &lt;a place&gt;." in before
    assert "<details" not in before


async def test_long_words_are_folded(
    client: httpx.AsyncClient, moderator: Person, second: Person, thread: Written
) -> None:
    await decided(thread.post_id, second, DecisionForm(revision=1, words=LONG.strip()))

    before = section(await page_of(client, await flag_post(thread.post_id)), "author")

    assert re.search(rf"<details><summary>What the author was told</summary>.*{LONG.strip()}", before, re.DOTALL)


async def test_appeal_says_what_it_is_against(
    client: httpx.AsyncClient, moderator: Person, author: Person, second: Person, board: BoardInTest, thread: Written
) -> None:
    decision = await decided(thread.post_id, second, REMOVE)
    for _ in range(EARLIER_DECISIONS):  # so many that the list of the author's leaves that one out
        await decided((await a_thread(board, author)).post_id, second, DecisionForm(revision=1))
    await appeal(decision, author.id, "There is <no> place in it.", at=now())
    [case] = await open_cases()

    page = await page_of(client, case["id"])

    why = section(page, "why")
    assert "There is &lt;no&gt; place in it." in why
    assert re.search(r"Taken down, <time[^>]*>just now</time>, calm-owl-2", why)
    assert "It names &lt;a place&gt;." in why
    assert page.count("There is &lt;no&gt; place in it.") == 1
    assert "Taken down" not in section(page, "author")


async def test_case_that_is_no_appeal_names_none(
    client: httpx.AsyncClient, moderator: Person, author: Person, second: Person, thread: Written
) -> None:
    await appeal(await decided(thread.post_id, second, REMOVE), author.id, "Please look again.", at=now())
    [appealed] = await open_cases()
    assert await claim(appealed["id"], moderator.id, at=now())  # type: ignore[arg-type]
    await decide(appealed["id"], moderator.id, DecisionForm(revision=1), at=now())  # type: ignore[arg-type]

    page = await page_of(client, await flag_post(thread.post_id))

    assert "Please look again." not in section(page, "why")
    assert "Please look again." in section(page, "author")


async def test_notes_of_earlier_cases_of_the_post_are_there(
    client: httpx.AsyncClient, moderator: Person, author: Person, second: Person, board: BoardInTest, thread: Written
) -> None:
    earlier = await flag_post(thread.post_id)
    await add_note(earlier, second.id, "They know the nurse.", at=now())
    assert await claim(earlier, second.id, at=now())
    await decide(earlier, second.id, DecisionForm(revision=1), at=now())
    other = await flag_post((await a_thread(board, author)).post_id)
    await add_note(other, second.id, "About another post.", at=now())
    case_id = await flag_post(thread.post_id)
    await add_note(case_id, second.id, "Of this case.", at=now())

    notes = section(await page_of(client, case_id), "notes")

    assert re.findall(r'<span dir="auto">(.*?)</span>', notes) == ["They know the nurse.", "Of this case."]
    assert notes.count(f'<a href="/moderation/cases/{earlier}">an earlier case</a>') == 1
    assert f'href="/moderation/cases/{case_id}">' not in notes


async def read_as(post_id: int, severity: int) -> None:
    await execute(
        """INSERT INTO assessment (post, revision, model, severity, at_least_amber, at_least_red, crisis,
                                   misinformation, is_misinformation, myth, route, needs_review, created_at)
           VALUES ($1, 1, 'test', $2, 0.9, 0.8, 0.7, 0, false, '', 'publish', true, $3)""",
        post_id, severity, now(),
    )  # fmt: skip


async def test_chart_tells_when_each_post_was_written_and_which_was_not_read(
    client: httpx.AsyncClient, moderator: Person, author: Person, board: BoardInTest
) -> None:
    posts = [(await a_thread(board, author)).post_id for _ in range(4)]
    for post_id, days, severity in zip(posts, (40, 10, 0, 0), (0, 3, 1, None), strict=True):
        written = now() - timedelta(days=days)
        await execute("UPDATE post SET created_at = $2 WHERE id = $1", post_id, written)
        if severity is not None:
            await read_as(post_id, severity)

    page = await page_of(client, await flag_post(posts[1]))

    kinds, across, down, sizes = zip(*DOT.findall(page), strict=True)
    assert kinds == ("green", "crisis", "amber", "unread")
    x, y = [float(one) for one in across], [float(one) for one in down]
    assert x[1] - x[0] > 2 * (x[2] - x[1])
    assert x[3] - x[2] >= 10
    assert y[3] > y[0] > y[2] > y[1]
    assert [float(size) for size in sizes].index(max(map(float, sizes))) == 1
    assert "style=" not in page.partition("<svg")[2].partition("</svg>")[0]
    listed = section(page, "author")
    assert listed.count("</time>: not read yet</li>") == 1
