"""Whoever does something on a case keeps it: the lease starts anew, and a page that only lies open keeps nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch_one
from server.clock import now
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, submit
from triage.queue.claims import LEASE, claim
from triage.scales import Severity

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def case_id(moderator: Person) -> int:
    """A case that the moderator has for another minute."""
    thread = await a_thread(await a_board(), await a_member("quiet-otter-41"))
    found = await flag_post(thread.post_id, Severity.RED)
    await claim(found, moderator.id, at=now() - LEASE + MINUTE)
    return found


async def claimed_until() -> datetime:
    return (await fetch_one("SELECT claimed_until FROM moderation_case"))["claimed_until"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("note", {"details": "Read twice.", "revision": "1"}),
        ("decide", {"act": "search-resources", "resource_search": "sleep"}),
        ("decide", {"act": "show-opinion"}),
        ("decide", {"act": "decide", "post_act": "remove", "reason": ""}),
    ],
)
async def test_working_on_a_case_keeps_it(
    client: httpx.AsyncClient, case_id: int, path: str, fields: dict[str, str]
) -> None:
    answer = await submit(client, f"/moderation/cases/{case_id}/{path}", {"revision": "1"} | fields, page="/me")

    assert answer.status_code in (200, 422)
    assert await claimed_until() > now() + LEASE - MINUTE


async def test_looking_alone_keeps_nothing(client: httpx.AsyncClient, case_id: int) -> None:
    before = await claimed_until()

    await client.get(f"/moderation/cases/{case_id}")
    await client.get(f"/moderation/cases/{case_id}/onlookers?shown=", headers={"hx-request": "true"})

    assert await claimed_until() == before


async def test_work_of_somebody_whose_time_is_up_or_who_has_it_not_takes_nothing(
    client: httpx.AsyncClient, case_id: int
) -> None:
    colleague = await a_member("calm-owl-2", role="moderator")
    await execute("UPDATE moderation_case SET claimed_by = NULL, claimed_until = NULL")
    await claim(case_id, colleague.id, at=now())
    before = await claimed_until()

    await submit(client, f"/moderation/cases/{case_id}/note", {"details": "Seen."}, page="/me")

    assert await claimed_until() == before
    assert (await fetch_one("SELECT claimed_by FROM moderation_case"))["claimed_by"] == colleague.id
