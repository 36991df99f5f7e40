"""Seeding: what a new Kith begins with arrives once, and what an admin made of it stays."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.seeding import read_board_seeds, read_helpline_seeds, seed_all
from server.text.markdown import render
from tests.support.helplines import a_helpline
from triage.policy import TriagePolicy, parse_policy

if TYPE_CHECKING:
    from litestar import Litestar


async def _all_rows() -> list[tuple[object, ...]]:
    rows = await fetch("SELECT * FROM board ORDER BY id")
    rows += await fetch("SELECT * FROM helpline ORDER BY id")
    return [tuple(row.values()) for row in rows]


async def test_new_kith_has_boards_and_helplines(app: Litestar) -> None:
    await seed_all(now())

    boards = await fetch("SELECT slug, triage_policy FROM board ORDER BY position")
    assert [board["slug"] for board in boards] == [seed.slug for seed in read_board_seeds()]
    assert {parse_policy(board["triage_policy"]) for board in boards} == {TriagePolicy()}
    helplines = await fetch_one("SELECT count(*) AS n FROM helpline")
    assert helplines["n"] == len(read_helpline_seeds())


async def test_seeding_again_changes_nothing(app: Litestar) -> None:
    await seed_all(now())
    before = await _all_rows()

    await seed_all(now())

    assert await _all_rows() == before


async def test_processes_that_seed_at_once_load_everything_once(app: Litestar) -> None:
    await asyncio.gather(*(seed_all(now()) for _ in range(4)))

    counts = await fetch_one("SELECT (SELECT count(*) FROM board) AS boards, (SELECT count(*) FROM helpline) AS lines")
    assert counts["boards"] == len(read_board_seeds())
    assert counts["lines"] == len(read_helpline_seeds())


async def test_admins_boards_stay_as_they_are(app: Litestar) -> None:
    await seed_all(now())
    await execute("UPDATE board SET name = 'Renamed', archived = true WHERE slug = 'hello'")
    await execute("DELETE FROM board WHERE slug = 'quiet-room'")
    before = await _all_rows()

    await seed_all(now())

    assert await _all_rows() == before


async def test_helpline_changed_in_the_seed_is_renewed(app: Litestar) -> None:
    await seed_all(now())
    await execute("UPDATE helpline SET hours = 'Old seed', seed_hash = 'old' WHERE slug = 'gb-papyrus'")

    await seed_all(now())

    assert (await fetch_one("SELECT hours FROM helpline WHERE slug = 'gb-papyrus'"))["hours"] != "Old seed"


async def test_helpline_that_an_admin_changed_is_never_overwritten(app: Litestar) -> None:
    await seed_all(now())
    await execute("UPDATE helpline SET hours = 'By an admin', seed_hash = '' WHERE slug = 'gb-samaritans'")
    await execute("UPDATE helpline SET state = 'retired', seed_hash = '' WHERE slug = 'gb-papyrus'")

    await seed_all(now())

    assert (await fetch_one("SELECT hours FROM helpline WHERE slug = 'gb-samaritans'"))["hours"] == "By an admin"
    assert (await fetch_one("SELECT state FROM helpline WHERE slug = 'gb-papyrus'"))["state"] == "retired"


async def test_helplines_of_an_admin_and_of_an_older_seed_are_left(app: Litestar) -> None:
    await a_helpline("Gb Samaritans", country="GB", phone="0800 000 000")
    await a_helpline("Of An Older Seed")
    await execute("UPDATE helpline SET seed_hash = 'old' WHERE slug = 'of-an-older-seed'")

    await seed_all(now())

    assert (await fetch_one("SELECT phone FROM helpline WHERE slug = 'gb-samaritans'"))["phone"] == "0800 000 000"
    assert (await fetch_one("SELECT state FROM helpline WHERE slug = 'of-an-older-seed'"))["state"] == "confirmed"


def test_every_board_says_what_it_is_for_and_has_house_rules() -> None:
    seeds = read_board_seeds()

    assert 10 <= len(seeds) <= 14
    assert len({seed.slug for seed in seeds}) == len({seed.position for seed in seeds}) == len(seeds)
    for seed in seeds:
        assert seed.purpose.endswith((".", "?", "!")), seed.slug
        assert render(seed.rules).count("<li>") >= 1, seed.slug
