"""The limits that look after moderators: set by an admin, kept in one row, followed by whoever hands cases over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from models.database import fetch
from server.admin.care import set_care_limits
from server.clock import now
from server.moderation import shifts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.saying import goes_to
from triage.queue.audit import verify
from triage.queue.claims import assign, claim_next
from triage.queue.limits import CareLimits, care_limits
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

USUAL = {"suggest_after": "4", "enforce_after": "8", "crises_in_a_row": "2"}


@pytest.fixture
async def admin(app: Litestar, client: httpx.AsyncClient) -> Person:
    person = await a_member("steady-heron-20", role="admin")
    await enter(client, app, person, second_factor=True)
    return person


async def change(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await submit(client, "/admin/care", USUAL | fields, page="/admin/care")


async def have_cases(severity: Severity, number: int) -> list[int]:
    board, author = await a_board(f"board-{severity}"), await a_member(f"writer-{severity}")
    return [
        await flag_post((await a_thread(board, author, title=f"Thread {place}")).post_id, severity)
        for place in range(number)
    ]


async def decide_next(person: Person) -> None:
    found = await claim_next(person.id, at=now())
    assert found
    await decide(found.case_id, person.id, DecisionForm(revision=1), at=now())


async def two_moderators() -> tuple[Person, Person]:
    """Return one who asks for cases, and a colleague who is on shift and free."""
    me, colleague = await a_member("calm-owl-1", role="moderator"), await a_member("calm-owl-2", role="moderator")
    await shifts.start(colleague.id, at=now())
    return me, colleague


async def test_page_shows_the_usual_limits_and_says_what_enforced_means(
    client: httpx.AsyncClient, admin: Person
) -> None:
    page = (await client.get("/admin/care")).text

    for name, number in USUAL.items():
        assert f'name="{name}" value="{number}"' in page
    assert "A person in danger is never left waiting for a limit." in page


async def test_change_holds_and_is_in_the_audit_log_once(client: httpx.AsyncClient, admin: Person) -> None:
    answer = await change(client, suggest_after="3", enforce_after="5", crises_in_a_row="1")
    await change(client, suggest_after="3", enforce_after="5", crises_in_a_row="1")

    assert goes_to(answer) == ("/admin/care", "saved")
    assert await care_limits() == CareLimits(3, 5, 1)
    [entry] = await fetch("SELECT actor, act, detail FROM audit_entry")
    assert (entry["actor"], entry["act"]) == (admin.id, "set-care-limits")
    assert msgspec.json.decode(entry["detail"]) == {"suggest_after": 3, "enforce_after": 5, "crises_in_a_row": 1}
    assert await verify() == 1


async def test_limits_stay_one_row(client: httpx.AsyncClient, admin: Person) -> None:
    await change(client, suggest_after="3")
    await change(client, suggest_after="2")

    assert [tuple(row) for row in await fetch("SELECT * FROM care_limits")] == [(1, 2, 8, 2)]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"suggest_after": "0"}, "a whole number from 1 to 30"),
        ({"enforce_after": "31"}, "a whole number from 1 to 30"),
        ({"crises_in_a_row": "11"}, "a whole number from 1 to 10"),
        ({"suggest_after": "²"}, "a whole number from 1 to 30"),
        ({"suggest_after": "9" * 40}, "a whole number from 1 to 30"),
        ({"suggest_after": ""}, "a whole number from 1 to 30"),
        ({"suggest_after": "9"}, "A break is suggested first and enforced later"),
    ],
)
async def test_what_makes_no_sense_is_refused_kindly_and_stays_in_the_form(
    client: httpx.AsyncClient, admin: Person, fields: dict[str, str], problem: str
) -> None:
    answer = await change(client, **fields)

    assert answer.status_code == 422
    assert problem in answer.text
    for name, typed in (USUAL | fields).items():
        assert f'name="{name}" value="{typed}"' in answer.text
    assert await fetch("SELECT 1 FROM care_limits") == []


async def test_claims_follow_the_limit_for_urgent_cases(app: Litestar) -> None:
    me, _ = await two_moderators()
    await set_care_limits(CareLimits(1, 2, 2), me.id, at=now())
    await have_cases(Severity.RED, 3)
    [amber] = await have_cases(Severity.AMBER, 1)
    for _ in range(2):
        await decide_next(me)

    found = await claim_next(me.id, at=now())

    assert found is not None
    assert found.case_id == amber


async def test_claims_follow_the_limit_for_crises_in_a_row(app: Litestar) -> None:
    me, _ = await two_moderators()
    await set_care_limits(CareLimits(4, 8, 1), me.id, at=now())
    await have_cases(Severity.CRISIS, 2)
    await decide_next(me)

    assert await claim_next(me.id, at=now()) is None


async def test_shift_follows_the_limits(app: Litestar) -> None:
    me, _ = await two_moderators()
    await have_cases(Severity.RED, 2)
    await decide_next(me)
    before = await shifts.shift_of(me.id, at=now())
    await set_care_limits(CareLimits(1, 2, 2), me.id, at=now())
    suggested = await shifts.shift_of(me.id, at=now())
    await decide_next(me)
    enforced = await shifts.shift_of(me.id, at=now())

    assert [(one.may_want_break, one.needs_break) for one in (before, suggested, enforced)] == [
        (False, False), (True, False), (True, True),
    ]  # fmt: skip


async def test_two_who_had_enough_do_not_wait_for_each_other(app: Litestar) -> None:
    me, colleague = await two_moderators()
    await set_care_limits(CareLimits(1, 1, 2), me.id, at=now())
    await have_cases(Severity.RED, 3)
    for person in (me, colleague):
        await decide_next(person)

    assert await claim_next(me.id, at=now()) is not None


async def test_colleague_who_may_not_have_the_case_spares_nobody(app: Litestar) -> None:
    me, colleague = await two_moderators()
    await set_care_limits(CareLimits(1, 1, 2), me.id, at=now())
    await have_cases(Severity.RED, 1)
    await decide_next(me)
    theirs = await flag_post((await a_thread(await a_board(), colleague)).post_id, Severity.RED)

    found = await claim_next(me.id, at=now())

    assert found is not None
    assert found.case_id == theirs


async def test_case_that_was_given_to_somebody_by_name_is_not_kept_from_them(app: Litestar) -> None:
    me, colleague = await two_moderators()
    await set_care_limits(CareLimits(1, 1, 2), me.id, at=now())
    await have_cases(Severity.RED, 2)
    await decide_next(me)
    given = await claim_next(colleague.id, at=now())
    assert given
    await assign(given.case_id, colleague.id, me.handle, at=now())

    found = await claim_next(me.id, at=now())

    assert found is not None
    assert found.case_id == given.case_id
