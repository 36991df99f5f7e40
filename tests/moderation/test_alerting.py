"""The escalation ladder: whoever is on shift, then on-call, again and again until somebody says that they are on it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import engine, execute, fetch, fetch_one, transaction
from server.clock import now
from server.errors import NotFound
from server.moderation import outside, shifts
from server.moderation.alerting import AT_ONCE, NOT_FINISHED, acknowledge, raise_alerts, recent_failures
from server.moderation.deciding import decide, escalate
from server.moderation.forms import DecisionForm
from server.moderation.presence import ENOUGH_CASES, usual_minutes
from server.worker import build_worker
from tests.support.cases import flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member, enter, submit
from tests.support.saying import goes_to
from tests.support.waiting import until
from triage.queue.audit import verify
from triage.queue.claims import claim, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from litestar import Litestar

    from server.settings import Settings
    from tests.support.app import NewBrowser
    from tests.support.outside import MailServer, Webhook

DUE = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The moment after which the case is overdue."""
MINUTE = timedelta(minutes=1)
WORDS = ("Plantedtitle", "Plantedbody", "planted-heron-7", "Plantedwhy")


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member(WORDS[2])


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def case_id(author: Person, board: BoardInTest) -> int:
    """A red post that somebody should have looked at when the clock stands at DUE."""
    return await an_overdue_case(board, author)


@pytest.fixture
async def on_shift(app: Litestar) -> Person:
    return await a_moderator_on_shift("calm-owl-1")


@pytest.fixture
async def clinician(app: Litestar) -> Person:
    return await a_member("wise-crane-3", role="clinician")


@pytest.fixture
def settings(services: Settings, webhook: Webhook, mail: MailServer) -> Settings:
    """Settings that lead to both ways out."""
    return dataclasses.replace(
        services,
        base_url="https://kith.example.org",
        alert_webhook=webhook.url,
        alert_smtp=mail.address(),
        alert_from="kith@example.org",
        alert_to=("on-call@example.org", "second@example.org"),
    )


async def an_overdue_case(board: BoardInTest, author: Person, severity: Severity = Severity.RED) -> int:
    minutes = {Severity.CRISIS: 5, Severity.RED: 30, Severity.AMBER: 24 * 60}[severity]
    thread = await a_thread(board, author, title=WORDS[0], body=f"{WORDS[1]} of mine.", at=DUE - minutes * MINUTE)
    return await flag_post(thread.post_id, severity, at=DUE - minutes * MINUTE)


async def a_moderator_on_shift(handle: str) -> Person:
    person = await a_member(handle, role="moderator")
    await shifts.start(person.id, at=DUE - 60 * MINUTE)
    return person


async def watch(app: Litestar, settings: Settings, *, minutes: range) -> list[tuple[int, int]]:
    """Let the worker look once a minute; return (minute, step) of each alert that this raised."""
    for minute in minutes:
        await raise_alerts(settings, app.state.redis, at=DUE + minute * MINUTE)
    first = DUE + minutes[0] * MINUTE
    rows = await fetch("SELECT sent_at, step FROM alert WHERE sent_at >= $1 ORDER BY id", first)
    return [(round((row["sent_at"] - DUE) / MINUTE), row["step"]) for row in rows]


async def look(app: Litestar, settings: Settings, minute: float) -> int:
    return await raise_alerts(settings, app.state.redis, at=DUE + minute * MINUTE)


async def called() -> Counter[int]:
    """Return who has an unread call, and how many."""
    rows = await fetch("SELECT member FROM notice WHERE kind = 'case-overdue' AND read_at IS NULL")
    return Counter(row["member"] for row in rows)


async def test_whole_ladder_over_an_hour(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, clinician: Person, webhook: Webhook,
    mail: MailServer,
) -> None:  # fmt: skip
    assert await look(app, settings, -1) == 0, "before the deadline nobody is called"

    steps = await watch(app, settings, minutes=range(1, 6))
    assert (steps, await called()) == ([(1, 1)], Counter({on_shift.id: 1}))
    assert (webhook.calls, mail.letters) == ([], [])

    steps = await watch(app, settings, minutes=range(6, 61))
    assert steps == [(6, 2), (16, 3), (26, 4), (36, 5), (46, 6), (56, 7)]
    assert await called() == Counter({on_shift.id: 1, clinician.id: 1}), "of several calls only the newest is kept"
    assert len(webhook.calls) == len(mail.letters) == 6
    assert await fetch("SELECT 1 FROM alert WHERE failure <> ''") == []


async def test_call_says_which_case_how_urgent_since_when_and_where(
    app: Litestar, settings: Settings, case_id: int, clinician: Person, webhook: Webhook, mail: MailServer
) -> None:
    await look(app, settings, 1)

    link = f"https://kith.example.org/moderation/cases/{case_id}"
    since = (DUE - 30 * MINUTE).isoformat()
    assert webhook.calls == [{"case": case_id, "severity": "red", "since": since, "link": link}]
    [letter] = mail.letters
    assert letter["subject"] == f"Kith: nobody has come yet to case {case_id} (red)"
    assert letter["from"] == "kith@example.org"
    assert mail.recipients == ["on-call@example.org", "second@example.org"]
    assert f"Case {case_id}, red, since 2026-11-20 11:30 UTC\n{link}\n" in letter.get_content().replace("\r", "")


async def test_case_whose_call_fails_keeps_no_other_waiting(
    app: Litestar, settings: Settings, case_id: int, board: BoardInTest, author: Person, clinician: Person
) -> None:
    other = await an_overdue_case(board, author)
    async with no_alert_for(case_id):
        assert await look(app, settings, 1) == 1
        assert [row["case"] for row in await fetch('SELECT "case" FROM alert')] == [other]

    assert await look(app, settings, 2) == 1, "the one that failed is called as soon as it can be"


@asynccontextmanager
async def no_alert_for(case_id: int) -> AsyncIterator[None]:
    """Make the database refuse alerts for one case."""
    await execute(f'ALTER TABLE alert ADD CONSTRAINT refused CHECK ("case" <> {case_id}) NOT VALID')
    try:
        yield
    finally:
        await execute("ALTER TABLE alert DROP CONSTRAINT refused")


async def test_no_word_of_the_post_or_its_author_leaves(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, webhook: Webhook, mail: MailServer
) -> None:
    await claim(case_id, on_shift.id, at=DUE)
    await escalate(case_id, on_shift.id, why=f"{WORDS[3]}: {WORDS[1]}", at=DUE + MINUTE)

    await watch(app, settings, minutes=range(2, 30))

    sent = [request.decode() for request in webhook.requests]
    sent += [raw.decode() for raw in mail.raw] + [letter.as_string() + letter.get_content() for letter in mail.letters]
    assert len(webhook.requests) == len(mail.letters) == 3
    assert [word for word in WORDS for text in sent if word.lower() in text.lower()] == []
    kept = await fetch("SELECT detail FROM notice WHERE kind = 'case-overdue'")
    assert {row["detail"] for row in kept} <= {str(case_id)}


async def test_what_is_neither_urgent_nor_escalated_is_called_out_inside_kith_alone(
    app: Litestar, settings: Settings, board: BoardInTest, author: Person, on_shift: Person, clinician: Person,
    webhook: Webhook, mail: MailServer,
) -> None:  # fmt: skip
    amber = await an_overdue_case(board, author, Severity.AMBER)

    assert await watch(app, settings, minutes=range(1, 17)) == [(1, 1), (6, 2), (16, 3)]
    assert await called() == Counter({on_shift.id: 1, clinician.id: 1})
    assert (webhook.requests, mail.letters) == ([], [])
    assert await fetch("SELECT 1 FROM alert WHERE failure <> ''") == []

    await claim(amber, on_shift.id, at=DUE + 17 * MINUTE)
    await escalate(amber, on_shift.id, why="", at=DUE + 18 * MINUTE)
    assert await watch(app, settings, minutes=range(18, 20)) == [(18, 2)]
    assert (len(webhook.calls), len(mail.letters)) == (1, 1)


async def test_with_nobody_on_shift_on_call_is_called_at_once(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, clinician: Person
) -> None:
    await shifts.pause(on_shift.id, at=DUE)

    assert await watch(app, settings, minutes=range(1, 2)) == [(1, 2)]
    assert await called() == Counter({clinician.id: 1})


async def test_when_the_last_one_leaves_on_call_is_not_kept_waiting(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, clinician: Person
) -> None:
    await look(app, settings, 1)
    await shifts.end(on_shift.id, by=on_shift.id, at=DUE + MINUTE)

    assert await watch(app, settings, minutes=range(2, 3)) == [(2, 2)]


async def test_admins_are_called_where_there_is_no_clinician(app: Litestar, settings: Settings, case_id: int) -> None:
    admin = await a_member("steady-heron-20", role="admin")
    await a_member("calm-owl-9", role="moderator")

    await look(app, settings, 1)

    assert await called() == Counter({admin.id: 1})


async def test_call_goes_out_although_no_staff_is_left(
    app: Litestar, settings: Settings, case_id: int, webhook: Webhook, mail: MailServer
) -> None:
    await look(app, settings, 1)

    assert (len(webhook.calls), len(mail.letters)) == (1, 1)


async def test_author_is_never_called_to_their_own_post(
    app: Litestar, settings: Settings, board: BoardInTest, clinician: Person
) -> None:
    own = await a_moderator_on_shift("calm-owl-1")
    await an_overdue_case(board, own)
    await an_overdue_case(board, clinician)
    admin = await a_member("steady-heron-20", role="admin")

    await look(app, settings, 1)
    rows = await fetch('SELECT "case", step FROM alert ORDER BY "case"')
    assert [row["step"] for row in rows] == [2, 1], "who is alone with their own post does not count as on shift"
    assert await called() == Counter({clinician.id: 1, own.id: 1})

    await look(app, settings, 6)
    assert await called() == Counter({clinician.id: 1, own.id: 1, admin.id: 1})
    calls = await fetch("SELECT member, detail FROM notice WHERE kind = 'case-overdue'")
    assert {(row["member"], row["detail"]) for row in calls}.isdisjoint({(own.id, "1"), (clinician.id, "2")})


async def test_moderator_who_avoids_the_author_does_not_count(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, author: Person, clinician: Person
) -> None:
    await execute(
        "INSERT INTO avoidance (member, other, kind, created_at) VALUES ($1, $2, 'mute', $3)",
        on_shift.id, author.id, DUE,
    )  # fmt: skip

    assert await watch(app, settings, minutes=range(1, 2)) == [(1, 2)]
    assert await called() == Counter({clinician.id: 1})


async def test_escalated_case_goes_to_on_call_at_once_and_until_somebody_has_it(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, clinician: Person
) -> None:
    await claim(case_id, on_shift.id, at=DUE - MINUTE)
    assert await watch(app, settings, minutes=range(1, 3)) == [], "somebody has looked"
    await escalate(case_id, on_shift.id, why="", at=DUE + 3 * MINUTE)

    assert await watch(app, settings, minutes=range(4, 16)) == [(4, 2), (14, 3)]
    assert await called() == Counter({clinician.id: 1})
    assert await claim(case_id, clinician.id, at=DUE + 16 * MINUTE)
    assert await watch(app, settings, minutes=range(17, 26)) == []
    await hand_back(case_id, clinician.id, at=DUE + 26 * MINUTE)
    assert await watch(app, settings, minutes=range(27, 29)) == [(27, 4)]


async def test_escalated_case_whose_lease_ran_out_is_called_out_again(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, clinician: Person
) -> None:
    await claim(case_id, on_shift.id, at=DUE)
    await escalate(case_id, on_shift.id, why="", at=DUE + MINUTE)
    await claim(case_id, clinician.id, at=DUE + 2 * MINUTE)

    assert await watch(app, settings, minutes=range(3, 20)) == [(13, 2)]


async def test_look_and_decision_end_the_ladder(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person
) -> None:
    await look(app, settings, 1)
    await claim(case_id, on_shift.id, at=DUE + 2 * MINUTE)
    await decide(case_id, on_shift.id, DecisionForm(revision=1), at=DUE + 3 * MINUTE)

    assert await watch(app, settings, minutes=range(4, 60)) == []


async def test_acknowledgement_holds_for_a_quarter_of_an_hour(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person, clinician: Person
) -> None:
    await watch(app, settings, minutes=range(1, 8))

    assert await acknowledge(case_id, clinician.id, at=DUE + 8 * MINUTE)
    assert not await acknowledge(case_id, clinician.id, at=DUE + 8 * MINUTE), "there is nothing left to acknowledge"

    assert await watch(app, settings, minutes=range(9, 30)) == [(23, 1), (28, 2)]
    rows = await fetch("SELECT acknowledged_at, acknowledged_by FROM alert ORDER BY id LIMIT 2")
    assert [tuple(row.values()) for row in rows] == [(DUE + 8 * MINUTE, clinician.id)] * 2
    entry = await fetch_one("SELECT actor, subject FROM audit_entry WHERE act = 'acknowledge'")
    assert (entry["actor"], entry["subject"]) == (clinician.id, f"case:{case_id}")
    assert await verify() == 6


async def test_escalation_after_an_acknowledgement_calls_all_the_same(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person
) -> None:
    await look(app, settings, 1)
    await acknowledge(case_id, on_shift.id, at=DUE + 2 * MINUTE)
    await claim(case_id, on_shift.id, at=DUE + 3 * MINUTE)
    await escalate(case_id, on_shift.id, why="", at=DUE + 4 * MINUTE)

    assert await watch(app, settings, minutes=range(5, 6)) == [(5, 2)]


async def test_two_workers_at_once_call_once(
    app: Litestar, settings: Settings, board: BoardInTest, author: Person, clinician: Person, webhook: Webhook
) -> None:
    for _ in range(5):
        await an_overdue_case(board, author)

    raised = await asyncio.gather(*(look(app, settings, 1) for _ in range(4)))

    assert sum(raised) == 5
    assert len(await fetch("SELECT 1 FROM alert")) == len(webhook.calls) == 5
    assert await called() == Counter({clinician.id: 5})


async def test_case_that_somebody_is_taking_is_left_alone(
    app: Litestar, settings: Settings, case_id: int, on_shift: Person
) -> None:
    async with transaction():
        await execute("SELECT 1 FROM moderation_case FOR NO KEY UPDATE")
        another_worker = asyncio.create_task(look_without_transaction(app, settings))
        assert await another_worker == 0

    assert await look(app, settings, 1) == 1


async def look_without_transaction(app: Litestar, settings: Settings) -> int:
    """Look as another process would: outside of the transaction that the test holds."""
    engine().current_transaction.set(None)
    return await look(app, settings, 1)


async def test_most_urgent_come_first_and_the_rest_in_the_next_round(
    app: Litestar, settings: Settings, board: BoardInTest, author: Person, webhook: Webhook, mail: MailServer
) -> None:
    for _ in range(AT_ONCE):
        await an_overdue_case(board, author)
    crisis = await an_overdue_case(board, author, Severity.CRISIS)

    assert await look(app, settings, 1) == AT_ONCE
    assert crisis in [call["case"] for call in webhook.calls]
    [letter] = mail.letters
    assert letter["subject"] == f"Kith: nobody has come yet to {AT_ONCE} cases"
    assert letter.get_content().startswith(f"Case {crisis}, crisis, since ")
    assert await look(app, settings, 1.25) == 1


@pytest.mark.parametrize(("status", "kind"), [(500, "status 500"), (302, "status 302"), (None, "no answer in time")])
async def test_webhook_that_fails_does_not_stop_the_mail_and_is_tried_at_the_next_step(
    app: Litestar, settings: Settings, case_id: int, webhook: Webhook, mail: MailServer, status: int | None, kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(outside, "WEBHOOK_SECONDS", 0.3)
    webhook.status = status
    await look(app, settings, 1)

    assert (await fetch_one("SELECT failure FROM alert"))["failure"] == f"webhook: {kind}"
    assert len(mail.letters) == 1
    webhook.status = 200
    await look(app, settings, 11)
    assert len(webhook.calls) == 2
    assert [row["failure"] for row in await fetch("SELECT failure FROM alert ORDER BY id")] == [f"webhook: {kind}", ""]


async def test_mail_server_that_is_away_does_not_stop_the_webhook(
    app: Litestar, services: Settings, settings: Settings, case_id: int, webhook: Webhook
) -> None:
    await look(app, dataclasses.replace(settings, alert_smtp="smtp://kith:hush@127.0.0.1:1"), 1)

    [row] = await fetch("SELECT failure FROM alert")
    assert row["failure"] == "mail: ConnectionRefusedError"
    assert len(webhook.calls) == 1


async def test_refused_recipient_is_noticed_and_the_others_get_the_mail(
    app: Litestar, settings: Settings, case_id: int, mail: MailServer
) -> None:
    mail.refused = ("second@example.org",)

    await look(app, settings, 1)

    assert (await fetch_one("SELECT failure FROM alert"))["failure"] == "mail: some recipients refused"
    assert len(mail.letters) == 1


async def test_password_is_sent_to_this_machine_and_to_no_other_without_encryption(
    app: Litestar, settings: Settings, case_id: int, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password = dataclasses.replace(settings, alert_smtp=mail.address("kith:hu%40sh@"), alert_webhook=None)
    await look(app, with_password, 1)
    assert (len(mail.logins), len(mail.letters)) == (1, 1)

    monkeypatch.setattr(outside, "OWN_MACHINE", frozenset())
    await look(app, with_password, 11)
    assert (len(mail.logins), len(mail.letters)) == (1, 1)
    rows = await fetch("SELECT failure FROM alert ORDER BY id")
    assert [row["failure"] for row in rows] == ["", "mail: no encryption for the password"]


async def test_worker_that_dies_while_it_calls_leaves_a_trace(
    app: Litestar, settings: Settings, case_id: int, webhook: Webhook
) -> None:
    webhook.status = None
    dying = asyncio.create_task(look(app, settings, 1))
    await until(lambda: webhook.requests)
    dying.cancel()
    await asyncio.wait([dying])

    assert (await fetch_one("SELECT failure FROM alert"))["failure"] == NOT_FINISHED


async def test_without_any_way_out_staff_is_called_inside_alone(
    app: Litestar, services: Settings, case_id: int, clinician: Person
) -> None:
    await look(app, services, 1)

    assert await called() == Counter({clinician.id: 1})
    assert (await fetch_one("SELECT failure FROM alert"))["failure"] == ""


async def test_admin_sees_what_failed_for_a_day(
    app: Litestar, client: httpx.AsyncClient, settings: Settings, case_id: int, webhook: Webhook
) -> None:
    await enter(client, app, await a_member("steady-heron-20", role="admin"), second_factor=True)
    assert "On-call could not be reached" not in (await client.get("/admin")).text
    webhook.status = 500

    await raise_alerts(settings, app.state.redis, at=now())

    page = (await client.get("/admin")).text
    assert "Calls to a case that failed within a day: 1. The last, just now: webhook: status 500." in page
    assert await recent_failures(at=now() + timedelta(days=2)) is None


async def test_moderator_finds_the_case_says_so_and_nobody_else_is_called(
    app: Litestar, client: httpx.AsyncClient, services: Settings, case_id: int
) -> None:
    moderator = await a_member("calm-owl-1", role="moderator")
    await shifts.start(moderator.id, at=now())
    await enter(client, app, moderator, second_factor=True)
    case = f"/moderation/cases/{case_id}"
    assert "I am on it" not in (await client.get(case)).text
    await raise_alerts(services, app.state.redis, at=now())

    notices = (await client.get("/notices")).text
    notice = await fetch_one("SELECT id FROM notice WHERE member = $1", moderator.id)
    assert f'href="/notices/{notice["id"]}"' in notices
    assert "nobody has come yet" in notices
    assert WORDS[0] not in notices
    assert (await client.get(f"/notices/{notice['id']}")).headers["location"] == case
    assert "nobody has come yet" in (await client.get("/moderation")).text
    assert "I am on it" in (await client.get(case)).text

    answer = await submit(client, f"{case}/on-it", page=case)

    assert goes_to(answer) == (case, "on-it")
    assert "nobody has come yet" not in (await client.get("/moderation")).text
    assert "I am on it" not in (await client.get(case)).text
    assert (await fetch_one("SELECT acknowledged_by FROM alert"))["acknowledged_by"] == moderator.id


async def test_nobody_acknowledges_their_own_post_or_without_the_role(
    app: Litestar, new_browser: NewBrowser, settings: Settings, board: BoardInTest
) -> None:
    own, member = await a_moderator_on_shift("calm-owl-1"), await a_member("quiet-otter-41")
    case_id = await an_overdue_case(board, own)
    await look(app, settings, 1)

    with pytest.raises(NotFound):
        await acknowledge(case_id, own.id, at=DUE + 2 * MINUTE)
    browser = new_browser()
    await enter(browser, app, member)
    assert (await submit(browser, f"/moderation/cases/{case_id}/on-it", page="/me")).status_code == 404
    assert (await fetch_one("SELECT acknowledged_at FROM alert"))["acknowledged_at"] is None


async def test_worker_looks_by_itself_four_times_a_minute(
    app: Litestar, services: Settings, case_id: int, clinician: Person
) -> None:
    worker = build_worker(services)
    working = asyncio.create_task(worker.main())
    try:
        await until(called)
    finally:
        working.cancel()
        await asyncio.wait([working])
        with suppress(asyncio.CancelledError):  # of a job that was just ending
            await worker.close()

    assert await called() == Counter({clinician.id: 1})
    assert [job.second for job in worker.cron_jobs or () if job.name == "alert"] == [{0, 15, 30, 45}]


async def test_usual_time_is_the_median_of_the_last_thirty_days(
    app: Litestar, board: BoardInTest, author: Person, on_shift: Person
) -> None:
    async def looked_after(minutes: int, *, at: datetime, severity: Severity = Severity.RED) -> None:
        thread = await a_thread(board, author, at=at)
        found = await flag_post(thread.post_id, severity, at=at)
        await execute("UPDATE moderation_case SET first_look_at = $2 WHERE id = $1", found, at + minutes * MINUTE)

    for number in range(ENOUGH_CASES - 1):
        await looked_after(number + 1, at=DUE)
    await looked_after(500, at=DUE - timedelta(days=31))
    await looked_after(500, at=DUE, severity=Severity.AMBER)
    assert await usual_minutes(at=DUE + MINUTE) is None, "too few cases to say"

    await looked_after(300, at=DUE)
    assert await usual_minutes(at=DUE + MINUTE) in (5, 6)


async def test_front_page_and_about_page_say_whether_somebody_is_here(app: Litestar, client: httpx.AsyncClient) -> None:
    for path in ("/", "/about"):
        page = (await client.get(path)).text
        assert "Moderators here now: no." in page
        assert "Usually the first look" not in page
    await shifts.start((await a_member("calm-owl-1", role="moderator")).id, at=now())
    await app.state.redis.set("kith:presence:usual-minutes", 7)

    page = (await client.get("/")).text

    assert "Moderators here now: yes." in page
    assert "Usually the first look at an urgent post takes 7 min (median of the last 30 days)." in page
