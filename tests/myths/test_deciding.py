"""Moderators say which myth a post repeats, and put what is true under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import pytest_asyncio

from models.database import execute, fetch, fetch_one
from server.clock import now
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.myths import CLAIM, CORRECTION, a_myth
from tests.support.people import Person, a_member, submit
from triage.queue.audit import read_entries
from triage.queue.claims import claim
from triage.training.decisions import read_decisions

if TYPE_CHECKING:
    import httpx

    from tests.support.app import NewBrowser

SLUG = "moonlight-cures-a-cold"
OTHER = "salt-is-a-mineral"


@pytest_asyncio.fixture
async def thread_id(writer: Person) -> int:
    """A thread whose post the classifier flagged for the myth about the moon; its case is the moderator's."""
    await a_myth()
    await a_myth("Salt is a mineral.", slug=OTHER, topic="addiction")
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"), body="The moon took my cold away.")
    case_id = await flag_post(thread.post_id)
    await execute("UPDATE moderation_case SET myth = $1, is_misinformation = true", SLUG)
    await claim(case_id, writer.id, at=now())
    return thread.thread_id


async def decide(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Decide the one case."""
    sent = {"revision": "1", "act": "decide", "seen_myth": SLUG, **fields}
    return await submit(client, "/moderation/cases/1/decide", sent, page="/me")


async def test_case_page_leads_to_the_myth_and_offers_the_others(client: httpx.AsyncClient, thread_id: int) -> None:
    await a_myth("Unseen.", slug="unseen", state="review")

    page = (await client.get("/moderation/cases/1")).text

    assert f'href="/myths/{SLUG}"' in page
    assert f'<optgroup label="Addiction"><option value="{OTHER}">' in page
    assert "Unseen." not in page


async def test_case_page_knows_a_myth_that_is_not_vetted(client: httpx.AsyncClient, thread_id: int) -> None:
    await execute("UPDATE myth SET state = 'review' WHERE slug = $1", SLUG)

    page = (await client.get("/moderation/cases/1")).text

    assert CLAIM in page
    assert 'href="/moderation/myths/1"' in page
    assert f'href="/myths/{SLUG}"' not in page


async def test_case_page_knows_a_myth_of_the_file_alone(client: httpx.AsyncClient, thread_id: int) -> None:
    await execute("UPDATE moderation_case SET myth = 'methadone-rots-teeth-and-bones'")

    assert "Methadone rots your teeth" in (await client.get("/moderation/cases/1")).text


@pytest.mark.parametrize("answer", [OTHER, "none", SLUG])
async def test_answer_is_kept_as_a_label(client: httpx.AsyncClient, thread_id: int, answer: str) -> None:
    assert (await decide(client, myth=answer)).status_code == 303

    [example] = await fetch("SELECT myth, severity, misinformation FROM labelled_example")
    assert (example["myth"], example["severity"], example["misinformation"]) == (answer, None, None)
    assert (await read_entries())[-1].detail["myth"] == answer


async def test_answer_about_the_myth_alone_teaches_the_classifier_nothing_else(
    client: httpx.AsyncClient, thread_id: int
) -> None:
    await decide(client, myth=OTHER)

    assert await read_decisions() == []


async def test_left_open_it_is_no_label(client: httpx.AsyncClient, thread_id: int) -> None:
    await decide(client, shows_correction="on")

    assert await fetch("SELECT 1 FROM labelled_example") == []


@pytest.mark.parametrize(("myth", "shown"), [("", SLUG), (OTHER, OTHER)])
async def test_correction_stands_under_the_post_for_everybody(
    client: httpx.AsyncClient, new_browser: NewBrowser, thread_id: int, myth: str, shown: str
) -> None:
    await decide(client, myth=myth, shows_correction="on")

    page = (await new_browser().get(f"/threads/{thread_id}")).text
    assert "What the evidence says" in page
    assert "Added by a moderator, checked on 20 November 2026" in page
    assert CORRECTION in page
    assert f'href="/myths/{shown}"' in page
    decision = await fetch_one("SELECT act, detail FROM decision")
    assert (decision["act"], msgspec.json.decode(decision["detail"])["shown_myth"]) == ("attach", shown)
    assert (await read_entries())[-1].detail["shown_myth"] == shown


async def test_undo_takes_the_correction_and_the_label_away(client: httpx.AsyncClient, thread_id: int) -> None:
    await decide(client, myth=OTHER, shows_correction="on")

    await submit(client, "/moderation/decisions/1/undo", page="/me")

    assert await fetch("SELECT 1 FROM post_myth") == []
    assert await fetch("SELECT 1 FROM labelled_example") == []


async def test_undo_leaves_what_stood_there_before(client: httpx.AsyncClient, thread_id: int) -> None:
    await execute("INSERT INTO post_myth (post, myth, attached_at) SELECT id, 1, now() FROM post")
    await decide(client, shows_correction="on")

    await submit(client, "/moderation/decisions/1/undo", page="/me")

    assert len(await fetch("SELECT 1 FROM post_myth")) == 1


@pytest.mark.parametrize("fields", [{"myth": "none"}, {"seen_myth": ""}])
async def test_there_has_to_be_a_correction_to_show(
    client: httpx.AsyncClient, thread_id: int, fields: dict[str, str]
) -> None:
    answer = await decide(client, shows_correction="on", words="My answer", **fields)

    assert answer.status_code == 422
    assert "Please choose the myth" in answer.text
    assert "My answer" in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


@pytest.mark.parametrize(
    "fields", [{"myth": "unseen"}, {"myth": "nonsense"}, {"seen_myth": "unseen", "shows_correction": "on"}]
)
async def test_what_is_not_vetted_is_neither_chosen_nor_shown(
    client: httpx.AsyncClient, thread_id: int, fields: dict[str, str]
) -> None:
    await a_myth("Unseen.", slug="unseen", state="review")

    answer = await decide(client, words="My answer", **fields)

    assert answer.status_code == 409
    assert "Please choose again" in answer.text
    assert "My answer" in answer.text
    assert await fetch("SELECT 1 FROM decision") == []


@pytest.mark.parametrize("state", ["review", "expired", "retired"])
async def test_correction_is_shown_while_its_myth_is_vetted(
    client: httpx.AsyncClient, thread_id: int, state: str
) -> None:
    await decide(client, shows_correction="on")

    await execute("UPDATE myth SET state = $1", state)

    assert "What the evidence says" not in (await client.get(f"/threads/{thread_id}")).text
