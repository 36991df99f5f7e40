"""Whatever moves a case, and every shift, is in the audit log: who, what and when, and nobody's words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest

from models.database import execute, fetch, fetch_one
from models.members import Role
from server.clock import now
from server.members.staff import set_role
from server.moderation import shifts
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.moderation.shifts import GONE_AFTER, end_forgotten
from server.moderation.undoing import undo
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.queue.audit import read_entries, verify
from triage.queue.claims import LEASE, claim, claim_next, extend
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

NOTE = "She wrote to me before; gently."


@pytest.fixture
async def case_ids(author: Person) -> list[int]:
    """Two cases; the first is the more urgent one."""
    board = await a_board()
    return [
        await flag_post((await a_thread(board, author)).post_id, severity)
        for severity in (Severity.RED, Severity.AMBER)
    ]


async def acts() -> list[tuple[str, int | None, str, dict[str, object]]]:
    return [(entry.act, entry.actor, entry.subject, dict(entry.detail)) for entry in await read_entries()]


async def press(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    answer = await submit(client, path, fields, page="/me")
    assert answer.status_code < 400, answer.text
    return answer


async def test_case_that_is_handed_over_or_chosen_is_recorded_with_whoever_takes_it(
    client: httpx.AsyncClient, moderator: Person, case_ids: list[int]
) -> None:
    urgent, other = case_ids
    await press(client, "/moderation/next")
    await press(client, "/moderation/next")  # it is theirs already
    await press(client, f"/moderation/cases/{other}/claim")

    assert await acts() == [
        ("claim", moderator.id, f"case:{urgent}", {"chosen": False, "ran_out_for": None}),
        ("claim", moderator.id, f"case:{other}", {"chosen": True, "ran_out_for": None}),
        ("free", moderator.id, f"case:{urgent}", {"why": "took-another"}),
    ]
    assert await verify() == 3


async def test_claim_that_is_refused_or_prolonged_leaves_no_entry(
    client: httpx.AsyncClient, moderator: Person, second: Person, case_ids: list[int]
) -> None:
    await claim(case_ids[0], second.id, at=now())
    before = await acts()

    await press(client, f"/moderation/cases/{case_ids[0]}/claim")
    assert await extend(case_ids[0], second.id, at=now())

    assert await acts() == before


async def test_claim_says_whose_time_on_it_ran_out(first: Person, second: Person, case_ids: list[int]) -> None:
    at = now()
    await claim(case_ids[0], first.id, at=at)

    await claim_next(second.id, at=at + LEASE + timedelta(minutes=1))

    assert (await acts())[-1] == (
        "claim", second.id, f"case:{case_ids[0]}", {"chosen": False, "ran_out_for": first.id},
    )  # fmt: skip


async def test_claim_that_cannot_be_recorded_is_none(first: Person, case_ids: list[int]) -> None:
    await execute("ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (act <> 'claim')")
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            await claim(case_ids[0], first.id, at=now())
    finally:
        await execute("ALTER TABLE audit_entry DROP CONSTRAINT full_disk")

    assert await fetch("SELECT 1 FROM moderation_case WHERE claimed_by IS NOT NULL OR first_look_at IS NOT NULL") == []


async def test_note_is_recorded_once_and_never_its_words(
    client: httpx.AsyncClient, moderator: Person, case_ids: list[int]
) -> None:
    for _ in range(2):  # as a page that is loaded anew sends it
        await press(client, f"/moderation/cases/{case_ids[0]}/note", details=NOTE)

    note = await fetch_one("SELECT id FROM case_note")
    assert await acts() == [("note", moderator.id, f"case:{case_ids[0]}", {"note": note["id"]})]
    assert "gently" not in str(await read_entries())


async def test_shift_is_recorded_when_it_begins_rests_goes_on_and_ends(
    client: httpx.AsyncClient, moderator: Person, case_ids: list[int]
) -> None:
    await press(client, "/moderation/shift", step="pause")
    for step in ("start", "start"):
        await press(client, "/moderation/shift", step=step)
    await press(client, "/moderation/next")
    for step in ("pause", "pause", "start", "end", "end"):
        await press(client, "/moderation/shift", step=step)

    before, after = [{"shift": row["id"]} for row in await fetch("SELECT id FROM shift ORDER BY id")]
    found = await acts()
    assert [(act, detail) for act, _, subject, detail in found if subject == f"member:{moderator.id}"] == [
        ("start-shift", before), ("pause-shift", before), ("resume-shift", after), ("end-shift", after),
    ]  # fmt: skip
    assert {actor for _, actor, _, _ in found} == {moderator.id}
    assert [detail for act, _, subject, detail in found if (act, subject) == ("free", f"case:{case_ids[0]}")] == [
        {"why": "paused"}
    ]


async def test_shift_that_somebody_else_ends_says_who(app: Litestar, first: Person, case_ids: list[int]) -> None:
    admin = await a_member("steady-heron-20", role="admin")
    await shifts.start(first.id, at=now())
    await claim(case_ids[0], first.id, at=now())

    await set_role(app.state.redis, first.id, Role.MEMBER, actor_id=admin.id, at=now())

    assert [(act, actor) for act, actor, _, _ in await acts()] == [
        ("start-shift", first.id), ("claim", first.id), ("end-shift", admin.id), ("free", admin.id),
        ("change-role", admin.id),
    ]  # fmt: skip


async def test_shift_without_a_sign_of_life_is_ended_by_kith_itself(first: Person) -> None:
    await shifts.start(first.id, at=now())

    await end_forgotten(at=now() + GONE_AFTER + timedelta(minutes=1))

    assert [(act, actor, subject) for act, actor, subject, _ in await acts()] == [
        ("start-shift", first.id, f"member:{first.id}"), ("end-shift", None, f"member:{first.id}"),
    ]  # fmt: skip


async def test_signing_out_frees_a_case_in_the_log_too(
    client: httpx.AsyncClient, moderator: Person, case_ids: list[int]
) -> None:
    await press(client, "/moderation/next")

    await press(client, "/sign-out")

    assert (await acts())[-1] == ("free", moderator.id, f"case:{case_ids[0]}", {"why": "ended"})


async def test_case_that_is_let_go_for_one_that_was_decided_before_is_recorded(
    first: Person, case_ids: list[int]
) -> None:
    await claim(case_ids[0], first.id, at=now())
    decision = await decide(case_ids[0], first.id, DecisionForm(revision=1), at=now())
    await claim(case_ids[1], first.id, at=now())

    await undo(decision, first.id, at=now())

    assert [(act, subject) for act, _, subject, _ in await acts()][-2:] == [
        ("undo", f"case:{case_ids[0]}"), ("free", f"case:{case_ids[1]}"),
    ]  # fmt: skip


async def test_each_step_of_the_ladder_is_recorded_as_kiths_own(app: Litestar, case_ids: list[int]) -> None:
    late = now() + timedelta(hours=2)
    await raise_alerts(app.state.settings, app.state.redis, at=late)
    await raise_alerts(app.state.settings, app.state.redis, at=late + timedelta(minutes=11))

    assert await acts() == [("call", None, f"case:{case_ids[0]}", {"step": step}) for step in (2, 3)]


async def test_admins_filter_by_what_moved_a_case(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, moderator: Person, case_ids: list[int]
) -> None:
    await press(client, "/moderation/shift", step="start")
    await press(client, "/moderation/next")
    await press(client, f"/moderation/cases/{case_ids[0]}/note", details=NOTE)
    admin = new_browser()
    await enter(admin, app, await a_member("steady-heron-20", role="admin"), second_factor=True)

    everything, claims = (await admin.get("/admin/audit")).text, (await admin.get("/admin/audit?act=claim")).text
    one_case = (await admin.get(f"/admin/audit?subject=case:{case_ids[0]}")).text

    for act, words in (
        ("claim", "take a case"),
        ("note", "leave a note for colleagues"),
        ("start-shift", "start shift"),
    ):
        assert f'<option value="{act}">{words}</option>' in everything
    assert claims.count(f'href="/moderation/cases/{case_ids[0]}"') == 1
    assert "gently" not in everything
    assert one_case.count(f'href="/moderation/cases/{case_ids[0]}"') == 2
