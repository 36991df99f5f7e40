"""Leases: one case is with one moderator, whatever the order in which things happen."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from models.members import AvoidanceKind
from server.clock import now
from server.members.avoidance import avoid
from server.moderation import shifts
from server.moderation.deciding import AlreadyDecided, ClaimLost, decide
from server.moderation.forms import DecisionForm
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member
from triage.policy import TriagePolicy
from triage.queue.claims import LEASE, claim, claim_next, extend, hand_back
from triage.queue.limits import CareLimits
from triage.queue.priority import deadline_of
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

BEGINNING = now()


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


class World:
    """Moderators, cases, and who is known to hold what; every step checks that nobody else was let in."""

    def __init__(self, people: list[Person], waiting: list[int]) -> None:
        self.people, self.waiting = people, waiting
        self.at = BEGINNING + timedelta(days=1)
        self.held: dict[int, tuple[int, datetime]] = {}
        self.on_their_way_back: set[int] = set()
        self.decided: list[int] = []

    def some_case(self, person: Person, chance: random.Random) -> int:
        own = [case_id for case_id, (holder, _) in self.held.items() if holder == person.id]
        return chance.choice(own if own and chance.random() < 0.7 else self.waiting[-12:])

    def holder_of(self, case_id: int) -> int | None:
        return self.held[case_id][0] if case_id in self.held else None

    async def next(self, person: Person, _: int) -> None:
        if found := await claim_next(person.id, at=self.at):
            holder, until = self.held.get(found.case_id, (person.id, self.at))
            assert holder == person.id or until < self.at or found.case_id in self.on_their_way_back
            self.held[found.case_id] = (person.id, found.until)

    async def extend(self, person: Person, case_id: int) -> None:
        if found := await extend(case_id, person.id, at=self.at):
            assert self.held[case_id][0] == person.id
            self.held[case_id] = (person.id, found.until)

    async def back(self, person: Person, case_id: int) -> None:
        if self.holder_of(case_id) == person.id:
            # Somebody may have it before this step hears that it is free.
            self.on_their_way_back.add(case_id)
        if await hand_back(case_id, person.id, at=self.at):
            if self.holder_of(case_id) == person.id:
                del self.held[case_id]
            await execute("DELETE FROM case_pass")
        self.on_their_way_back.discard(case_id)

    async def decide(self, person: Person, case_id: int) -> None:
        try:
            await decide(case_id, person.id, DecisionForm(revision=1), at=self.at)
        except (ClaimLost, AlreadyDecided):
            return
        assert self.held.pop(case_id)[0] == person.id
        self.decided.append(case_id)

    async def flag(self, _: Person, case_id: int) -> None:
        row = await fetch_one("SELECT post FROM moderation_case WHERE id = $1", case_id)
        new = await flag_post(row["post"], Severity.RED, at=self.at)
        if new not in self.waiting:
            self.waiting.append(new)


async def test_thousand_random_steps_never_put_a_case_into_two_hands(app: Litestar) -> None:
    """Claims, extensions, hand-backs, decisions, new flags and time, in one random order of 1,000 steps in threes."""
    chance = random.Random(7)
    world = World(await moderators(4), await cases(6))
    steps = (world.next, world.extend, world.back, world.decide, world.flag)

    for _ in range(334):
        world.at += timedelta(seconds=chance.choice((1, 30, 200, 700)))
        three = chance.sample(world.people, 3)
        await asyncio.gather(*(chance.choice(steps)(person, world.some_case(person, chance)) for person in three))
        rows = await fetch(
            """SELECT claimed_by, count(*) AS n FROM moderation_case
               WHERE claimed_until >= $1 AND closed_at IS NULL GROUP BY 1""",
            world.at,
        )
        assert all(row["n"] == 1 for row in rows)

    assert world.decided
    assert len(world.decided) == len(set(world.decided))
    closed = await fetch("SELECT id FROM moderation_case WHERE closed_at IS NOT NULL")
    assert sorted(row["id"] for row in closed) == sorted(world.decided)
    assert len(await fetch("SELECT 1 FROM decision")) == len(world.decided)
    assert len({row["post"] for row in await open_cases()}) == len(await open_cases())
