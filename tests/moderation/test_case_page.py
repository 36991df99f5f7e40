"""The page of a case: what it keeps covered, and the words with which it closes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute
from server.clock import now
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member
from tests.support.resources import a_resource
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx

    from server.forum.posts import Written


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body="A post that was read before.")


async def assessed(post_id: int, severity: Severity) -> None:
    await execute(
        """INSERT INTO assessment (post, revision, model, severity, at_least_amber, at_least_red, crisis,
                                   misinformation, is_misinformation, myth, route, needs_review, created_at)
           VALUES ($1, 1, 'test', $2, 0.9, 0.8, 0.7, 0, false, '', 'publish', true, $3)""",
        post_id, severity, now(),
    )  # fmt: skip


async def is_open(client: httpx.AsyncClient, case_id: int) -> bool:
    found = re.search(r'<details class="cover"([^>]*)>', (await client.get(f"/moderation/cases/{case_id}")).text)
    assert found
    return " open" in found[1]


@pytest.mark.parametrize(
    ("severity", "lies_open"), [(Severity.CRISIS, False), (Severity.RED, False), (Severity.AMBER, True)]
)
async def test_post_of_a_report_is_covered_by_how_it_was_read(
    client: httpx.AsyncClient, moderator: Person, thread: Written, severity: Severity, *, lies_open: bool
) -> None:
    await assessed(thread.post_id, severity)
    await report_rules(thread.post_id, (await a_member("brave-wren-7")).id, ReportForm("unkind"), at=now())
    [case] = await open_cases()
    assert case["severity"] == Severity.AMBER

    assert await is_open(client, case["id"]) is lies_open  # type: ignore[arg-type]


async def test_post_stays_covered_after_a_passage_was_blacked_out(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    await assessed(thread.post_id, Severity.CRISIS)
    await execute("UPDATE post SET revision = 2")

    assert not await is_open(client, await flag_post(thread.post_id))


async def test_page_closes_with_the_thread_and_the_moderator(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id, Severity.RED)
    assert await claim(case_id, moderator.id, at=now())

    closing = (await client.get(f"/moderation/cases/{case_id}")).text.partition('id="step-care"')[2]

    assert "5. How are the others, and how are you?" in closing
    assert f'href="/threads/{thread.thread_id}"' in closing
    assert 'href="/moderation/shift"' in closing


async def test_one_can_look_back_on_any_decision(client: httpx.AsyncClient, moderator: Person, thread: Written) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    decision = await decide(case_id, moderator.id, DecisionForm(revision=1), at=now())
    path = f"/moderation/debrief/{decision}"

    assert f'href="{path}"' in (await client.get("/moderation")).text
    assert f'href="{path}"' not in (await client.get(path)).text


async def test_page_does_not_claim_that_every_author_was_shown_help(
    client: httpx.AsyncClient, moderator: Person, thread: Written
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert "The author already sees the lines that are open" not in page
    assert "Only authors of posts that were read as urgent are shown the open lines by themselves" in page


@pytest.mark.parametrize(
    ("body", "need"),
    [
        ("My mother passed away, and I miss her at the funeral.", "bereavement"),
        ("He hits me when he is drunk.", "domestic-abuse"),
        ("I was raped.", "sexual-violence"),
        ("The anorexia is back.", "eating-disorders"),
        ("Heroin again after a year.", "addiction"),
    ],
)
async def test_resources_for_what_the_post_is_about_are_offered(
    client: httpx.AsyncClient, moderator: Person, author: Person, body: str, need: str
) -> None:
    for one in ("bereavement", "domestic-abuse", "sexual-violence", "eating-disorders", "addiction", "veterans"):
        await a_resource(f"Line for {one}", description="It is there.", topics=(), needs=(one,))
    post = await a_thread(await a_board(), author, body=body)
    case_id = await flag_post(post.post_id)
    assert await claim(case_id, moderator.id, at=now())

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    offered = page.partition('id="resources"')[2].partition("</fieldset>")[0]
    assert f"Line for {need}" in offered
    assert "Line for veterans" not in offered
