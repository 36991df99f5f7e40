"""The seeded library: vetted where somebody read a source, and nothing of anybody's overwritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.members.erasure import erase_member
from server.myths.forms import check_myth, form_of
from server.myths.looked_for import read_library
from server.myths.seeds import seed_myths
from tests.support.myths import FIELDS, a_myth
from tests.support.people import a_member, enter, fill_in, submit
from triage.myths import read_myths

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

SEEDS = {myth.slug: myth for myth in read_myths()}


def test_every_seed_would_pass_the_form() -> None:
    forms = {
        slug: form_of(
            slug=slug, topic=myth.topic, claim=myth.claim, phrasings=myth.phrasings, harm=myth.harm,
            correction=myth.correction, counter=myth.counter, evidence=myth.evidence,
        )
        for slug, myth in SEEDS.items()
    }  # fmt: skip

    wrong = {slug: check_myth(form, today=now().date()) for slug, form in forms.items()}
    assert {slug: errors for slug, errors in wrong.items() if errors} == {}
    assert all(forms[slug].evidence(myth.evidence) == myth.evidence for slug, myth in SEEDS.items())


async def test_nothing_is_vetted_of_which_nobody_read_a_source(app: Litestar) -> None:
    await seed_myths(now())

    rows = await fetch("SELECT slug, state, checked_on, review_on FROM myth")
    assert {row["slug"] for row in rows} == set(SEEDS)
    for row in rows:
        read = [date.fromisoformat(source.checked) for source in SEEDS[row["slug"]].evidence if source.read]
        assert row["state"] == ("vetted" if read else "review"), row["slug"]
        assert row["checked_on"] == min(read, default=None)
        assert row["review_on"] == (min(read) + timedelta(days=730) if read else None)


async def test_seeding_again_changes_nothing(app: Litestar) -> None:
    assert await seed_myths(now()) == len(SEEDS)
    before = [tuple(row.values()) for row in await fetch("SELECT * FROM myth ORDER BY id")]

    assert await seed_myths(now()) == 0

    assert [tuple(row.values()) for row in await fetch("SELECT * FROM myth ORDER BY id")] == before


async def test_corrected_seed_arrives_where_nobody_touched_the_entry(app: Litestar) -> None:
    await seed_myths(now())
    await execute("UPDATE myth SET correction = 'An older file' WHERE id = 1")

    assert await seed_myths(now()) == 1

    assert (await fetch_one("SELECT correction FROM myth WHERE id = 1"))["correction"] != "An older file"


async def test_what_somebody_changed_or_retired_stays(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_myths(now())
    await enter(client, app, await a_member("steady-heron-20", role="moderator"), second_factor=True)
    seen = (await fetch_one("SELECT updated_at FROM myth WHERE id = 1"))["updated_at"].isoformat()
    await submit(client, "/moderation/myths/1", {**FIELDS, "seen": seen, "intent": "review"})
    await submit(client, "/moderation/myths/2/retire")
    await execute("UPDATE myth SET written_by = NULL, counter = '{}'")  # its writer has left

    await seed_myths(now())

    rows = await fetch("SELECT claim, state FROM myth WHERE id IN (1, 2) ORDER BY id")
    assert (rows[0]["claim"], rows[1]["state"]) == (FIELDS["claim"], "retired")


async def test_what_expired_untouched_is_not_vetted_again_by_the_same_file(app: Litestar) -> None:
    await seed_myths(now())
    await execute("UPDATE myth SET state = 'expired' WHERE state = 'vetted'")

    await seed_myths(now())

    assert await fetch("SELECT 1 FROM myth WHERE state = 'vetted'") == []


async def test_what_came_with_kith_is_looked_for_while_it_waits_for_a_second_reader(app: Litestar) -> None:
    author = await a_member("calm-fern-12")
    await a_myth("Moonlight cures a cough.", slug="from-kith", state="review")
    await a_myth("Moonlight cures a cut.", slug="from-somebody", state="review", written_by=author)
    await a_myth("Moonlight cures a rash.", slug="retired", state="retired")

    looked_for = {myth.slug for myth in await read_library(today=now().date())}

    assert "from-kith" in looked_for
    assert not looked_for & {"from-somebody", "retired"}


async def test_what_somebody_wrote_or_changed_is_not_looked_for_before_it_is_vetted_although_they_left(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    await a_myth("Moonlight cures a cough.", slug="from-kith", state="review")
    await a_myth("Moonlight cures a cut.", slug="changed", state="review")
    writer = await a_member("calm-fern-12", role="moderator")
    await enter(client, app, writer, second_factor=True)
    await submit(client, "/moderation/myths/new", {**FIELDS, "slug": "written", "intent": "review"})
    await fill_in(client, "/moderation/myths/2", {**FIELDS, "claim": "Moonlight closes a cut.", "intent": "review"})

    await erase_member(app.state.redis, writer.id, at=now())

    rows = await fetch("SELECT slug, state, written_by FROM myth WHERE slug IN ('written', 'changed')")
    assert {(row["state"], row["written_by"]) for row in rows} == {("review", None)}
    assert len(rows) == 2
    assert [myth.slug for myth in await read_library(today=now().date())] == ["from-kith"]
