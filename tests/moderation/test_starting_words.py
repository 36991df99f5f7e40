"""Words to start from: offered on the page of a case, filled in for it, and changed as one likes before they go out."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.helplines import a_helpline
from tests.support.people import Person, submit
from tests.support.resources import a_resource
from tests.support.templates import a_template
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx

ALL = "{handle} in {board}: {crisis_line}, {emergency}, {help}. Under it is {resource}."
WORDS = re.compile(r'<textarea id="words"[^>]*>\n(.*?)</textarea>', re.DOTALL)


@pytest.fixture
async def case_id(author: Person, moderator: Person) -> int:
    """A case that the moderator has."""
    found = await flag_post((await a_thread(await a_board("quiet-nights"), author)).post_id)
    await claim(found, moderator.id, at=now())
    return found


async def press(client: httpx.AsyncClient, case_id: int, act: str, **fields: str) -> httpx.Response:
    return await submit(
        client, f"/moderation/cases/{case_id}/decide", {"revision": "1", "act": act, **fields}, page="/me"
    )


def answer_on(page: str) -> str:
    found = WORDS.search(page)
    assert found
    return html.unescape(found[1])


async def test_words_to_the_author_alone_are_filled_in_for_them_and_their_country(
    client: httpx.AsyncClient, case_id: int, author: Person
) -> None:
    await execute("UPDATE member SET region = 'BE' WHERE id = $1", author.id)
    await a_helpline("Children's Line", country="BE", needs=("crisis", "young-people"), phone="0800 11 111")
    await a_helpline("Night Line", country="BE", phone="0800 32 123")
    await a_helpline("Emergency", country="BE", needs=("emergency",), phone="112")
    await a_helpline("Elsewhere", country="GB", phone="0800 99 999")
    template = await a_template(ALL)
    board = (await fetch_one("SELECT name FROM board"))["name"]

    page = (await press(client, case_id, f"template-{template}", voice="private")).text

    assert answer_on(page) == (
        f"{author.handle} in {board}: Night Line (0800 32 123), 112, http://127.0.0.1:8000/help."
    )
    assert await fetch("SELECT 1 FROM decision") == []


@pytest.mark.parametrize("region", ["GB", None])
async def test_words_in_the_thread_name_lines_of_the_country_of_this_kith(
    client: httpx.AsyncClient, case_id: int, author: Person, region: str | None
) -> None:
    await execute("UPDATE member SET region = $2 WHERE id = $1", author.id, region)
    await a_helpline("Here", country="GB", phone="0800 99 999")
    template = await a_template("{crisis_line} listens.")

    assert answer_on((await press(client, case_id, f"template-{template}")).text) == "Here (0800 99 999) listens."


async def test_words_in_the_thread_do_not_tell_that_their_author_lives_elsewhere(
    client: httpx.AsyncClient, case_id: int, author: Person
) -> None:
    await execute("UPDATE member SET region = 'BE' WHERE id = $1", author.id)
    await a_helpline("Elsewhere", country="BE", phone="0800 32 123")
    await a_helpline("Emergency", country="BE", needs=("emergency",), phone="112")
    await a_helpline("Here", country="GB", phone="0800 99 999")
    template = await a_template("{crisis_line} listens, {emergency} comes.")

    page = (await press(client, case_id, f"template-{template}")).text

    assert answer_on(page) == "a crisis line near you (under “Help now”) listens, the emergency number comes."


async def test_words_about_a_post_that_its_author_took_down_go_to_them_alone(
    client: httpx.AsyncClient, case_id: int, author: Person
) -> None:
    await execute("UPDATE member SET region = 'BE' WHERE id = $1", author.id)
    await execute("UPDATE post SET state = 'deleted'")
    await a_helpline("Night Line", country="BE", phone="0800 32 123")
    await a_template("{crisis_line} listens.")

    assert "Night Line (0800 32 123) listens." in (await client.get(f"/moderation/cases/{case_id}")).text


async def test_first_resource_that_is_ticked_is_named(client: httpx.AsyncClient, case_id: int) -> None:
    resource = await a_resource("Night Walks")
    template = await a_template("I read it. Under it is “{resource}”.")

    page = (await press(client, case_id, f"template-{template}", **{f"resource-{resource}": "on"})).text

    assert answer_on(page) == "I read it. Under it is “Night Walks”."
    assert re.search(rf'name="resource-{resource}" checked', page)


async def test_words_go_below_what_was_written_and_the_rest_of_the_form_stays(
    client: httpx.AsyncClient, case_id: int
) -> None:
    template = await a_template("How is it?")

    page = (await press(client, case_id, f"template-{template}", words="Good evening.", post_act="cover")).text

    assert answer_on(page) == "Good evening.\n\nHow is it?"
    assert 'value="cover" checked' in page


async def test_what_is_sent_is_what_became_of_them(client: httpx.AsyncClient, case_id: int, author: Person) -> None:
    template = await a_template("How is it, {handle}?")
    begun = answer_on((await press(client, case_id, f"template-{template}")).text)

    await press(client, case_id, "decide", words=f"{begun} Really.")

    reply = await fetch_one("SELECT body FROM post WHERE by_moderator")
    assert reply["body"] == f"How is it, {author.handle}? Really."


async def test_author_who_left_is_a_friend(client: httpx.AsyncClient, case_id: int) -> None:
    await a_template("How is it, {handle}?")
    await execute("UPDATE post SET author = NULL")

    assert "How is it, friend?" in (await client.get(f"/moderation/cases/{case_id}")).text


@pytest.mark.parametrize("state", ["draft", "review", "retired", "expired"])
async def test_words_that_nobody_vouches_for_are_not_offered(
    client: httpx.AsyncClient, case_id: int, state: str
) -> None:
    template = await a_template("How is it?", state=state)
    assert "How is it?" not in (await client.get(f"/moderation/cases/{case_id}")).text

    page = (await press(client, case_id, f"template-{template}", words="Mine.")).text

    assert answer_on(page) == "Mine."
    assert "These words are not offered any more." in page


@pytest.mark.parametrize("act", ["template-", "template-x", "template-999999999999999999999", "template-1-1"])
async def test_forged_button_changes_nothing(client: httpx.AsyncClient, case_id: int, act: str) -> None:
    await a_template("How is it?")

    page = await press(client, case_id, act, words="Mine.")

    assert page.status_code == 200
    assert answer_on(page.text) == "Mine."
    assert await fetch("SELECT 1 FROM decision") == []
