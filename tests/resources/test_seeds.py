"""The seeded library: real breadth, honest states, and nothing of an admin's overwritten."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.diagnosis.community import check_community
from server.diagnosis.finding import Level
from server.help.needs import LANGUAGES
from server.resources.forms import FIELDS, LISTS, ResourceForm, check_resource
from server.resources.seeds import ResourceSeed, read_resource_seeds
from server.seeding import read_helpline_seeds, seed_all
from tests.support.people import a_member, enter, submit
from tests.support.resources import FIELDS as TYPED
from tests.support.resources import a_resource

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.settings import Settings

HELPLINES = read_helpline_seeds()
SEEDS = read_resource_seeds(HELPLINES)
CONFIRMED = {line.slug: line for line in HELPLINES if line.state == "confirmed"}
WRITTEN = [seed for seed in SEEDS if seed.slug not in CONFIRMED]


def as_form(seed: ResourceSeed) -> ResourceForm:
    values = {name: getattr(seed, name) for name in FIELDS}
    return ResourceForm(**{name: ", ".join(value) if name in LISTS else value for name, value in values.items()})


def test_every_seed_would_pass_the_form() -> None:
    wrong = {seed.slug: check_resource(as_form(seed)) for seed in SEEDS}

    assert {slug: errors for slug, errors in wrong.items() if errors} == {}


def test_there_are_enough_for_every_topic_and_region() -> None:
    topics = Counter(topic for seed in WRITTEN for topic in seed.topics)
    regions = Counter(region for seed in WRITTEN for region in seed.regions)

    assert len(WRITTEN) >= 100
    for topic in ("addiction", "mental-health", "chronic-illness", "caring", "abuse", "grief"):
        assert topics[topic] >= 15, topic
    for region in ("GB", "US", "IE", "CA", "AU", "NZ", "IN", "DE", "INT"):
        assert regions[region] >= 5, region
    assert {seed.kind for seed in SEEDS} == {"helpline", "service", "article", "worksheet", "group"}


def test_nothing_is_vetted_that_was_not_read() -> None:
    assert {(seed.state, seed.checked_on) for seed in WRITTEN} == {("review", None)}
    for slug, line in CONFIRMED.items():
        seed = next(seed for seed in SEEDS if seed.slug == slug)
        assert (seed.state, seed.checked_on) == ("vetted", line.read_on)
        assert line.read_on is not None
        assert seed.review_on == line.read_on + timedelta(days=365)


def test_addresses_and_short_names_are_each_there_once() -> None:
    slugs = Counter(seed.slug for seed in SEEDS)
    addresses = Counter(seed.url for seed in WRITTEN)

    assert [slug for slug, times in slugs.items() if times > 1] == []
    assert [address for address, times in addresses.items() if times > 1] == []
    assert {code for seed in WRITTEN for code in seed.languages} <= {*LANGUAGES, "mul"}


async def test_new_kith_has_them_and_seeding_again_changes_nothing(app: Litestar) -> None:
    await seed_all(now())
    before = [tuple(row.values()) for row in await fetch("SELECT * FROM resource ORDER BY id")]

    await seed_all(now())

    assert len(before) == len(SEEDS)
    assert [tuple(row.values()) for row in await fetch("SELECT * FROM resource ORDER BY id")] == before


async def test_corrected_seed_arrives_where_nobody_touched_the_entry(app: Litestar) -> None:
    await seed_all(now())
    await execute("UPDATE resource SET description = 'An older seed' WHERE slug = 'gb-mind'")

    await seed_all(now())

    row = await fetch_one("SELECT description FROM resource WHERE slug = 'gb-mind'")
    assert row["description"] != "An older seed"


async def test_what_somebody_changed_or_retired_stays(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())
    await enter(client, app, await a_member("steady-heron-20", role="moderator"), second_factor=True)
    mind = await fetch_one("SELECT id, updated_at FROM resource WHERE slug = 'gb-mind'")
    sands = await fetch_one("SELECT id FROM resource WHERE slug = 'gb-sands'")
    seen = mind["updated_at"].isoformat()
    await submit(client, f"/moderation/resources/{mind['id']}", {**TYPED, "title": "By a person", "seen": seen})
    await submit(client, f"/moderation/resources/{sands['id']}/retire")
    await execute("UPDATE resource SET written_by = NULL, description = description || '.'")  # its writer has left

    await seed_all(now())

    rows = await fetch("SELECT title, state FROM resource WHERE slug IN ('gb-mind', 'gb-sands') ORDER BY slug")
    assert (rows[0]["title"], rows[1]["state"]) == ("By a person", "retired")


async def test_doctor_warns_without_a_crisis_helpline_for_the_region(app: Litestar) -> None:
    today = now().date()
    await a_resource("Elsewhere", regions=("US",))
    await a_resource("Not A Line", kind="article")
    await a_resource("Due Line", review_on=today)
    assert await _warns(app.state.settings)

    await a_resource("Night Line")

    assert not await _warns(app.state.settings)


async def _warns(settings: Settings) -> bool:
    warnings = [finding.seen async for finding in check_community(settings) if finding.level is Level.WARN]
    return any("no vetted crisis helpline" in seen for seen in warnings)


async def test_admin_is_told_on_the_overview(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("steady-heron-20", role="admin"), second_factor=True)
    assert "No vetted crisis helpline for GB" in (await client.get("/admin")).text

    await a_resource("Night Line")

    assert "No vetted crisis helpline" not in (await client.get("/admin")).text


async def test_seeded_default_region_needs_no_warning(app: Litestar, client: httpx.AsyncClient) -> None:
    await seed_all(now())

    assert not await _warns(app.state.settings)
    page = (await client.get("/resources")).text
    assert "Samaritans" in page
    assert "Checked on 23 November 2026" in page
