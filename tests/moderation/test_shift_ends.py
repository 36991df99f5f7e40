"""Whoever leaves has no case and no shift any more, however they leave."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from models.members import Role
from server.clock import now
from server.members.staff import reset_second_factor, set_role
from server.moderation import shifts
from server.moderation.shifts import GONE_AFTER, count_on_shift, end_forgotten
from server.worker import alert
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, form_token, submit
from tests.support.saying import goes_to
from triage.queue.claims import assign, claim, claim_next
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def case_id(moderator: Person) -> int:
    """A red case that the moderator, who is on shift, has."""
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    case_id = await flag_post(thread.post_id, Severity.RED)
    await shifts.start(moderator.id, at=now())
    await claim(case_id, moderator.id, at=now())
    return case_id


async def is_free(case_id: int) -> bool:
    row = await fetch_one("SELECT claimed_by, claimed_until FROM moderation_case WHERE id = $1", case_id)
    return row["claimed_by"] is None


async def test_signing_out_frees_the_case_and_ends_the_shift(client: httpx.AsyncClient, case_id: int) -> None:
    await submit(client, "/sign-out", page="/me")

    assert await is_free(case_id)
    assert await count_on_shift() == 0
    assert (await fetch_one("SELECT ended_at FROM shift"))["ended_at"] is not None


async def test_signing_out_on_one_of_two_devices_frees_it_too(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person, case_id: int
) -> None:
    await enter(new_browser(), app, moderator, second_factor=True)

    await submit(client, "/sign-out", page="/me")

    assert await is_free(case_id)


async def test_leaving_quickly_frees_the_case_and_ends_the_shift(client: httpx.AsyncClient, case_id: int) -> None:
    await client.get("/leave")

    assert await is_free(case_id)
    assert await count_on_shift() == 0


async def test_link_from_elsewhere_to_leaving_frees_nothing(client: httpx.AsyncClient, case_id: int) -> None:
    await client.get("/leave", headers={"sec-fetch-site": "cross-site"})

    assert not await is_free(case_id)
    assert await count_on_shift() == 1


async def test_erasing_the_account_frees_the_case(client: httpx.AsyncClient, moderator: Person, case_id: int) -> None:
    fields = {"handle": moderator.handle, "secret": moderator.phrase}
    answer = await submit(client, "/account/erase", fields, page="/account/erase")

    assert goes_to(answer) == ("/", "erased")
    assert await is_free(case_id)
    assert await count_on_shift() == 0
    assert await claim_next((await a_member("calm-owl-2", role="moderator")).id, at=now()) is not None


async def test_ending_every_session_of_somebody_frees_the_case(app: Litestar, moderator: Person, case_id: int) -> None:
    admin = await a_member("steady-heron-20", role="admin")

    await reset_second_factor(app.state.redis, moderator.id, actor_id=admin.id, at=now())

    assert await is_free(case_id)
    assert await count_on_shift() == 0


async def test_ending_other_sessions_alone_takes_nothing_from_whoever_stays(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person, case_id: int
) -> None:
    await enter(new_browser(), app, moderator, second_factor=True)

    await submit(client, "/account/sessions", {"all_others": "1"}, page="/account/sessions")

    assert (await fetch_one("SELECT count(*) AS n FROM session"))["n"] == 1
    assert not await is_free(case_id)
    assert await count_on_shift() == 1


async def test_taking_the_role_away_frees_the_case_and_what_was_given_to_them(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, case_id: int
) -> None:
    colleague = await a_member("calm-owl-2", role="moderator")
    thread = await a_thread(await a_board("other"), await a_member("quiet-otter-42"))
    given = await flag_post(thread.post_id)
    await claim(given, colleague.id, at=now())
    assert await assign(given, colleague.id, moderator.handle, at=now())

    await set_role(app.state.redis, moderator.id, Role.MEMBER, actor_id=None, at=now())

    assert await is_free(case_id)
    assert await count_on_shift() == 0
    rows = [await claim_next(colleague.id, at=now()), await claim_next(colleague.id, at=now())]
    assert rows[0]
    assert (await fetch_one("SELECT assigned_to FROM moderation_case WHERE id = $1", given))["assigned_to"] is None


async def test_another_role_of_the_staff_keeps_case_and_shift(app: Litestar, moderator: Person, case_id: int) -> None:
    await set_role(app.state.redis, moderator.id, Role.CLINICIAN, actor_id=None, at=now())

    assert not await is_free(case_id)
    assert await count_on_shift() == 1


async def test_shift_without_a_sign_of_life_ends_and_its_moderator_reads_why(
    client: httpx.AsyncClient, moderator: Person, case_id: int
) -> None:
    await client.get("/moderation")
    later = now() + GONE_AFTER

    await end_forgotten(at=later - MINUTE)
    assert await count_on_shift() == 1
    await end_forgotten(at=later + MINUTE)
    await end_forgotten(at=later + MINUTE)

    assert await count_on_shift() == 0
    page = (await client.get("/notices")).text
    assert page.count("You had been away for half an hour, so your shift was ended.") == 1


async def test_whoever_uses_kith_stays_on_shift(client: httpx.AsyncClient, app: Litestar, moderator: Person) -> None:
    await shifts.start(moderator.id, at=now() - timedelta(hours=3))
    await execute("UPDATE session SET seen_at = $1", now() - timedelta(hours=2))
    await client.get("/about")

    await end_forgotten(at=now() + GONE_AFTER - MINUTE)

    assert await count_on_shift() == 1


@pytest.mark.parametrize(
    "path", ["/moderation", "/moderation/shift", "/moderation/cases/1/onlookers", "/notices/count", "/me/support"]
)
async def test_page_that_lies_open_and_asks_by_itself_keeps_nobody_on_shift(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, path: str
) -> None:
    await shifts.start(moderator.id, at=now() - timedelta(hours=3))
    await execute("UPDATE session SET seen_at = $1", now() - timedelta(hours=2))

    await client.get(path, headers={"hx-request": "true"})
    await client.get(path, headers={"hx-request": "true"})
    await end_forgotten(at=now())

    assert await count_on_shift() == 0


async def test_page_that_asks_by_itself_hides_no_use_that_follows(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    await shifts.start(moderator.id, at=now() - timedelta(hours=3))
    await execute("UPDATE session SET seen_at = $1", now() - timedelta(hours=2))

    await client.get("/moderation", headers={"hx-request": "true"})
    await client.get("/moderation")
    await end_forgotten(at=now())

    assert await count_on_shift() == 1


async def test_whoever_writes_at_a_case_stays_on_shift(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, case_id: int
) -> None:
    token = await form_token(client, "/me")
    await app.state.redis.flushdb()
    await execute("UPDATE shift SET started_at = $1", now() - timedelta(hours=3))
    await execute("UPDATE session SET seen_at = $1", now() - timedelta(hours=2))

    fields = {"revision": "1", "_csrf_token": token}
    answer = await client.post(
        f"/moderation/cases/{case_id}/extend", data=fields, headers={"hx-request": "true", "hx-target": "lease"}
    )
    await end_forgotten(at=now())

    assert answer.status_code == 200
    assert await count_on_shift() == 1


async def test_shift_that_just_began_or_a_break_is_not_ended(app: Litestar, moderator: Person) -> None:
    await execute("DELETE FROM session")
    colleague = await a_member("calm-owl-2", role="moderator")
    await shifts.start(moderator.id, at=now())
    await shifts.start(colleague.id, at=now() - timedelta(hours=3))
    await shifts.pause(colleague.id, at=now() - timedelta(hours=2))

    await end_forgotten(at=now() + MINUTE)

    assert await fetch_one("SELECT 1 FROM shift WHERE ended_at IS NOT NULL") is None


async def test_worker_ends_forgotten_shifts_before_it_calls_anybody(app: Litestar, moderator: Person) -> None:
    await shifts.start(moderator.id, at=now() - timedelta(hours=3))
    await execute("UPDATE session SET seen_at = $1", now() - timedelta(hours=2))
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    await flag_post(thread.post_id, Severity.CRISIS, at=now() - timedelta(minutes=6))

    await alert({"settings": app.state.settings, "redis": app.state.redis})

    assert (await fetch_one("SELECT step FROM alert"))["step"] == 2


async def test_times_of_a_member_stay_rounded_to_the_hour(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))
    await client.get("/about")

    row = await fetch_one("SELECT seen_at, date_trunc('hour', seen_at) AS hour FROM session")
    assert row["seen_at"] == row["hour"]
