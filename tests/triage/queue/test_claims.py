"""Leases: one case is with one moderator, whatever the order in which things happen."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch_one
from models.members import AvoidanceKind
from server.clock import now
from server.members.avoidance import avoid
from server.moderation import shifts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member
from triage.policy import TriagePolicy
from triage.queue.audit import read_entries, verify
from triage.queue.claims import LEASE, claim, claim_next, extend, hand_back, shorten_leases
from triage.queue.limits import CareLimits
from triage.queue.priority import deadline_of
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar


async def cases(number: int, severity: Severity = Severity.RED, *, board: BoardInTest | None = None) -> list[int]:
    """Open some cases by one author."""
    board = board or await a_board()
    row = await fetch_one("SELECT count(*) AS n FROM member")
    author = await a_member(f"writer-{row['n']}")
    return [
        await flag_post((await a_thread(board, author, title=f"Thread {place}")).post_id, severity)
        for place in range(number)
    ]


async def moderators(number: int) -> list[Person]:
    return [await a_member(f"calm-owl-{place}", role="moderator") for place in range(number)]


async def test_fifty_at_once_get_fifty_cases(app: Litestar) -> None:
    waiting = await cases(50)
    people = await moderators(50)

    claims = await asyncio.gather(*(claim_next(person.id, at=now()) for person in people))

    assert sorted(found.case_id for found in claims if found) == waiting
    taken = {(found.case_id, person.id) for found, person in zip(claims, people, strict=True) if found}
    assert {(int(entry.subject.removeprefix("case:")), entry.actor) for entry in await read_entries()} == taken
    assert await verify() == 50


async def test_fifty_at_once_for_one_case(app: Litestar) -> None:
    await cases(1)
    people = await moderators(50)

    claims = await asyncio.gather(*(claim_next(person.id, at=now()) for person in people))

    assert len([found for found in claims if found]) == 1


async def test_one_moderator_in_many_tabs_has_one_case(app: Litestar) -> None:
    await cases(10)
    [person] = await moderators(1)

    claims = await asyncio.gather(*(claim_next(person.id, at=now()) for _ in range(10)))

    assert len({found.case_id for found in claims if found}) == 1


async def test_most_urgent_first_and_overdue_amber_does_not_starve(app: Litestar) -> None:
    board = await a_board()
    [amber], [red], [crisis] = [
        await cases(1, severity, board=board) for severity in (Severity.AMBER, Severity.RED, Severity.CRISIS)
    ]
    soon, much_later = now(), now() + timedelta(days=2)

    async def order(at: object) -> list[int]:
        found = []
        for person in await moderators_anew(3):
            taken = await claim_next(person.id, at=at)  # type: ignore[arg-type]
            assert taken
            found.append(taken.case_id)
        await execute("UPDATE moderation_case SET claimed_by = NULL, claimed_until = NULL")
        return found

    assert await order(soon) == [crisis, red, amber]
    await execute("UPDATE moderation_case SET deadline = $2 WHERE id = $1", red, much_later + timedelta(minutes=1))
    assert await order(much_later) == [crisis, amber, red]


async def moderators_anew(number: int) -> list[Person]:
    row = await fetch_one("SELECT count(*) AS n FROM member")
    return [await a_member(f"owl-{row['n']}-{place}", role="moderator") for place in range(number)]


async def test_nobody_is_handed_their_own_post_or_somebody_they_mute(app: Litestar) -> None:
    board = await a_board()
    me, muted = await a_member("calm-owl-1", role="moderator"), await a_member("loud-jay-3")
    await avoid(me.id, muted.id, AvoidanceKind.MUTE, at=now())
    own = await flag_post((await a_thread(board, me)).post_id, Severity.CRISIS)
    theirs = await flag_post((await a_thread(board, muted)).post_id, Severity.CRISIS)

    assert await claim_next(me.id, at=now()) is None
    assert await claim(own, me.id, at=now()) is None
    assert await claim(theirs, me.id, at=now()) is None


async def test_what_was_handed_back_comes_to_others_alone(app: Litestar) -> None:
    [case_id] = await cases(1)
    me, colleague = await moderators(2)
    await claim_next(me.id, at=now())

    assert await hand_back(case_id, me.id, at=now())

    assert await claim_next(me.id, at=now()) is None
    found = await claim_next(colleague.id, at=now())
    assert found is not None
    assert found.case_id == case_id


async def test_lease_runs_out_and_cannot_be_extended_then(app: Litestar) -> None:
    [case_id] = await cases(1)
    me, colleague = await moderators(2)
    at = now()
    await claim_next(me.id, at=at)

    assert await extend(case_id, me.id, at=at + LEASE / 2) is not None
    late = at + LEASE / 2 + LEASE + timedelta(seconds=1)
    assert await extend(case_id, me.id, at=late) is None
    found = await claim_next(colleague.id, at=late)
    assert found is not None


async def test_third_crisis_in_a_row_goes_to_a_colleague_who_is_free(app: Litestar) -> None:
    me, colleague = await moderators(2)
    await shifts.start(me.id, at=now())
    await cases(3, Severity.CRISIS)
    for _ in range(2):
        found = await claim_next(me.id, at=now())
        assert found
        await decide(found.case_id, me.id, DecisionForm(revision=1), at=now())

    await shifts.start(colleague.id, at=now())
    assert await claim_next(me.id, at=now()) is None
    await shifts.pause(colleague.id, at=now())
    assert await claim_next(me.id, at=now()) is not None


async def test_nobody_else_free_or_a_deadline_past_means_that_it_is_handed_over(app: Litestar) -> None:
    me, colleague = await moderators(2)
    await shifts.start(colleague.id, at=now())
    await cases(3, Severity.CRISIS)
    for _ in range(2):
        found = await claim_next(me.id, at=now())
        assert found
        await decide(found.case_id, me.id, DecisionForm(revision=1), at=now())

    past = deadline_of(Severity.CRISIS, TriagePolicy(), at=now()) + timedelta(minutes=1)
    assert await claim_next(me.id, at=past) is not None


async def test_many_urgent_ones_within_an_hour_mean_a_break_from_them(app: Litestar) -> None:
    me, colleague = await moderators(2)
    await shifts.start(colleague.id, at=now())
    board = await a_board()
    await cases(CareLimits().enforce_after + 1, board=board)
    for _ in range(CareLimits().enforce_after):
        found = await claim_next(me.id, at=now())
        assert found
        await decide(found.case_id, me.id, DecisionForm(revision=1), at=now())
    [amber] = await cases(1, Severity.AMBER, board=board)

    found = await claim_next(me.id, at=now())

    assert found is not None
    assert found.case_id == amber
    assert (await shifts.shift_of(me.id, at=now())).needs_break
    assert not (await shifts.shift_of(me.id, at=now() + timedelta(hours=2))).needs_break


async def test_lease_of_a_clock_that_was_ahead_lasts_no_longer_than_any(app: Litestar) -> None:
    [case] = await cases(1)
    first, second = await moderators(2)
    await claim(case, first.id, at=now() + timedelta(days=365))
    at = now()

    await shorten_leases(at=at)

    assert await claim(case, second.id, at=at + LEASE) is None
    assert await claim(case, second.id, at=at + LEASE + timedelta(seconds=1)) is not None
