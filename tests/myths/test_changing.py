"""A moderator changes a myth that waits for somebody to vet it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from tests.support.myths import FIELDS, a_myth
from tests.support.people import fill_in, hidden_fields, submit
from tests.support.saying import goes_to
from triage.queue.audit import read_entries

if TYPE_CHECKING:
    import httpx

    from tests.support.people import Person


async def test_words_that_are_not_stored_yet_cannot_be_vouched_for(writer: Person, client: httpx.AsyncClient) -> None:
    await a_myth(state="review")
    page, vetting = "/moderation/myths/1", 'action="/moderation/myths/1/vet"'
    assert vetting in (await client.get(page)).text

    answer = await fill_in(client, page, {**FIELDS, "claim": "", "correction": "Other words."})

    assert answer.status_code == 422
    assert "Other words." in answer.text
    assert vetting not in answer.text


@pytest.mark.parametrize("intent", ["draft", "review"])
async def test_second_press_of_a_form_is_answered_as_the_first(
    writer: Person, client: httpx.AsyncClient, intent: str
) -> None:
    made = [await submit(client, "/moderation/myths/new", {**FIELDS, "intent": intent}) for _ in range(2)]
    seen = hidden_fields((await client.get("/moderation/myths/1")).text)["seen"]
    other = {**FIELDS, "counter": "Who says that?", "seen": seen, "intent": intent}

    changed = [await submit(client, "/moderation/myths/1", other) for _ in range(2)]

    assert [goes_to(answer) for answer in (*made, *changed)] == [("/moderation/myths/1", "saved")] * 4
    assert (await fetch_one("SELECT counter FROM myth"))["counter"] == ["Who says that?"]
    assert [entry.act for entry in await read_entries()] == ["write-myth", "edit-myth"]
