"""Parts are killed with -9 while moderators decide: no decision is half-done, and no case is in two hands."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx

from tests.support.installation import kith as run_kith
from tests.support.installation import running
from tests.support.live import services_of
from tests.support.people import form_token, hidden_fields
from tests.support.saying import goes_to
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.installation import Installation

AUTHORS, POSTS_EACH = 10, 5
MODERATORS = 5
KILLED_AFTER = {
    5: "server.cli web", 10: "redis-server", 15: "bin/postgres", 20: "server.cli worker", 25: "server.cli web",
}  # fmt: skip
"""How many decisions are confirmed before which part is killed, while others are on their way."""
ENOUGH = 33
CASE = re.compile(r"^/moderation/cases/(\d+)")
WHOLE = """
    SELECT decision.words AS reason, moderation_case.closed_by = decision.moderator AS closed, post.state,
           (SELECT count(*) FROM decision AS other WHERE other."case" = moderation_case.id) AS decisions,
           (SELECT count(*) FROM audit_entry WHERE act = 'decide' AND actor = decision.moderator
               AND subject = 'case:' || moderation_case.id
               AND (detail ->> 'decision')::bigint = decision.id) AS entries,
           (SELECT count(*) FROM notice WHERE member = post.author AND kind = 'post-noted'
               AND detail = decision.words) AS notices,
           (SELECT count(*) FROM post AS answer WHERE answer.by_moderator AND answer.quoted = post.id
               AND answer.body = 'I read this. ' || decision.words) AS answers,
           (SELECT count(*) FROM labelled_example WHERE labelled_example.decision = decision.id) AS examples
    FROM decision JOIN moderation_case ON moderation_case.id = decision."case"
    JOIN post ON post.id = moderation_case.post
"""
EFFECTS = """
    SELECT (SELECT count(*) FROM decision) AS decisions,
           (SELECT count(*) FROM moderation_case WHERE closed_at IS NOT NULL) AS closed_cases,
           (SELECT count(*) FROM audit_entry WHERE act = 'decide') AS entries,
           (SELECT count(*) FROM notice WHERE kind = 'post-noted') AS notices,
           (SELECT count(*) FROM post WHERE by_moderator) AS answers,
           (SELECT count(*) FROM labelled_example) AS examples
"""


@dataclass
class Storm:
    """What moderators saw of it."""

    handed: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """To whom each case was handed."""
    confirmed: set[str] = field(default_factory=set)
    """The reasons of decisions that Kith said were done."""
    on_their_way: int = 0


async def test_every_decision_is_whole_and_every_claim_stays(folder: Path) -> None:
    async with running(folder / "var", folder / "log") as kith:
        await asyncio.gather(*(_post_urgently(kith, token) for token in await kith.let_in(AUTHORS)))
        keeper, *moderators = await kith.let_in(MODERATORS + 1, role="moderator")
        async with kith.browser(keeper) as browser:
            kept_case = await _help_next(browser)
        lease = await _lease_of(kith, kept_case)
        storm = Storm()
        storm.handed[kept_case].add(keeper)

        killers = asyncio.create_task(_kill_parts(kith, storm))
        await asyncio.gather(*(_decide_until_enough(kith, token, storm) for token in moderators))
        await killers
        await until(kith.answers, within=30)

        assert {len(holders) for holders in storm.handed.values()} == {1}
        await _check_decisions(kith, storm.confirmed)
        assert await _lease_of(kith, kept_case) == lease
        await _check_that_the_lease_holds_until_its_time(kith, kept_case, moderators[0])
        verified = await run_kith(folder / "var", "audit", "verify", **services_of(kith.settings))
        assert verified.status == 0, verified.output


async def _post_urgently(kith: Installation, token: str) -> None:
    """Write what the rules know by themselves: each post is a case at once."""
    async with kith.browser(token) as browser:
        csrf = await form_token(browser)
        for number in range(POSTS_EACH):
            answer = await browser.post(
                "/boards/hello/new",
                data={"title": f"Night {number}", "body": "I am going to kill myself tonight.",
                      "submission_key": str(uuid4()), "_csrf_token": csrf},
            )  # fmt: skip
            assert answer.status_code == 303, answer.text


async def _help_next(browser: httpx.AsyncClient) -> int:
    answer = await browser.post("/moderation/next", data={"_csrf_token": await form_token(browser)})
    found = CASE.match(answer.headers.get("location", ""))
    assert found, f"no case but {answer.status_code}"
    return int(found[1])


async def _decide_until_enough(kith: Installation, token: str, storm: Storm) -> None:
    async with kith.browser(token) as browser:
        browser.event_hooks = {"response": [_check_that_nothing_broke]}

        async def enough() -> bool:
            try:
                case_id = await _help_next(browser)
                storm.handed[case_id].add(token)
                await _decide(browser, case_id, storm)
            except (httpx.HTTPError, AssertionError):
                pass  # A part is away: they press the button again.
            return len(storm.confirmed) >= ENOUGH

        await until(enough, within=150)


async def _check_that_nothing_broke(answer: httpx.Response) -> None:
    if answer.status_code == 500:
        raise RuntimeError(f"{answer.request.url} broke while a part was away")


async def _decide(browser: httpx.AsyncClient, case_id: int, storm: Storm) -> None:
    path = f"/moderation/cases/{case_id}"
    page = (await browser.get(path)).raise_for_status()
    fields, reason = hidden_fields(page.text), f"Readers may choose. {uuid4()}"
    sent = {"_csrf_token": fields["_csrf_token"], "revision": fields["revision"], "act": "decide", "severity": "crisis",
            "post_act": "cover", "note_topic": "suicidal-thoughts", "reason": reason,
            "words": f"I read this. {reason}"}  # fmt: skip
    storm.on_their_way += 1
    try:
        answer = await browser.post(f"{path}/decide", data=sent)
    finally:
        storm.on_their_way -= 1
    if answer.status_code == 303:
        storm.confirmed.add(reason)


async def _kill_parts(kith: Installation, storm: Storm) -> None:
    for number, part in KILLED_AFTER.items():
        await until(lambda least=number: len(storm.confirmed) >= least and storm.on_their_way > 1, within=120)
        kith.process_of(part).kill()


async def _lease_of(kith: Installation, case_id: int) -> tuple[object, ...]:
    async with kith.database() as database:
        return tuple(
            await database.fetchrow(
                "SELECT claimed_by, claimed_until, closed_at FROM moderation_case WHERE id = $1", case_id
            )
        )


async def _check_decisions(kith: Installation, confirmed: set[str]) -> None:
    async with kith.database() as database:
        decisions, effects = await database.fetch(WHOLE), dict(await database.fetchrow(EFFECTS))

    assert confirmed <= {row["reason"] for row in decisions}
    assert {tuple(row)[1:] for row in decisions} == {(True, "covered", 1, 1, 1, 1, 1)}
    assert set(effects.values()) == {len(decisions)}, effects


async def _check_that_the_lease_holds_until_its_time(kith: Installation, case_id: int, colleague: str) -> None:
    async with kith.browser(colleague) as browser:

        async def claim() -> tuple[str, str]:
            fields = {"_csrf_token": await form_token(browser)}
            return goes_to(await browser.post(f"/moderation/cases/{case_id}/claim", data=fields))

        assert await claim() == (f"/moderation/cases/{case_id}", "case-not-free")
        async with kith.database() as database:
            await database.execute("UPDATE moderation_case SET claimed_until = now() WHERE id = $1", case_id)
        assert await claim() == (f"/moderation/cases/{case_id}", "")
