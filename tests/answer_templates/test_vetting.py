"""From a proposal to retired and back: who may do which step, and what is offered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.answer_templates.service import list_offered
from server.clock import now
from server.housekeeping import run_all
from tests.support.people import hidden_fields, submit
from tests.support.saying import goes_to
from tests.support.templates import FIELDS, a_template
from triage.queue.audit import read_entries, verify

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person

TODAY = now().date()
VETTING = {"checked_on": TODAY.isoformat(), "review_on": (TODAY + timedelta(days=365)).isoformat()}


async def the_template() -> dict[str, object]:
    return dict(await fetch_one("SELECT * FROM template ORDER BY id LIMIT 1"))


async def seen() -> str:
    return (await fetch_one("SELECT updated_at FROM template ORDER BY id LIMIT 1"))["updated_at"].isoformat()


async def offered() -> list[int]:
    return [one.id for _, group in await list_offered(today=TODAY) for one in group]


async def vet(client: httpx.AsyncClient, **changed: str) -> httpx.Response:
    return await submit(client, "/moderation/templates/1/vet", {**VETTING, "seen": await seen(), **changed})


async def test_one_proposes_another_vets_and_it_is_offered(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    made = await submit(client, "/moderation/templates/new", {**FIELDS, "intent": "draft"})
    assert goes_to(made) == ("/moderation/templates/1", "saved")
    await submit(client, "/moderation/templates/1/submit")
    assert await offered() == []

    assert (await vet(colleague)).status_code == 303

    row = await the_template()
    assert (row["state"], row["written_by"], row["checked_on"]) == ("vetted", writer.id, TODAY)
    assert row["vetted_by"] != writer.id
    assert await offered() == [1]
    acts = [(entry.act, entry.subject) for entry in await read_entries()]
    assert acts == [(act, "template:1") for act in ("write-template", "submit-template", "vet-template")]
    assert "Good that you are here" not in str(await read_entries())
    assert await verify() == 3


async def test_writer_cannot_vet_their_own(writer: Person, client: httpx.AsyncClient) -> None:
    await a_template(state="review", written_by=writer)

    answer = await vet(client)

    assert answer.status_code == 409
    assert "Somebody else reads it and vets it" in answer.text
    assert (await the_template())["state"] == "review"
    assert "/moderation/templates/1/vet" not in (await client.get("/moderation/templates/1")).text


@pytest.mark.parametrize("intent", ["review", "example"])
async def test_words_that_are_not_stored_yet_cannot_be_vouched_for(
    writer: Person, client: httpx.AsyncClient, intent: str
) -> None:
    await a_template(state="review")
    page, vetting = "/moderation/templates/1", 'action="/moderation/templates/1/vet"'
    assert vetting in (await client.get(page)).text
    label = "" if intent == "review" else FIELDS["label"]

    answer = await submit(client, page, {**FIELDS, "label": label, "text": "Other words.", "intent": intent})

    assert "Other words." in answer.text
    assert vetting not in answer.text


async def test_nobody_vouches_for_words_that_they_did_not_see(writer: Person, client: httpx.AsyncClient) -> None:
    await a_template(state="review")

    answer = await vet(client, seen="2026-01-01T00:00:00+00:00")

    assert answer.status_code == 409
    assert (await the_template())["state"] == "review"


async def test_other_words_are_not_offered_until_somebody_else_has_vetted_them(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_template()

    await submit(
        client, "/moderation/templates/1",
        {**FIELDS, "text": "Hello, {handle}. How is it?", "seen": await seen(), "intent": "review"},
    )  # fmt: skip

    assert await offered() == []
    assert (await vet(client)).status_code == 409
    assert (await vet(colleague)).status_code == 303
    assert await offered() == [1]


async def test_another_situation_alone_needs_no_vetting(writer: Person, client: httpx.AsyncClient) -> None:
    await a_template()

    await submit(client, "/moderation/templates/1", {**FIELDS, "situation": "loss", "seen": await seen()})

    row = await the_template()
    assert (row["situation"], row["state"], row["written_by"]) == ("loss", "vetted", None)


async def test_change_of_what_somebody_else_changed_meanwhile_is_compared_first(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_template(state="draft")
    before, mine = await seen(), {**FIELDS, "text": "Mine, {handle}."}
    theirs = {"label": "Theirs", "situation": "loss", "text": "Theirs, {handle}."}
    await submit(colleague, "/moderation/templates/1", {**theirs, "seen": before})

    answer = await submit(client, "/moderation/templates/1", {**mine, "seen": before})
    assert answer.status_code == 409
    assert "Mine, {handle}.</textarea>" in answer.text
    for words in ("Theirs", "Grief and loss", "Theirs, {handle}."):
        assert f">{words}</dd>" in answer.text
    assert (await the_template())["text"] == "Theirs, {handle}."

    again = await submit(client, "/moderation/templates/1", {**mine, "seen": hidden_fields(answer.text)["seen"]})
    assert again.status_code == 303


async def test_second_press_of_a_change_is_answered_as_the_first(writer: Person, client: httpx.AsyncClient) -> None:
    await a_template(state="review")
    mine = {**FIELDS, "situation": "loss", "seen": await seen(), "intent": "review"}

    answers = [await submit(client, "/moderation/templates/1", mine) for _ in range(2)]

    assert [goes_to(answer) for answer in answers] == [("/moderation/templates/1", "saved")] * 2
    assert [entry.act for entry in await read_entries()] == ["edit-template"]


@pytest.mark.parametrize("first", [{"label": ""}, {"intent": "example"}], ids=["mistaken", "tried"])
async def test_words_shown_again_overwrite_nothing_saved_meanwhile(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient, first: dict[str, str]
) -> None:
    await a_template(state="draft")
    before = await seen()
    await submit(colleague, "/moderation/templates/1", {**FIELDS, "text": "Theirs, {handle}.", "seen": before})
    shown = await submit(client, "/moderation/templates/1", {**FIELDS, **first, "seen": before})

    answer = await submit(client, "/moderation/templates/1", {**FIELDS, "seen": hidden_fields(shown.text)["seen"]})

    assert answer.status_code == 409
    assert (await the_template())["text"] == "Theirs, {handle}."


async def test_nobody_vouches_after_a_mistake_for_words_that_they_have_not_seen(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_template(state="review")
    before = await seen()
    await submit(client, "/moderation/templates/1", {**FIELDS, "text": "Mine, {handle}.", "seen": before})
    mistaken = await vet(colleague, checked_on="", seen=before)
    vetting_form = mistaken.text.partition('/vet"')[2].partition("</form>")[0]

    answer = await vet(colleague, seen=hidden_fields(vetting_form)["seen"])

    assert (mistaken.status_code, answer.status_code) == (422, 409)
    assert (await the_template())["state"] == "review"


async def test_retired_one_is_offered_again_once_somebody_else_vetted_it(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_template()
    await submit(client, "/moderation/templates/1/retire")
    assert await offered() == []
    assert "Bring it back" in (await client.get("/moderation/templates/1")).text

    await submit(client, "/moderation/templates/1/restore")

    assert await offered() == []
    assert (await vet(client)).status_code == 409, "who brought it back is not the one who vets it"
    assert (await vet(colleague)).status_code == 303
    assert await offered() == [1]
    assert [entry.act for entry in await read_entries()] == ["retire-template", "restore-template", "vet-template"]


@pytest.mark.parametrize(("state", "step"), [("vetted", "restore"), ("retired", "retire"), ("review", "submit")])
async def test_step_that_does_not_follow_is_refused(
    writer: Person, client: httpx.AsyncClient, state: str, step: str
) -> None:
    await a_template(state=state)

    assert (await submit(client, f"/moderation/templates/1/{step}")).status_code == 409
    assert (await the_template())["state"] == state


async def test_what_is_due_is_not_offered_and_is_marked(app: Litestar) -> None:
    await a_template(review_on=TODAY)
    assert await offered() == []

    await run_all(now=now())

    assert (await the_template())["state"] == "expired"


async def test_unknown_variable_is_said_and_the_words_come_back(writer: Person, client: httpx.AsyncClient) -> None:
    answer = await submit(client, "/moderation/templates/new", {**FIELDS, "text": "Hello, {nickname}. How is it?"})

    assert answer.status_code == 422
    assert "There is nothing to put in place of {nickname}." in answer.text
    assert "Hello, {nickname}. How is it?</textarea>" in answer.text
    assert await fetch("SELECT 1 FROM template") == []


async def test_page_shows_how_words_read_without_saving_them(writer: Person, client: httpx.AsyncClient) -> None:
    page = await submit(
        client, "/moderation/templates/new", {"text": "Hello, {handle}. See {resource}.", "intent": "example"}
    )

    assert page.status_code == 200
    assert "Hello, calm-fern-12. See Walking at night." in page.text
    assert "error-summary" not in page.text
    assert "<code>{crisis_line}</code>" in page.text
    assert await fetch("SELECT 1 FROM template") == []


async def test_list_shows_where_each_stands(writer: Person, client: httpx.AsyncClient) -> None:
    await a_template(label="Tea")
    await a_template(label="Coffee", state="review")

    everything, waiting = [(await client.get(f"/moderation/templates{query}")).text for query in ("", "?state=review")]

    assert "Tea" in everything
    assert "Coffee" in everything
    assert 'href="/moderation/templates?state=review">1</a>' in everything
    assert "Tea" not in waiting
