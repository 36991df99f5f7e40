"""Whatever the order of moves and of time: one case is with one moderator, who saw the text.

Three people move at once, each at whatever the clock says by then, while it moves on. What came of it is read from the
audit log, whose entries stand in the order in which things happened.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one, transaction
from server.clock import now
from server.errors import KithError
from server.forum.changes import Change, ChangedMeanwhile, change_post
from server.forum.notes import ContentNote
from server.forum.taking_down import delete_post
from server.moderation.deciding import AlreadyDecided, ClaimLost, PostChanged, decide, escalate
from server.moderation.forms import DecisionForm
from server.moderation.passing_on import give
from server.moderation.undoing import undo, undoable_by
from server.reports.forms import ReportForm
from server.reports.service import report_rules
from tests.support.cases import an_assessment, flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member
from tests.triage.queue.test_claims import cases, moderators
from triage.queue.audit import read_entries, verify
from triage.queue.claims import LEASE, claim, claim_next, extend, hand_back
from triage.queue.tasks import finish_task, take_tasks
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from litestar import Litestar

    from triage.queue.audit import Entry

TRIPLES = 250
MOVES = ("claim", "free", "hand-back", "decide", "undo", "assign", "escalate", "close")
"""What the audit log says of them."""
POST_OF_CASE = "FROM moderation_case JOIN post ON post.id = moderation_case.post WHERE moderation_case.id = $1"
UNSEEN_CHANGES = """
    SELECT id, revision FROM post
    WHERE state <> 'deleted'
      AND NOT EXISTS (SELECT 1 FROM moderation_case WHERE moderation_case.post = post.id AND closed_at IS NULL)
      AND revision IS DISTINCT FROM (
        SELECT max(decision.revision) FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
        WHERE moderation_case.post = post.id AND decision.undone_at IS NULL)
"""
"""Posts whose newest text nobody decided about and nobody will."""


class World:
    """Moderators, cases, and a clock that moves while they do."""

    def __init__(self, board: BoardInTest, people: list[Person], waiting: list[int], *, seed: int) -> None:
        self.board, self.people, self.waiting = board, people, waiting
        self.chance = random.Random(seed)
        self.at = now() + timedelta(days=1)
        self.prolonged: dict[tuple[int, int, datetime], datetime] = {}
        """Until when a lease was prolonged, by case, holder and when they took it: the log does not say."""
        self.seen: dict[tuple[int, int], int] = {}
        """The revision of a case's post that somebody read who had it."""
        self.refused = 0
        """How many decisions were about an older text."""

    def now(self) -> datetime:
        """Return what the clock says; it moves on."""
        self.at += timedelta(seconds=self.chance.choice((0, 1, 20)))
        return self.at

    def some_case(self, own: list[int], held: list[int]) -> int:
        """Choose one's own rather than one that somebody has, and that rather than any of the newest."""
        found = own if own and self.chance.random() < 0.6 else held
        return self.chance.choice(found if found and self.chance.random() < 0.7 else self.waiting[-10:])

    async def next(self, person: Person, _: int) -> None:
        if found := await claim_next(person.id, at=self.now()):
            self.seen[found.case_id, person.id] = await revision_of(found.case_id)

    async def choose(self, person: Person, case_id: int) -> None:
        if await claim(case_id, person.id, at=self.now()):
            self.seen[case_id, person.id] = await revision_of(case_id)

    async def extend(self, person: Person, case_id: int) -> None:
        async with transaction():
            if found := await extend(case_id, person.id, at=self.now()):
                row = await fetch_one("SELECT claimed_at FROM moderation_case WHERE id = $1", case_id)
                self.prolonged[case_id, person.id, row["claimed_at"]] = found.until

    async def back(self, person: Person, case_id: int) -> None:
        await hand_back(case_id, person.id, at=self.now())

    async def decide(self, person: Person, case_id: int) -> None:
        seen, newest = self.seen.get((case_id, person.id), 1), await revision_of(case_id)
        try:
            await decide(case_id, person.id, DecisionForm(revision=seen), at=self.now())
        except (ClaimLost, AlreadyDecided):
            return
        except PostChanged:
            self.refused += 1
            self.seen[case_id, person.id] = await revision_of(case_id)
            assert self.seen[case_id, person.id] > seen
            return
        assert seen == newest

    async def undo(self, person: Person, _: int) -> None:
        for decision in (await undoable_by(person.id, at=self.now()))[:1]:
            with suppress(KithError):  # the post was changed or taken down, or somebody decided since
                case_id = await undo(decision.id, person.id, at=self.now())
                self.seen[case_id, person.id] = await revision_of(case_id)

    async def assign(self, person: Person, case_id: int) -> None:
        await give(case_id, person.id, self.chance.choice(self.people).handle, at=self.now())

    async def escalate(self, person: Person, case_id: int) -> None:
        with suppress(ClaimLost, AlreadyDecided):
            await escalate(case_id, person.id, at=self.now())

    async def edit(self, _: Person, case_id: int) -> None:
        post = await fetch_one(f"SELECT post.* {POST_OF_CASE}", case_id)
        change = Change("Changed", f"{post['body']} And more.", ContentNote("", ""), post["revision"])
        with suppress(ChangedMeanwhile, KithError):
            await change_post(post["id"], post["author"], change, at=self.now())

    async def delete(self, _: Person, case_id: int) -> None:
        post = await fetch_one(f"SELECT post.* {POST_OF_CASE}", case_id)
        with suppress(KithError):  # it is gone already
            await delete_post(post["id"], post["author"], at=self.now())

    async def write(self, *_: object) -> None:
        author = await a_member(f"writer-{len(self.waiting)}-{self.chance.randrange(10**6)}")
        written = await a_thread(self.board, author, at=self.now())
        await self._flag(written.post_id)

    async def report(self, _: Person, case_id: int) -> None:
        post = await fetch_one(f"SELECT post.id {POST_OF_CASE}", case_id)
        reporter = await a_member(f"reporter-{self.chance.randrange(10**9)}")
        with suppress(KithError):  # the post is gone
            await report_rules(post["id"], reporter.id, ReportForm("unkind", ""), at=self.now())
            await self._know_cases()

    async def triage(self, *_: object) -> None:
        for task in await take_tasks(16, at=self.now()):
            await finish_task(task, an_assessment(self.chance.choice((Severity.AMBER, Severity.RED))), at=self.now())
        await self._know_cases()

    async def time(self, *_: object) -> None:
        """Let time pass while the others have begun."""
        await fetch("SELECT 1")
        self.at += timedelta(seconds=self.chance.choice((30, 200, 700)))

    async def _flag(self, post_id: int) -> None:
        await flag_post(post_id, self.chance.choice((Severity.AMBER, Severity.RED)), at=self.now())
        await self._know_cases()

    async def _know_cases(self) -> None:
        new = await fetch("SELECT id FROM moderation_case WHERE id > $1 ORDER BY id", max(self.waiting))
        self.waiting += [row["id"] for row in new if row["id"] not in self.waiting]


async def revision_of(case_id: int) -> int:
    return int((await fetch_one(f"SELECT post.revision {POST_OF_CASE}", case_id))["revision"])


class Replay:
    """Follows the audit log: who has what, until when, and what is closed; nobody does what they may not."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.held: dict[int, tuple[int, datetime]] = {}
        """By case: who, and since when."""
        self.closed: dict[int, str] = {}
        """By case: the act that closed it."""

    def until(self, case_id: int) -> datetime:
        """Return until when whoever has a case has it."""
        holder, since = self.held[case_id]
        return self._world.prolonged.get((case_id, holder, since), since + LEASE)

    def follow(self, entry: Entry) -> None:
        case_id, actor = int(entry.subject.removeprefix("case:")), entry.actor or 0
        if entry.act == "undo":
            assert self.closed.pop(case_id) == "decide"
            self.held[case_id] = (actor, entry.at)
            return
        assert case_id not in self.closed, f"{entry.act} of a closed case"
        if entry.act == "claim":
            ran_out_for = entry.detail["ran_out_for"]
            assert (self.held[case_id][0] if case_id in self.held else None) == ran_out_for
            assert ran_out_for is None or self.until(case_id) < entry.at, "a lease was taken from somebody"
            self.held[case_id] = (actor, entry.at)
            return
        if entry.act != "close":
            assert self.held[case_id][0] == actor, f"{entry.act} by somebody else"
        if entry.act in ("decide", "assign", "escalate"):
            assert entry.at <= self.until(case_id), f"{entry.act} after the lease"
        self.held.pop(case_id, None)
        if entry.act in ("decide", "close"):
            self.closed[case_id] = entry.act


async def replayed(world: World) -> tuple[Replay, list[str]]:
    """Return what the log says, and the acts in it."""
    replay = Replay(world)
    entries = [entry for entry in await read_entries(limit=10_000) if entry.act in MOVES]
    for entry in entries:
        replay.follow(entry)
    return replay, [entry.act for entry in entries]


async def one_after_another_each_three_at_once(world: World) -> None:
    """Let three people move at once, again and again."""
    taking = (world.next, world.next, world.choose, world.undo)
    holding = (
        world.decide, world.decide, world.decide, world.extend, world.back, world.assign, world.escalate, world.choose,
        world.choose, world.undo,
    )  # fmt: skip
    around = (
        world.edit, world.edit, world.edit, world.write, world.write, *(world.delete,) * 3, world.report, world.triage,
        world.time,
    )  # fmt: skip
    for _ in range(TRIPLES):
        world.at += timedelta(seconds=world.chance.choice((1, 30)))
        held = await fetch(
            "SELECT id, claimed_by FROM moderation_case WHERE claimed_by IS NOT NULL AND closed_at IS NULL ORDER BY id"
        )
        three: list[Awaitable[None]] = []
        for person in world.chance.sample(world.people, 3):
            own = [row["id"] for row in held if row["claimed_by"] == person.id]
            moves = around if world.chance.random() < 0.4 else holding if own else taking
            move = world.chance.choice(moves)
            three.append(move(person, world.some_case(own, [row["id"] for row in held])))
        await asyncio.gather(*three)
        rows = await fetch(
            """SELECT claimed_by, count(*) AS n FROM moderation_case
               WHERE claimed_until >= $1 AND closed_at IS NULL GROUP BY 1""",
            world.at,
        )
        assert all(row["n"] == 1 for row in rows)
        await execute("DELETE FROM case_pass")  # or soon there would be nobody left for a case


@pytest.mark.parametrize("seed", [7, 11, 2026])
async def test_hundreds_of_random_steps_never_put_a_case_into_two_hands(app: Litestar, seed: int) -> None:
    """Every move that there is, three at once, while the clock moves: 750 steps for each seed."""
    board = await a_board()
    world = World(board, await moderators(4), await cases(6, board=board), seed=seed)

    await one_after_another_each_three_at_once(world)

    replay, acts = await replayed(world)
    assert set(acts) == set(MOVES), "or this shows nothing"
    assert world.refused
    assert await verify() == len(await read_entries(limit=10_000))
    rows = await fetch("SELECT id, post, claimed_by, closed_at FROM moderation_case ORDER BY id")
    # A decision that is taken back leaves its case closed where the post has a newer one that is open.
    superseded = {row["id"] for row in rows if row["closed_at"] and any(
        later["post"] == row["post"] and later["id"] > row["id"] for later in rows)}  # fmt: skip
    still = {row["id"]: row["claimed_by"] for row in rows if row["claimed_by"] and not row["closed_at"]}
    assert {case: by for case, (by, _) in replay.held.items() if case not in superseded} == still
    closed = {row["id"] for row in rows if row["closed_at"]}
    assert closed - superseded <= set(replay.closed) <= closed
    assert len({row["post"] for row in await open_cases()}) == len(await open_cases())
    while await fetch("SELECT 1 FROM triage_task WHERE done_at IS NULL"):
        world.at += timedelta(minutes=1)
        await world.triage()
    assert await fetch(UNSEEN_CHANGES) == []
