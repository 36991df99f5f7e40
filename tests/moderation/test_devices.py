"""The list of devices on which staff let Kith call them: who may add what, and when one is forgotten."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from models.members import Role
from server.clock import now
from server.diagnosis.community import check_community
from server.members.erasure import erase_member
from server.members.staff import set_role
from server.moderation import push
from server.moderation.devices import MOST_DEVICES, DeviceNotTaken, register_device
from server.moderation.sealing import application_server_key
from server.settings import load_settings
from server.worker import build_worker
from tests.support.people import Person, a_member, enter, submit
from tests.support.push import Phone, to_text
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.settings import Settings
    from tests.support.app import NewBrowser

SHIFT = "/moderation/shift"
DEVICES = "/moderation/shift/devices"


def subscription(name: str = "one") -> dict[str, str]:
    """Return what a browser gives."""
    return {"endpoint": f"https://push.example/calls/{name}", **Phone().keys}


@pytest.fixture
async def moderator(app: Litestar, client: httpx.AsyncClient) -> Person:
    """Somebody whose browser is ``client``."""
    person = await a_member("calm-owl-1", role="moderator")
    await enter(client, app, person, second_factor=True)
    return person


async def a_device(person: Person, name: str = "one") -> int:
    await register_device(person.id, **subscription(name), at=now())
    row = await fetch_one("SELECT id FROM push_subscription WHERE endpoint LIKE $1", f"%/{name}")
    return int(row["id"])


async def owners() -> list[int]:
    return [row["member"] for row in await fetch("SELECT member FROM push_subscription ORDER BY id")]


async def test_page_offers_the_key_and_says_why_not_without_a_script(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    page = (await client.get(SHIFT)).text

    assert f'data-calls="{application_server_key(app.state.settings)}"' in page
    assert "This browser cannot be called" in page
    assert "Send me a test" not in page


async def test_device_is_registered_listed_and_removed_without_a_script(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    answer = await submit(client, DEVICES, subscription(), page=SHIFT)
    assert goes_to(answer) == (f"{SHIFT}#devices", "device-registered")
    page = (await client.get(SHIFT)).text
    assert "Not called so far." in page
    assert "push.example" not in page
    [device] = await fetch("SELECT id FROM push_subscription WHERE member = $1", moderator.id)

    answer = await submit(client, f"{DEVICES}/{device['id']}/remove", page=SHIFT)

    assert goes_to(answer) == (f"{SHIFT}#devices", "device-removed")
    assert await owners() == []


async def test_nobody_removes_the_device_of_somebody_else(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    other = await a_member("calm-owl-2", role="moderator")
    device = await a_device(other)

    assert (await submit(client, f"{DEVICES}/{device}/remove", page=SHIFT)).status_code == 404
    assert await owners() == [other.id]


async def test_members_register_nothing(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))

    assert (await submit(client, DEVICES, subscription(), page="/me")).status_code == 404
    assert await owners() == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x", "https://127.0.0.1/x", "https://10.1.2.3/x", "https://[::1]/x", "https://localhost/x",
        "https://[::ffff:10.0.0.1]/x", "https://push.example:8443/x", "https://a:b@push.example/x", "https:///x", "x",
        "", "https://2130706433/x", "https://push.example/" + "x" * 1024, "https://push.example/x#y",
    ],
)  # fmt: skip
async def test_address_that_is_not_of_the_open_web_is_refused(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, endpoint: str
) -> None:
    answer = await submit(client, DEVICES, {**subscription(), "endpoint": endpoint}, page=SHIFT)

    assert answer.status_code == 422
    assert await owners() == []


@pytest.mark.parametrize(
    "keys",
    [
        {"p256dh": ""}, {"auth": ""}, {"p256dh": to_text(b"\x04" + b"1" * 64)}, {"auth": to_text(b"short")},
        {"p256dh": "§"}, {"auth": "A" * 500},
    ],
)  # fmt: skip
async def test_keys_that_are_none_are_refused(app: Litestar, keys: dict[str, str]) -> None:
    moderator = await a_member("calm-owl-1", role="moderator")

    with pytest.raises(DeviceNotTaken):
        await register_device(moderator.id, **{**subscription(), **keys}, at=now())


async def test_the_eleventh_device_does_not_fit_and_a_known_one_is_renewed(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    for number in range(MOST_DEVICES):
        await register_device(moderator.id, **subscription(str(number)), at=now())

    again = await submit(client, DEVICES, subscription("3"), page=SHIFT)
    more = await submit(client, DEVICES, subscription("more"), page=SHIFT)

    assert (again.status_code, more.status_code) == (303, 409)
    assert len(await owners()) == MOST_DEVICES


async def test_device_belongs_to_who_registered_it_last(app: Litestar) -> None:
    first, second = await a_member("calm-owl-1", role="moderator"), await a_member("calm-owl-2", role="moderator")
    for person in (first, second):
        await register_device(person.id, **subscription(), at=now())

    assert await owners() == [second.id]


async def test_signing_out_everywhere_forgets_ones_devices_and_nobody_elses(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    other = await a_member("calm-owl-2", role="moderator")
    await a_device(moderator, "one")
    await a_device(other, "two")

    await submit(client, "/account/sessions", {"all_others": "1"}, page="/account/sessions")

    assert await owners() == [other.id]


async def test_signing_out_here_leaves_the_phone_at_home_alone(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    await a_device(moderator)

    await submit(client, "/sign-out", page=SHIFT)

    assert await owners() == [moderator.id]


async def test_going_back_to_being_a_member_forgets_the_devices(app: Litestar) -> None:
    person = await a_member("calm-owl-1", role="moderator")
    await a_device(person)

    await set_role(app.state.redis, person.id, Role.CLINICIAN, actor_id=None, at=now())
    assert await owners() == [person.id]
    await set_role(app.state.redis, person.id, Role.MEMBER, actor_id=None, at=now())
    assert await owners() == []


async def test_erasing_the_account_forgets_them(app: Litestar) -> None:
    person = await a_member("calm-owl-1", role="moderator")
    await a_device(person)

    await erase_member(app.state.redis, person.id, at=now())

    assert await owners() == []


async def test_export_names_a_device_by_its_day_alone(
    app: Litestar, client: httpx.AsyncClient, moderator: Person
) -> None:
    device = await a_device(moderator)

    answer = await submit(client, "/account/export", page="/account/export")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        exported = json.loads(archive.read("data.json"))
    assert exported["devices"] == [{"id": device, "registered_on": now().date().isoformat()}]


async def test_switched_off_there_is_no_such_section_and_nothing_is_registered(
    app: Litestar, client: httpx.AsyncClient, moderator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state, "settings", dataclasses.replace(app.state.settings, push=False))

    assert "Calls on this device" not in (await client.get(SHIFT)).text
    for path in (DEVICES, f"{DEVICES}/test"):
        assert (await submit(client, path, subscription(), page=SHIFT)).status_code == 404
    assert await owners() == []


def test_setting_switches_push_off(tmp_path) -> None:
    given = {"KITH_DATA_DIR": str(tmp_path), "KITH_SECRET_KEY": "k" * 40}

    assert load_settings(given).push
    assert not load_settings({**given, "KITH_PUSH": "off"}).push


async def test_worker_sends_the_test_that_was_asked_for(
    app: Litestar, client: httpx.AsyncClient, services: Settings, moderator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tested: list[int] = []

    async def remember(member_id: int, settings: Settings, **_: object) -> None:
        tested.append(member_id)

    monkeypatch.setattr(push, "send_test", remember)
    await a_device(moderator)

    answer = await submit(client, f"{DEVICES}/test", page=SHIFT)

    assert goes_to(answer) == (f"{SHIFT}#devices", "test-call-sent")
    worker = build_worker(services)
    worker.burst = True  # it ends when nothing is left to do
    await worker.main()
    await worker.close()
    assert tested == [moderator.id]


async def test_doctor_warns_where_no_way_leads_to_on_call(app: Litestar, new_browser: NewBrowser) -> None:
    settings: Settings = app.state.settings
    await a_device(await a_member("calm-owl-1", role="moderator"), "one")
    assert ("warn", "Nobody is called outside of Kith") in await seen_by_doctor(settings)

    await a_device(await a_member("wise-crane-3", role="clinician"), "two")

    assert ("ok", "On-call is called outside of Kith by push to 1 device(s)") in await seen_by_doctor(settings)
    assert ("warn", "Nobody is called outside of Kith") in await seen_by_doctor(
        dataclasses.replace(settings, push=False)
    )
    by_webhook = dataclasses.replace(settings, push=False, alert_webhook="https://hooks.example.org/on-call")
    assert ("ok", "On-call is called outside of Kith by webhook") in await seen_by_doctor(by_webhook)


async def seen_by_doctor(settings: Settings) -> list[tuple[str, str]]:
    """Return level and words of each finding about the community, up to where a reason follows."""
    found = [finding async for finding in check_community(settings)]
    return [(finding.level.value, finding.seen.partition(" to a case")[0]) for finding in found]
