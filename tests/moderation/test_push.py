"""Calls on staff's devices: to whom, sealed how, and what comes of a push service that fails."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from models.database import execute, fetch, fetch_one
from server.moderation import push, shifts
from server.moderation.alerting import raise_alerts
from server.moderation.deciding import escalate
from server.moderation.devices import MANY_FAILURES, WELL_FOR
from server.moderation.push import Reach, send_test
from server.moderation.sealing import application_server_key
from tests.support.cases import flag_post
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member
from tests.support.push import Phone, PushService, push_service, read_signature
from tests.support.waiting import until
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from litestar import Litestar

    from server.settings import Settings
    from tests.support.outside import MailServer, Webhook

DUE = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The moment after which a red case is overdue."""
MINUTE = timedelta(minutes=1)
WORDS = ("Plantedtitle", "Plantedbody", "planted-heron-7", "Plantedwhy")


@pytest_asyncio.fixture
async def service(tmp_path) -> AsyncIterator[PushService]:
    async with push_service(tmp_path) as running:
        yield running


@pytest.fixture
def settings(services: Settings) -> Settings:
    return dataclasses.replace(services, base_url="https://kith.example.org")


@pytest.fixture
def all_ways(settings: Settings, webhook: Webhook, mail: MailServer) -> Settings:
    """Settings that lead to webhook and mail as well."""
    return dataclasses.replace(
        settings,
        alert_webhook=webhook.url,
        alert_smtp=mail.address(),
        alert_from="kith@example.org",
        alert_to=("on-call@example.org",),
    )


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def author(app: Litestar) -> Person:
    return await a_member(WORDS[2])


@pytest.fixture
async def case_id(board: BoardInTest, author: Person) -> int:
    return await a_case(board, author, Severity.RED)


@pytest.fixture
async def on_shift(app: Litestar) -> Person:
    person = await a_member("calm-owl-1", role="moderator")
    await shifts.start(person.id, at=DUE - 60 * MINUTE)
    return person


@pytest.fixture
async def clinician(app: Litestar) -> Person:
    return await a_member("wise-crane-3", role="clinician")


async def a_case(board: BoardInTest, author: Person, severity: Severity) -> int:
    """Flag a post so that it is due: an urgent one at DUE, others long before."""
    flagged = DUE - (30 * MINUTE if severity.is_urgent else timedelta(days=9))
    thread = await a_thread(board, author, title=WORDS[0], body=f"{WORDS[1]} of mine.", at=flagged)
    return await flag_post(thread.post_id, severity, at=flagged)


async def look(app: Litestar, settings: Settings, service: PushService, minute: float) -> int:
    return await raise_alerts(settings, app.state.redis, at=DUE + minute * MINUTE, reach=service.reach())


async def latest_failure() -> str:
    return str((await fetch_one("SELECT failure FROM alert ORDER BY id DESC LIMIT 1"))["failure"])


async def kept_devices() -> list[int]:
    return [row["id"] for row in await fetch("SELECT id FROM push_subscription ORDER BY id")]


async def test_first_who_is_on_shift_then_who_is_on_call(
    app: Litestar, settings: Settings, service: PushService, case_id: int, on_shift: Person, clinician: Person
) -> None:
    moderators, clinicians, members = Phone("/m"), Phone("/c"), Phone("/x")
    await service.register(moderators, on_shift.id)
    await service.register(clinicians, clinician.id)
    await service.register(members, (await a_member("quiet-otter-41", role="moderator")).id)

    await look(app, settings, service, 1)
    assert [len(service.to(phone)) for phone in (moderators, clinicians, members)] == [1, 0, 0]

    await look(app, settings, service, 6)
    assert [len(service.to(phone)) for phone in (moderators, clinicians, members)] == [1, 1, 0]
    assert await fetch("SELECT 1 FROM alert WHERE failure <> ''") == []
    row = await fetch_one("SELECT last_ok_at FROM push_subscription WHERE member = $1", clinician.id)
    assert row["last_ok_at"] == DUE + 6 * MINUTE


async def test_only_the_device_can_read_the_call_and_it_holds_kind_and_case_alone(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person
) -> None:
    phone = Phone()
    await service.register(phone, clinician.id)

    await look(app, settings, service, 1)

    [sent] = service.to(phone)
    assert phone.read(sent) == {"kind": "urgent", "case": case_id}
    assert (sent.headers["ttl"], sent.headers["urgency"]) == ("600", "high")
    assert sent.headers["content-encoding"] == "aes128gcm"
    assert "cookie" not in sent.headers


async def test_call_is_signed_with_the_key_that_browsers_are_given(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person
) -> None:
    await service.register(Phone(), clinician.id)

    await look(app, settings, service, 1)

    claims, key = read_signature(service.sent[0])
    assert key == application_server_key(settings)
    assert claims["aud"] == f"https://push.example:{service.port}"
    assert claims["sub"] == "https://kith.example.org"
    assert timedelta() < datetime.fromtimestamp(claims["exp"], UTC) - DUE < timedelta(days=1)


def test_key_is_the_same_wherever_the_secret_key_is_and_differs_elsewhere(settings: Settings) -> None:
    there = dataclasses.replace(settings, data_dir=settings.data_dir / "other-machine")
    elsewhere = dataclasses.replace(settings, secret_key="another secret key, of another installation")

    assert application_server_key(there) == application_server_key(settings)
    assert application_server_key(elsewhere) != application_server_key(settings)


async def test_without_a_public_site_the_sender_of_mail_can_be_asked(
    app: Litestar, all_ways: Settings, service: PushService, case_id: int, clinician: Person
) -> None:
    await service.register(Phone(), clinician.id)

    await look(app, dataclasses.replace(all_ways, base_url="http://127.0.0.1:8000"), service, 1)

    assert read_signature(service.sent[0])[0]["sub"] == "mailto:kith@example.org"


async def test_no_word_of_the_post_or_its_author_leaves(
    app: Litestar, settings: Settings, service: PushService, board: BoardInTest, author: Person, case_id: int,
    on_shift: Person, clinician: Person,
) -> None:  # fmt: skip
    phone = Phone()
    await service.register(phone, clinician.id)
    await claim(case_id, on_shift.id, at=DUE)
    await escalate(case_id, on_shift.id, why=WORDS[3], at=DUE + MINUTE)
    second = await a_case(board, author, Severity.AMBER)
    await claim(second, on_shift.id, at=DUE)
    await escalate(second, on_shift.id, why=WORDS[3], at=DUE + MINUTE)

    await look(app, settings, service, 2)

    calls = [phone.read(sent) for sent in service.to(phone)]
    assert sorted(calls, key=lambda call: call["case"]) == [
        {"kind": "urgent", "case": case_id}, {"kind": "urgent", "case": second},
    ]  # fmt: skip
    everything = json.dumps([(sent.path, sent.headers) for sent in service.sent]) + json.dumps(calls)
    assert [word for word in (*WORDS, "amber") if word.lower() in everything.lower()] == []
    assert len({len(sent.body) for sent in service.sent}) == 1, "sizes tell nothing"


async def test_what_is_neither_urgent_nor_escalated_is_not_pushed(
    app: Litestar, settings: Settings, service: PushService, board: BoardInTest, author: Person, on_shift: Person,
    clinician: Person,
) -> None:  # fmt: skip
    await service.register(Phone("/m"), on_shift.id)
    await service.register(Phone("/c"), clinician.id)
    await a_case(board, author, Severity.AMBER)

    assert await look(app, settings, service, 1) == 1
    assert await look(app, settings, service, 6) == 1

    assert service.sent == []


@pytest.mark.parametrize("status", [404, 410])
async def test_device_that_is_gone_is_forgotten_and_its_owner_told(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person, status: int
) -> None:
    service.statuses["/gone"] = status
    await service.register(Phone("/gone"), clinician.id)
    stays = await service.register(Phone("/stays"), clinician.id)

    await look(app, settings, service, 1)

    assert await kept_devices() == [stays]
    assert await latest_failure() == ""
    notices = await fetch("SELECT member FROM notice WHERE kind = 'device-dropped'")
    assert [row["member"] for row in notices] == [clinician.id]


@pytest.mark.parametrize("status", [500, 403, 302])
async def test_failure_is_kept_and_shown_and_the_device_stays(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person, status: int
) -> None:
    service.statuses["/down"] = status
    down = await service.register(Phone("/down"), clinician.id)
    up = Phone("/up")
    await service.register(up, clinician.id)

    await look(app, settings, service, 1)

    assert await latest_failure() == f"push: status {status}"
    assert len(service.to(up)) == 1
    assert [sent.path for sent in service.sent if sent.path == "/elsewhere"] == [], "no redirect is followed"
    assert down in await kept_devices()
    assert (await fetch_one("SELECT failures FROM push_subscription WHERE id = $1", down))["failures"] == 1


async def test_device_that_fails_again_and_again_is_forgotten_but_not_for_a_short_outage(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person
) -> None:
    service.statuses.update({"/long": 503, "/short": 503})
    await service.register(Phone("/long"), clinician.id, at=DUE - WELL_FOR)
    stays = await service.register(Phone("/short"), clinician.id, at=DUE - WELL_FOR + 2 * MINUTE)
    await execute("UPDATE push_subscription SET failures = $1", MANY_FAILURES - 1)

    await look(app, settings, service, 1)

    assert await kept_devices() == [stays]


async def test_hanging_push_service_holds_up_neither_mail_nor_webhook(
    app: Litestar, all_ways: Settings, service: PushService, case_id: int, clinician: Person, webhook: Webhook,
    mail: MailServer, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(push, "PUSH_SECONDS", 3.0)
    service.statuses["/hangs"] = None
    await service.register(Phone("/hangs"), clinician.id)

    looking = asyncio.create_task(look(app, all_ways, service, 1))
    await until(lambda: service.sent and mail.letters and webhook.calls)

    assert not looking.done(), "push was still under way when mail and webhook had arrived"
    await looking
    assert await latest_failure() == "push: no answer in time"


async def test_failures_of_several_ways_stand_side_by_side(
    app: Litestar, all_ways: Settings, service: PushService, case_id: int, clinician: Person, webhook: Webhook
) -> None:
    webhook.status, service.statuses["/down"] = 500, 429
    await service.register(Phone("/down"), clinician.id)

    await look(app, all_ways, service, 1)

    assert await latest_failure() == "webhook: status 500; push: status 429"


async def test_no_call_leads_into_our_own_network(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person
) -> None:
    await service.register(Phone(), clinician.id)
    reach = service.reach()
    guarded = Reach(dataclasses.replace(reach.doors, allows=Reach().doors.allows), reach.trust)

    await raise_alerts(settings, app.state.redis, at=DUE + MINUTE, reach=guarded)

    assert service.sent == []
    assert await latest_failure() == "push: AddressRefused"


async def test_certificate_of_somebody_else_is_not_believed(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person
) -> None:
    await service.register(Phone(), clinician.id)

    await raise_alerts(settings, app.state.redis, at=DUE + MINUTE, reach=Reach(service.reach().doors))

    assert service.sent == []
    assert await latest_failure() == "push: ConnectError"


async def test_switched_off_nothing_is_pushed(
    app: Litestar, settings: Settings, service: PushService, case_id: int, clinician: Person
) -> None:
    await service.register(Phone(), clinician.id)
    off = dataclasses.replace(settings, push=False)

    await look(app, off, service, 1)
    await send_test(clinician.id, off, at=DUE, reach=service.reach())

    assert service.sent == []


async def test_test_goes_to_each_of_ones_own_devices_and_to_no_member(
    app: Litestar, settings: Settings, service: PushService, clinician: Person, on_shift: Person
) -> None:
    own, second, theirs, members = Phone("/1"), Phone("/2"), Phone("/3"), Phone("/4")
    member = await a_member("quiet-otter-41")
    for phone, owner in ((own, clinician), (second, clinician), (theirs, on_shift), (members, member)):
        await service.register(phone, owner.id)

    for person in (clinician, member):
        await send_test(person.id, settings, at=DUE, reach=service.reach())

    assert [phone.read(service.to(phone)[0]) for phone in (own, second)] == [{"kind": "test", "case": None}] * 2
    assert service.to(theirs) == service.to(members) == []
