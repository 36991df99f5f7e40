"""Whatever the order of claims, decisions, edits, triage and time: one case is with one moderator, who saw the text."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.forum.changes import Change, ChangedMeanwhile, change_post
from server.forum.notes import ContentNote
from server.moderation.deciding import AlreadyDecided, ClaimLost, PostChanged, decide
from server.moderation.forms import DecisionForm
from tests.support.cases import an_assessment, flag_post, open_cases
from tests.triage.queue.test_claims import cases, moderators
from triage.queue.audit import read_entries
from triage.queue.claims import claim_next, extend, hand_back
from triage.queue.tasks import finish_task, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.support.people import Person

POST_OF_CASE = "FROM moderation_case JOIN post ON post.id = moderation_case.post WHERE moderation_case.id = $1"
UNSEEN_CHANGES = """
    SELECT id, revision FROM post
    WHERE NOT EXISTS (SELECT 1 FROM moderation_case WHERE moderation_case.post = post.id AND closed_at IS NULL)
      AND revision IS DISTINCT FROM (
        SELECT max(decision.revision) FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
        WHERE moderation_case.post = post.id)
"""
"""Posts whose newest text nobody decided about and nobody will."""


async def revision_of(case_id: int) -> int:
    return int((await fetch_one(f"SELECT post.revision {POST_OF_CASE}", case_id))["revision"])


class World:
    """Moderators, cases, and who is known to hold what; every step checks that nobody else was let in."""

    def __init__(self, people: list[Person], waiting: list[int]) -> None:
        self.people, self.waiting = people, waiting
        self.at = now() + timedelta(days=1)
        self.held: dict[int, tuple[int, datetime]] = {}
        self.seen: dict[int, int] = {}
        """The revision that the holder of a case read."""
        self.refused = 0
        """How many decisions were about an older text."""
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
            self.seen[found.case_id] = await revision_of(found.case_id)

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
        seen, newest = self.seen.get(case_id, 1), await revision_of(case_id)
        try:
            await decide(case_id, person.id, DecisionForm(revision=seen), at=self.at)
        except (ClaimLost, AlreadyDecided):
            return
        except PostChanged:
            self.refused += 1
            self.seen[case_id] = await revision_of(case_id)
            assert self.seen[case_id] > seen
            return
        assert seen == newest
        assert self.held.pop(case_id)[0] == person.id
        self.decided.append(case_id)

    async def edit(self, _: Person, case_id: int) -> None:
        post = await fetch_one(f"SELECT post.* {POST_OF_CASE}", case_id)
        change = Change("Changed", f"{post['body']} And more.", ContentNote("", ""), post["revision"])
        with suppress(ChangedMeanwhile):
            await change_post(post["id"], post["author"], change, at=self.at)

    async def triage(self, *_: object) -> None:
        for task in await take_tasks(16, at=self.at):
            effect = await finish_task(task, an_assessment(Severity.RED), at=self.at)
            if effect and effect.case_id and effect.case_id not in self.waiting:
                self.waiting.append(effect.case_id)

    async def flag(self, _: Person, case_id: int) -> None:
        row = await fetch_one("SELECT post FROM moderation_case WHERE id = $1", case_id)
        new = await flag_post(row["post"], Severity.RED, at=self.at)
        if new not in self.waiting:
            self.waiting.append(new)


async def holders_by_the_log() -> dict[str, int]:
    """Follow the audit log, in which nobody decides what they have not taken; return who still has what."""
    holders: dict[str, int] = {}
    for entry in await read_entries(limit=10_000):
        if entry.act == "claim":
            assert holders.get(entry.subject) in (None, entry.detail["ran_out_for"])
            holders[entry.subject] = entry.actor or 0
        elif entry.act in ("decide", "hand-back"):
            assert holders.pop(entry.subject) == entry.actor
    return holders


async def test_thousand_random_steps_never_put_a_case_into_two_hands(app: Litestar) -> None:
    """Claims, hand-backs, decisions, edits, triage, new flags and time in one random order: 1,000 steps in threes."""
    chance = random.Random(7)
    world = World(await moderators(4), await cases(6))
    steps = (world.next, world.extend, world.back, world.decide, world.decide, world.edit, world.triage, world.flag)

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
    assert world.refused
    still = await fetch("SELECT id, claimed_by FROM moderation_case WHERE claimed_by IS NOT NULL AND closed_at IS NULL")
    assert await holders_by_the_log() == {f"case:{row['id']}": row["claimed_by"] for row in still}
    await world.triage()
    assert await fetch(UNSEEN_CHANGES) == []
