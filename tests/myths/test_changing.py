"""A moderator changes a myth that waits for somebody to vet it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.myths import FIELDS, a_myth
from tests.support.people import fill_in

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
