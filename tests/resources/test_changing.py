"""Two moderators change the same resource: neither overwrites what they have not seen."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from server.clock import now
from tests.support.people import hidden_fields, submit
from tests.support.resources import FIELDS, a_resource
from tests.support.saying import goes_to
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    import httpx

    from tests.support.people import Person

LIBRARY = "/moderation/resources"
PAGE = f"{LIBRARY}/1"
TODAY = now().date()
DATES = {"checked_on": TODAY.isoformat(), "review_on": (TODAY + timedelta(days=365)).isoformat()}
OTHERWISE = {
    "title": "Day Line",
    "kind": "service",
    "organisation": "The Day People",
    "description": "For anybody up by day.",
    "url": "https://day.example.org/",
    "phone": "0900 987",
    "regions": "GB, IE",
    "languages": "en, cy",
    "topics": "grief",
    "needs": "crisis, suicide",
    "hours": "By day",
    "opening": "Mon-Fri 09:00-17:00",
    "zone": "Europe/London",
    "cost": "Free",
    "source_name": "The directory",
    "source_url": "https://directory.example.org/day",
}


async def phone() -> str:
    return (await fetch_one("SELECT phone FROM resource"))["phone"]


def saved_on(page: str) -> list[str]:
    return re.findall(r"<dd[^>]*>(.*?)</dd>", page.partition('id="saved-title"')[2].partition("</section>")[0])


async def seen_by(client: httpx.AsyncClient) -> str:
    return hidden_fields((await client.get(PAGE)).text)["seen"]


async def test_second_of_two_changes_is_refused_and_its_text_comes_back(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="draft")
    before = await seen_by(colleague)
    await submit(client, PAGE, {**FIELDS, "phone": "0900 987", "seen": before})

    answer = await submit(colleague, PAGE, {**FIELDS, "hours": "By day", "seen": before})

    assert answer.status_code == 409
    assert 'value="By day"' in answer.text
    assert await phone() == "0900 987"


async def test_change_that_was_sent_with_a_mistake_first_overwrites_nothing_saved_meanwhile(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="draft")
    before = await seen_by(client)
    await submit(colleague, PAGE, {**FIELDS, "phone": "0900 987", "seen": before})
    mistaken = await submit(client, PAGE, {**FIELDS, "title": "", "seen": before})

    answer = await submit(client, PAGE, {**FIELDS, "seen": hidden_fields(mistaken.text)["seen"]})

    assert (mistaken.status_code, answer.status_code) == (422, 409)
    assert await phone() == "0900 987"


async def test_whoever_saw_what_was_saved_meanwhile_can_send_theirs(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="draft")
    before = await seen_by(client)
    await submit(colleague, PAGE, {**FIELDS, "phone": "0900 987", "seen": before})
    compared = await submit(client, PAGE, {**FIELDS, "phone": "0900 111", "seen": before})

    answer = await submit(client, PAGE, {**FIELDS, "phone": "0900 111", "seen": hidden_fields(compared.text)["seen"]})

    assert answer.status_code == 303
    assert await phone() == "0900 111"


async def test_words_saved_meanwhile_stand_beside_those_that_were_typed(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="draft")
    before = await seen_by(client)
    await submit(colleague, PAGE, {**FIELDS, **OTHERWISE, "seen": before})

    everything = await submit(client, PAGE, {**FIELDS, "seen": before})
    one = await submit(client, PAGE, {**OTHERWISE, "phone": "0900 111", "seen": before})

    assert saved_on(everything.text) == [*({**OTHERWISE, "kind": "Service"}).values()]
    assert saved_on(one.text) == ["0900 987"]


async def test_page_without_a_change_meanwhile_compares_nothing(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource(state="draft")
    before = await seen_by(client)

    mistaken = await submit(client, PAGE, {**FIELDS, "title": "", "seen": before})
    answer = await submit(client, PAGE, {**FIELDS, "seen": hidden_fields(mistaken.text)["seen"]})

    assert "saved-title" not in mistaken.text
    assert answer.status_code == 303


async def test_words_that_are_not_stored_yet_cannot_be_vouched_for(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="review")
    vetting, before = f'action="{PAGE}/vet"', await seen_by(colleague)
    assert vetting in (await colleague.get(PAGE)).text

    mistaken = await submit(colleague, PAGE, {**FIELDS, "phone": "0900 987", "title": "", "seen": before})
    await submit(client, PAGE, {**FIELDS, "phone": "0900 555", "seen": before, "intent": "review"})
    too_late = await submit(colleague, PAGE, {**FIELDS, "phone": "0900 987", "seen": before, "intent": "review"})

    assert (mistaken.status_code, too_late.status_code) == (422, 409)
    for answer in (mistaken, too_late):
        assert 'value="0900 987"' in answer.text
        assert vetting not in answer.text


async def test_nobody_vouches_after_a_mistake_for_words_that_they_have_not_seen(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="review")
    before = await seen_by(colleague)
    await submit(client, PAGE, {**FIELDS, "phone": "0900 987", "seen": before, "intent": "review"})
    mistaken = await submit(colleague, f"{PAGE}/vet", {**DATES, "checked_on": "", "seen": before})
    vetting_form = mistaken.text.partition('/vet"')[2].partition("</form>")[0]

    answer = await submit(colleague, f"{PAGE}/vet", {**DATES, "seen": hidden_fields(vetting_form)["seen"]})

    assert (mistaken.status_code, answer.status_code) == (422, 409)
    assert 'value="0900 987"' in answer.text
    assert "saved-title" not in answer.text, "the form itself shows what is stored"


async def test_whoever_saves_the_same_words_is_not_their_writer(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await submit(client, f"{LIBRARY}/new", {**FIELDS, "intent": "review"})
    await submit(colleague, PAGE, {**FIELDS, "seen": await seen_by(colleague), "intent": "review"})

    own = await submit(client, f"{PAGE}/vet", {**DATES, "seen": await seen_by(client)})
    other = await submit(colleague, f"{PAGE}/vet", {**DATES, "seen": await seen_by(colleague)})

    assert (own.status_code, other.status_code) == (409, 303)


async def test_vetted_one_that_is_saved_with_the_same_words_stays_with_members(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await submit(client, f"{LIBRARY}/new", {**FIELDS, "intent": "review"})
    await submit(colleague, f"{PAGE}/vet", {**DATES, "seen": await seen_by(colleague)})

    answer = await submit(client, PAGE, {**FIELDS, "seen": await seen_by(client), "intent": "review"})

    assert goes_to(answer) == (PAGE, "saved")
    assert (await client.get("/resources/gb-night-line")).status_code == 200


async def test_draft_goes_to_review_with_the_same_words_and_keeps_its_writer(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await submit(client, f"{LIBRARY}/new", {**FIELDS, "intent": "draft"})

    await submit(colleague, PAGE, {**FIELDS, "seen": await seen_by(colleague), "intent": "review"})

    row = await fetch_one("SELECT state, written_by FROM resource")
    assert (row["state"], row["written_by"]) == ("review", writer.id)


@pytest.mark.parametrize("intent", ["draft", "review"])
async def test_second_press_of_a_form_is_answered_as_the_first(
    writer: Person, client: httpx.AsyncClient, intent: str
) -> None:
    made = [await submit(client, f"{LIBRARY}/new", {**FIELDS, "intent": intent}) for _ in range(2)]
    other = {**FIELDS, "phone": "0900 987", "seen": await seen_by(client), "intent": intent}

    changed = [await submit(client, PAGE, other) for _ in range(2)]

    assert [goes_to(answer) for answer in (*made, *changed)] == [(PAGE, "saved")] * 4
    assert await phone() == "0900 987"
    assert [entry.act for entry in await read_entries()] == ["write-resource", "edit-resource"]
