"""A moderator may judge before they see what the classifier says; whether they did is what the server showed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one, transaction
from server.clock import now
from server.moderation.opinion import set_judges_first
from tests.support.cases import POLICY, flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.assessment import Reason
from triage.queue.cases import Flag, raise_case
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

SENTENCE = "I cannot sleep."
OPINION = (
    "severity-crisis", "Crisis", ">health claim<", "The classifier flags it.", "It said: at least amber", "weighed",
    "A known myth", "to be looked at within",
)  # fmt: skip
"""Words that give it away on the page of the case below."""


@pytest.fixture
async def moderator(app: Litestar, client: httpx.AsyncClient) -> Person:
    """A moderator who judges first since an hour, signed in with a second factor."""
    person = await a_member("calm-owl-1", role="moderator")
    await enter(client, app, person, second_factor=True)
    await set_judges_first(person.id, wanted=True, at=now() - timedelta(hours=1))
    return person


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member("quiet-otter-41")


@pytest.fixture
async def case_id(author: Person, moderator: Person) -> int:
    """A case of which the classifier says everything that it can, and that a member reported; the moderator has it."""
    thread = await a_thread(await a_board(), author, body=SENTENCE)
    await execute(
        """INSERT INTO assessment (post, revision, model, severity, at_least_amber, at_least_red, crisis,
                                   misinformation, is_misinformation, myth, route, needs_review, sentences, created_at)
           VALUES ($1, 1, 'test', 3, 0.9, 0.8, 0.7, 0.9, true, '', 'cover', true, '[[0, 15, 0.4]]', $2)""",
        thread.post_id, now(),
    )  # fmt: skip
    reasons = (
        Reason("model", "crisis", "The classifier flags it."),
        Reason("myth", "insulin-can-be-stopped", "It is much like a known myth."),
        Reason("language", "fr", "It may be in French."),
    )
    flag = Flag(
        post_id=thread.post_id, revision=1, severity=Severity.CRISIS, reasons=reasons, is_misinformation=True,
    )  # fmt: skip
    async with transaction():
        found = await raise_case(flag, POLICY, at=now())
    assert await claim(found, moderator.id, at=now())
    return found


async def page_of(client: httpx.AsyncClient, case_id: int, query: str = "") -> str:
    return (await client.get(f"/moderation/cases/{case_id}{query}")).text


async def judge(client: httpx.AsyncClient, case_id: int, act: str = "decide", **fields: str) -> httpx.Response:
    sent = {"revision": "1", "severity": "amber", "act": act, **fields}
    return await submit(client, f"/moderation/cases/{case_id}/decide", sent, page="/me")


async def had_seen() -> bool:
    return (await fetch_one("SELECT saw_opinion FROM labelled_example"))["saw_opinion"]


def given_away(page: str) -> list[str]:
    main = page.partition("<main")[2].partition("step-safe")[0] + page.partition("step-learn")[2]
    return [words for words in OPINION if words in main.replace('<option value="crisis">crisis', "")]


async def test_by_default_everything_is_shown_and_counts_as_seen(
    client: httpx.AsyncClient, moderator: Person, case_id: int
) -> None:
    await set_judges_first(moderator.id, wanted=False, at=now())

    page = await page_of(client, case_id)
    await judge(client, case_id)

    assert {"severity-crisis", "The classifier flags it.", "It said: at least amber", "weighed"} <= set(
        given_away(page)
    )
    assert await had_seen()


async def test_page_says_nothing_of_the_opinion_and_the_judgement_counts_as_first(
    client: httpx.AsyncClient, case_id: int
) -> None:
    page = await page_of(client, case_id)
    await judge(client, case_id)

    assert given_away(page) == []
    assert SENTENCE in page
    assert "It may be in French." in page
    assert "hidden until you have judged" in page
    assert not await had_seen()


async def test_show_brings_it_with_what_was_typed_and_counts_as_seen(client: httpx.AsyncClient, case_id: int) -> None:
    shown = await judge(client, case_id, "show-opinion", words="My <answer>", saw_opinion="0")

    assert shown.status_code == 200
    assert "The classifier flags it." in shown.text
    assert "My &lt;answer&gt;" in shown.text
    await judge(client, case_id, saw_opinion="0")
    assert await had_seen()


async def test_address_shows_it_too_and_it_stays_shown(client: httpx.AsyncClient, case_id: int) -> None:
    shown = await page_of(client, case_id, "?opinion=shown")
    later = await page_of(client, case_id)
    await judge(client, case_id)

    assert "The classifier flags it." in shown
    assert "The classifier flags it." in later
    assert await had_seen()


async def test_who_reads_along_finds_it_behind_an_address(app: Litestar, new_browser: NewBrowser, case_id: int) -> None:
    reader, browser = await a_member("calm-owl-2", role="moderator"), new_browser()
    await set_judges_first(reader.id, wanted=True, at=now())
    await enter(browser, app, reader, second_factor=True)

    page = await page_of(browser, case_id)

    assert given_away(page) == []
    assert f'href="/moderation/cases/{case_id}?opinion=shown"' in page


async def test_post_from_before_the_choice_may_have_been_seen(
    client: httpx.AsyncClient, moderator: Person, case_id: int
) -> None:
    await execute("UPDATE member SET judges_first_since = $2 WHERE id = $1", moderator.id, now() + timedelta(seconds=1))

    await judge(client, case_id)

    assert await had_seen()


async def test_opinion_in_the_chart_of_another_case_counts_as_seen(
    client: httpx.AsyncClient, moderator: Person, author: Person, case_id: int
) -> None:
    board = BoardInTest(**await fetch_one("SELECT id, slug FROM board"))
    other = await flag_post((await a_thread(board, author, title="Another")).post_id)
    await page_of(client, other, "?opinion=shown")

    await judge(client, case_id)

    assert await had_seen()


async def test_colleagues_look_is_nobody_elses(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, case_id: int
) -> None:
    browser = new_browser()
    await enter(browser, app, await a_member("calm-owl-2", role="moderator"), second_factor=True)
    assert "The classifier flags it." in await page_of(browser, case_id)

    await judge(client, case_id)

    assert not await had_seen()


async def test_list_and_alike_posts_say_nothing_either(client: httpx.AsyncClient, case_id: int) -> None:
    queue = (await client.get("/moderation?severity=amber")).text
    alike = (await client.get(f"/moderation/cases/{case_id}/alike")).text

    assert f'id="case-{case_id}"' in queue
    assert given_away(queue) == []
    assert "case-crisis" not in queue
    assert ">classifier<" not in queue.partition('id="cases"')[2]
    assert given_away(alike) == []


@pytest.mark.parametrize("kind", ["model", "near-threshold", "myth", "deadly"])
async def test_list_is_not_chosen_by_what_the_classifier_says(
    client: httpx.AsyncClient, moderator: Person, case_id: int, kind: str
) -> None:
    colleague = await a_member("quiet-otter-42")
    await flag_post((await a_thread(await a_board("other"), colleague)).post_id)
    await execute("UPDATE moderation_case SET reasons = $1", '[{"kind": "report", "detail": "", "explanation": ""}]')
    await execute(
        "UPDATE moderation_case SET reasons = $2 WHERE id = $1",
        case_id,
        f'[{{"kind": "{kind}", "detail": "", "explanation": ""}}]',
    )

    chosen = (await client.get(f"/moderation?kind={kind}")).text
    others = (await client.get("/moderation?kind=report")).text
    await set_judges_first(moderator.id, wanted=False, at=now())
    shown = (await client.get(f"/moderation?kind={kind}")).text

    assert [page.count('<article class="card') for page in (chosen, others, shown)] == [2, 1, 1]
    assert [f'<option value="{kind}"' in page for page in (chosen, others, shown)] == [False, False, True]


async def test_choice_is_made_on_the_page_of_the_shift(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    async def since() -> object:
        row = await fetch_one("SELECT judges_first_since FROM member WHERE id = $1", moderator.id)
        return row["judges_first_since"]

    before = await since()
    assert 'name="judges_first" value="1" checked' in (await client.get("/moderation/shift")).text
    await submit(client, "/moderation/judging", {"judges_first": "1"}, page="/me")
    assert await since() == before

    await submit(client, "/moderation/judging", {}, page="/me")

    assert await since() is None
    assert 'name="judges_first" value="1" checked' not in (await client.get("/moderation/shift")).text
