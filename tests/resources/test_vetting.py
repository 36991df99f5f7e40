"""From draft to retired: who may do which step, and what happens to posts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.resources.forms import read_resource_form
from server.resources.service import attached_to, search_vetted
from server.resources.suggesting import suggest
from server.resources.vetting import edit_resource
from server.vetting import EntryState, mark_expired
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member, enter, submit
from tests.support.resources import FIELDS, a_resource, attach
from tests.support.saying import goes_to
from triage.queue.audit import read_entries, verify

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person

TODAY = now().date()
NEXT_YEAR = (TODAY + timedelta(days=365)).isoformat()
DATES = {"checked_on": TODAY.isoformat(), "review_on": NEXT_YEAR}


async def the_resource() -> dict[str, object]:
    return dict(await fetch_one("SELECT * FROM resource ORDER BY id LIMIT 1"))


async def seen() -> str:
    return (await fetch_one("SELECT updated_at FROM resource ORDER BY id LIMIT 1"))["updated_at"].isoformat()


async def test_one_writes_another_vets_and_members_see_it(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    made = await submit(client, "/moderation/resources/new", {**FIELDS, "intent": "draft"})
    assert goes_to(made) == ("/moderation/resources/1", "saved")
    assert (await the_resource())["state"] == "draft"
    await submit(client, "/moderation/resources/1/submit")
    assert "Night Line" not in (await client.get("/resources")).text

    page = (await colleague.get("/moderation/resources/1")).text
    assert f'value="{NEXT_YEAR}"' in page
    vetted = await submit(colleague, "/moderation/resources/1/vet", {**DATES, "seen": await seen()})

    assert vetted.status_code == 303
    row = await the_resource()
    assert (row["state"], row["slug"], row["written_by"]) == ("vetted", "gb-night-line", writer.id)
    assert row["vetted_by"] != writer.id
    assert "Night Line" in (await client.get("/resources")).text
    acts = [(entry.act, entry.subject) for entry in await read_entries()]
    assert acts == [(act, "resource:1") for act in ("write-resource", "submit-resource", "vet-resource")]
    assert await verify() == 3


async def test_writer_cannot_vet_their_own(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource(state="review", written_by=writer)

    answer = await submit(client, "/moderation/resources/1/vet", {**DATES, "seen": await seen()})

    assert answer.status_code == 409
    assert "Somebody else reads it and vets it" in answer.text
    assert (await the_resource())["state"] == "review"
    assert "/moderation/resources/1/vet" not in (await client.get("/moderation/resources/1")).text


async def test_whoever_changed_it_last_counts_as_its_writer(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="review", written_by=writer)
    await submit(colleague, "/moderation/resources/1", {**FIELDS, "phone": "0800 999", "seen": await seen()})

    refused = await submit(colleague, "/moderation/resources/1/vet", {**DATES, "seen": await seen()})
    taken = await submit(client, "/moderation/resources/1/vet", {**DATES, "seen": await seen()})

    assert (refused.status_code, taken.status_code) == (409, 303)


async def test_nobody_vets_words_that_they_have_not_seen(
    writer: Person, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    await a_resource(state="review", written_by=writer)
    before = await seen()
    await submit(client, "/moderation/resources/1", {**FIELDS, "phone": "0900 1", "seen": before, "intent": "review"})

    answer = await submit(colleague, "/moderation/resources/1/vet", {**DATES, "seen": before})

    assert answer.status_code == 409
    assert (await the_resource())["state"] == "review"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("checked_on", ""),
        ("checked_on", (TODAY + timedelta(days=1)).isoformat()),
        ("review_on", TODAY.isoformat()),
        ("review_on", "2999-01-01"),
        ("review_on", "soon"),
    ],
)
async def test_vetting_needs_two_sensible_days(
    writer: Person, client: httpx.AsyncClient, field: str, value: str
) -> None:
    await a_resource(state="review")

    answer = await submit(client, "/moderation/resources/1/vet", {**DATES, field: value, "seen": await seen()})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert (await the_resource())["state"] == "review"


@pytest.mark.parametrize("state", ["draft", "vetted", "expired", "retired"])
async def test_only_what_waits_in_review_is_vetted(writer: Person, client: httpx.AsyncClient, state: str) -> None:
    await a_resource(state=state)

    answer = await submit(client, "/moderation/resources/1/vet", {**DATES, "seen": await seen()})

    assert answer.status_code == 409
    assert (await the_resource())["state"] == state


async def test_resource_without_a_source_is_not_vetted(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource(state="review")
    await execute("UPDATE resource SET source_url = ''")

    answer = await submit(client, "/moderation/resources/1/vet", {**DATES, "seen": await seen()})

    assert answer.status_code == 409
    assert "where its facts were read" in answer.text


async def test_change_of_a_vetted_one_goes_back_to_review(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource()
    await a_resource("Day Line")

    await submit(client, "/moderation/resources/1", {**FIELDS, "hours": "At night", "seen": await seen()})

    row = await the_resource()
    assert (row["state"], row["hours"], row["vetted_at"], row["review_on"]) == ("review", "At night", None, None)
    assert (await client.get("/resources/night-line")).status_code == 404


async def test_only_crisis_line_of_the_default_region_is_not_taken_away_by_a_change(
    writer: Person, client: httpx.AsyncClient
) -> None:
    await a_resource()
    await a_resource("Elsewhere", regions=("US",))
    await a_resource("An Article", kind="article")
    await a_resource("Grief Line", needs=("bereavement",))
    await a_resource("Due Line", review_on=TODAY)
    before = await the_resource()

    answer = await submit(client, "/moderation/resources/1", {**FIELDS, "hours": "At night", "seen": await seen()})

    assert answer.status_code == 409
    assert "the only vetted crisis line for United Kingdom" in answer.text
    assert 'value="At night"' in answer.text
    assert await the_resource() == before


async def test_two_changes_at_once_leave_the_default_region_a_crisis_line(app: Litestar, writer: Person) -> None:
    form = read_resource_form(FIELDS)
    for turn in range(10):
        lines = [await a_resource(f"{name} Line {turn}") for name in ("Day", "Night")]
        times = [await fetch_one("SELECT updated_at FROM resource WHERE id = $1", line) for line in lines]
        changes = [
            edit_resource(
                line, form, wanted=EntryState.REVIEW, seen=time["updated_at"].isoformat(), writer_id=writer.id,
                default_region="GB", at=now(),
            )
            for line, time in zip(lines, times, strict=True)
        ]  # fmt: skip

        outcomes = await asyncio.gather(*changes, return_exceptions=True)

        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EntryState", "OnlyCrisisLine"]
        await execute("DELETE FROM resource")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 161),
        ("description", ""),
        ("kind", "rumour"),
        ("url", "javascript:alert(1)"),
        ("url", "http://plain.example.org/"),
        ("url", "https://user@night.example.org/"),
        ("regions", "Atlantis"),
        ("regions", ""),
        ("languages", "tlh"),
        ("languages", "zh-hant-tw"),
        ("needs", "everything"),
        ("topics", ""),
        ("topics", "Not A Topic!"),
        ("slug", "Not A Name"),
    ],
)
async def test_unusable_resource_comes_back_with_what_was_typed(
    writer: Person, client: httpx.AsyncClient, field: str, value: str
) -> None:
    answer = await submit(client, "/moderation/resources/new", {**FIELDS, "hours": "Mine to keep", field: value})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "Mine to keep" in answer.text
    assert await fetch("SELECT 1 FROM resource") == []


async def test_short_name_of_another_is_refused(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource("Night Line")

    answer = await submit(client, "/moderation/resources/new", {**FIELDS, "slug": "night-line"})

    assert answer.status_code == 422
    assert "Another resource has this short name" in answer.text
    assert 'value="0800 123 456"' in answer.text


async def test_expired_one_is_neither_shown_under_a_post_nor_suggested_nor_found(app: Litestar) -> None:
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    good, due = await a_resource("Good Line"), await a_resource("Due Line", review_on=TODAY)
    for resource_id in (good, due, await a_resource("Draft Line", state="draft")):
        await attach(thread.post_id, resource_id)

    attached = (await attached_to([thread.post_id]))[thread.post_id]
    suggested = await suggest("Is there a line that I can talk to?", "GB", ["crisis"])
    found = await search_vetted("line")

    assert [one.resource.id for one in attached] == [good]
    assert [one.id for one in suggested] == [good]
    assert [one.id for one in found] == [good]


async def test_housekeeping_writes_down_what_has_expired(app: Litestar) -> None:
    await a_resource("Due Line", review_on=TODAY)
    good = await a_resource("Good Line")

    assert await mark_expired("resource", now=now()) == 1
    assert await mark_expired("resource", now=now()) == 0

    states = await fetch("SELECT state FROM resource ORDER BY id")
    assert [row["state"] for row in states] == ["expired", "vetted"]
    assert [(entry.act, entry.actor) for entry in await read_entries()] == [("expire-resource", None)]
    assert good == 2


async def test_expired_one_is_submitted_and_vetted_again(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource(review_on=TODAY)

    await submit(client, "/moderation/resources/1/submit")
    await submit(client, "/moderation/resources/1/vet", {**DATES, "seen": await seen()})

    assert (await client.get("/resources/night-line")).status_code == 200


async def test_retired_one_is_gone_for_members_and_stays_retired(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource()

    assert (await submit(client, "/moderation/resources/1/retire")).status_code == 303

    assert (await client.get("/resources/night-line")).status_code == 404
    edited = await submit(client, "/moderation/resources/1", {**FIELDS, "seen": await seen()})
    assert edited.status_code == 409
    assert (await submit(client, "/moderation/resources/1/submit")).status_code == 409


@pytest.mark.parametrize("act", ["new", "1", "1/submit", "1/vet", "1/retire", "1/replace", "import"])
async def test_members_change_nothing(app: Litestar, client: httpx.AsyncClient, act: str) -> None:
    await a_resource(state="review")
    before = await the_resource()
    await enter(client, app, await a_member("quiet-otter-41"))

    answer = await submit(client, f"/moderation/resources/{act}", {**FIELDS, **DATES, "by": "1"}, page="/account")

    assert answer.status_code == 404
    assert await the_resource() == before


async def test_list_says_what_needs_attention(writer: Person, client: httpx.AsyncClient) -> None:
    await a_resource("Good Line")
    await a_resource("Due Line", review_on=TODAY)
    await a_resource("Dead Line")
    await execute("UPDATE resource SET link_problem = 'It answers with the error 404.' WHERE title = 'Dead Line'")

    expired = (await client.get("/moderation/resources?state=expired")).text
    broken = (await client.get("/moderation/resources?state=link")).text

    assert ("Due Line" in expired, "Good Line" in expired) == (True, False)
    assert ("error 404" in broken, "Good Line" in broken) == (True, False)
