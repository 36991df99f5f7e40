"""The second factor of staff: set up once, asked for at each sign-in, and every code works once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pyotp.totp import TOTP

from models.database import execute, fetch, fetch_one
from server.clock import now
from server.members.second_factor import WrongCode, pass_second_factor
from server.members.staff import NewAdmin, create_admin, reset_second_factor
from server.members.totp import STEP
from tests.support.people import Person, a_member, enter, hidden_fields, member_id_of, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

SECRET_ON_PAGE = re.compile(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>')
CODES_ON_PAGE = re.compile(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>")


async def an_admin(app: Litestar) -> tuple[Person, NewAdmin]:
    """Make an admin as the command line does."""
    made = await create_admin("calm-otter-12", at=now(), settings=app.state.settings)
    return Person(await member_id_of(made.handle), made.handle, made.phrase), made


def code_of(secret: str, *, at: datetime | None = None, steps: int = 0) -> str:
    """Return what an authenticator app shows, or showed some steps earlier or later."""
    return TOTP(secret).at((at or now()) + steps * STEP)


async def set_up(client: httpx.AsyncClient) -> tuple[str, list[str]]:
    """Set the second factor up through the pages; return its secret and the recovery codes."""
    page = (await client.get("/account/second-factor")).text
    found = SECRET_ON_PAGE.search(page)
    assert found, page
    secret = found[1].replace(" ", "")
    answer = await client.post("/account/second-factor", data={**hidden_fields(page), "code": code_of(secret)})
    assert answer.status_code == 200, answer.text
    return secret, CODES_ON_PAGE.findall(answer.text)


async def test_staff_without_an_app_are_led_to_set_one_up(client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12", role="moderator")

    answer = await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase})

    assert answer.headers["location"] == "/account/second-factor"
    page = (await client.get("/account/second-factor")).text
    assert "<svg" in page
    assert "style=" not in page


async def test_setting_up_opens_staff_pages_with_a_new_session(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12", role="moderator"))
    before = client.cookies["kith-session"]

    _, codes = await set_up(client)

    assert len(set(codes)) == 10
    assert client.cookies["kith-session"] != before
    sessions = await fetch("SELECT second_factor FROM session")
    assert [row["second_factor"] for row in sessions] == [True]


async def test_secret_and_codes_are_not_stored_in_clear(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12", role="moderator"))

    secret, codes = await set_up(client)

    row = await fetch_one("SELECT totp_secret FROM member")
    stored = {code["code_hash"] for code in await fetch("SELECT code_hash FROM recovery_code")}
    assert secret not in row["totp_secret"]
    assert len(stored) == 10
    assert not stored & {form for code in codes for form in (code, code.replace("-", ""))}


async def test_a_wrong_first_code_keeps_the_offered_secret(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12", role="moderator"))
    page = (await client.get("/account/second-factor")).text

    answer = await client.post("/account/second-factor", data={**hidden_fields(page), "code": "000000"})

    assert answer.status_code == 422
    assert SECRET_ON_PAGE.findall(answer.text) == SECRET_ON_PAGE.findall(page)
    assert (await fetch_one("SELECT totp_secret FROM member"))["totp_secret"] is None


async def test_an_offer_to_somebody_else_is_worthless(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    other = new_browser()
    await enter(client, app, await a_member("calm-otter-12", role="moderator"))
    await enter(other, app, await a_member("calm-otter-13", role="moderator"))
    page = (await other.get("/account/second-factor")).text
    found = SECRET_ON_PAGE.search(page)
    assert found
    code = code_of(found[1].replace(" ", ""))

    answer = await submit(
        client, "/account/second-factor", {"offer": hidden_fields(page)["offer"], "code": code}, page="/account/region"
    )

    assert answer.status_code == 422
    assert (await fetch_one("SELECT count(totp_secret) AS n FROM member"))["n"] == 0


async def test_members_have_no_such_page(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    assert (await client.get("/account/second-factor")).status_code == 404


async def test_an_admin_signs_in_with_phrase_and_code(app: Litestar, client: httpx.AsyncClient) -> None:
    person, made = await an_admin(app)

    first = await submit(
        client, "/sign-in", {"handle": person.handle, "secret": person.phrase, "next": "/account", "stay": "1"}
    )
    second = await submit(
        client,
        "/sign-in/code",
        {"code": code_of(made.totp_secret), "next": "/account"},
        page=first.headers["location"],
    )

    assert first.headers["location"] == "/sign-in/code?next=/account"
    assert "max-age" not in _session_cookie(first)
    assert goes_to(second) == ("/account", "signed-in")
    row = await fetch_one("SELECT second_factor, expires_at - created_at AS lasts FROM session")
    assert row["second_factor"]
    assert row["lasts"] == timedelta(hours=12)


def _session_cookie(answer: httpx.Response) -> str:
    found = [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("kith-session=")]
    assert found
    return found[0].lower()


async def test_a_code_works_once(app: Litestar) -> None:
    person, made = await an_admin(app)
    secret_key, moment = app.state.settings.secret_key, now()
    code = code_of(made.totp_secret, at=moment)

    await pass_second_factor(person.id, code, secret_key=secret_key, at=moment)

    with pytest.raises(WrongCode):
        await pass_second_factor(person.id, code, secret_key=secret_key, at=moment)
    earlier = code_of(made.totp_secret, at=moment, steps=-1)
    with pytest.raises(WrongCode):
        await pass_second_factor(person.id, earlier, secret_key=secret_key, at=moment)


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_clocks_may_be_half_a_minute_off(app: Litestar, steps: int, fits: bool) -> None:  # noqa: FBT001
    person, made = await an_admin(app)
    secret_key, moment = app.state.settings.secret_key, now()
    code = code_of(made.totp_secret, at=moment, steps=steps)

    if fits:
        await pass_second_factor(person.id, f"{code[:3]} {code[3:]}", secret_key=secret_key, at=moment)
        assert (await fetch_one("SELECT totp_last_step FROM member"))["totp_last_step"] > 0
    else:
        with pytest.raises(WrongCode):
            await pass_second_factor(person.id, code, secret_key=secret_key, at=moment)


async def test_a_recovery_code_works_once(app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser) -> None:
    person, made = await an_admin(app)
    answers: list[httpx.Response] = []
    for browser in (client, new_browser()):
        await enter(browser, app, person)
        answers.append(
            await submit(browser, "/sign-in/code", {"code": made.recovery_codes[3].upper()}, page="/sign-in/code")
        )

    assert [answer.status_code for answer in answers] == [303, 422]
    assert (await fetch_one("SELECT count(*) AS n FROM recovery_code"))["n"] == 9


async def test_somebody_elses_recovery_code_does_not_fit(app: Litestar, client: httpx.AsyncClient) -> None:
    _, made = await an_admin(app)
    other = await create_admin("calm-otter-13", at=now(), settings=app.state.settings)
    await enter(client, app, Person(await member_id_of(other.handle), other.handle, other.phrase))

    answer = await submit(client, "/sign-in/code", {"code": made.recovery_codes[0]}, page="/sign-in/code")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "12\x0034", "9" * 100_000]
)
async def test_odd_codes_are_wrong_codes(app: Litestar, client: httpx.AsyncClient, code: str) -> None:
    person, _ = await an_admin(app)
    await enter(client, app, person)

    answer = await submit(client, "/sign-in/code", {"code": code}, page="/sign-in/code")

    assert answer.status_code == 422


async def test_guessing_codes_is_slowed_down(app: Litestar, client: httpx.AsyncClient) -> None:
    person, _ = await an_admin(app)
    await enter(client, app, person)

    statuses = [
        (await submit(client, "/sign-in/code", {"code": f"{number:06}"}, page="/sign-in/code")).status_code
        for number in range(9)
    ]

    assert statuses[-1] == 429


async def test_carried_text_passes_through_the_code(app: Litestar, client: httpx.AsyncClient) -> None:
    person, made = await an_admin(app)
    kept = {"kept.action": "/threads/7/replies", "kept.body": "I wrote this at night"}

    asked = await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase, **kept})
    form = {**hidden_fields(asked.text), "kept.body": "I wrote this at night"}
    answer = await client.post("/sign-in/code", data={**form, "code": code_of(made.totp_secret)})

    assert "I wrote this at night" in asked.text
    assert 'action="/threads/7/replies"' in answer.text
    assert "I wrote this at night" in answer.text


async def test_a_session_without_the_code_cannot_change_the_second_factor(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    person, made = await an_admin(app)
    await enter(client, app, person)

    page = await client.get("/account/second-factor")
    answers = [
        await submit(client, path, {"code": code_of(made.totp_secret), "offer": "x"}, page="/account/region")
        for path in ("/account/second-factor", "/account/second-factor/codes", "/account/second-factor/app")
    ]

    assert page.headers["location"].startswith("/sign-in/code")
    assert {answer.headers["location"] for answer in answers} == {"/sign-in/code?next=/account/second-factor"}


async def test_an_offer_from_before_does_not_replace_an_app_that_was_set_up_since(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    person = await a_member("calm-otter-12", role="moderator")
    thief = new_browser()
    await enter(client, app, person)
    await enter(thief, app, person)
    page = (await thief.get("/account/second-factor")).text
    found = SECRET_ON_PAGE.search(page)
    assert found
    await set_up(client)
    before = await fetch_one("SELECT totp_secret FROM member")

    answer = await thief.post(
        "/account/second-factor",
        data={**hidden_fields(page), "code": code_of(found[1].replace(" ", ""))},
    )

    assert answer.status_code == 303
    assert (await fetch_one("SELECT totp_secret FROM member")) == before


async def test_new_recovery_codes_replace_the_old_ones(app: Litestar, client: httpx.AsyncClient) -> None:
    person, made = await an_admin(app)
    await enter(client, app, person, second_factor=True)

    answer = await submit(
        client,
        "/account/second-factor/codes",
        {"code": code_of(made.totp_secret)},
        page="/account/second-factor",
    )

    codes = CODES_ON_PAGE.findall(answer.text)
    assert len(codes) == 10
    assert not set(codes) & set(made.recovery_codes)
    with pytest.raises(WrongCode):
        await pass_second_factor(person.id, made.recovery_codes[0], secret_key=app.state.settings.secret_key, at=now())


async def test_another_app_takes_over_once_it_is_confirmed(app: Litestar, client: httpx.AsyncClient) -> None:
    person, made = await an_admin(app)
    await enter(client, app, person, second_factor=True)
    offered = await submit(
        client, "/account/second-factor/app", {"code": made.recovery_codes[0]}, page="/account/second-factor"
    )
    found = SECRET_ON_PAGE.search(offered.text)
    assert found
    secret = found[1].replace(" ", "")
    before = (await fetch_one("SELECT totp_secret FROM member"))["totp_secret"]

    answer = await client.post("/account/second-factor", data={**hidden_fields(offered.text), "code": code_of(secret)})

    assert len(CODES_ON_PAGE.findall(answer.text)) == 10
    assert (await fetch_one("SELECT totp_secret FROM member"))["totp_secret"] != before


async def test_a_lost_second_factor_can_be_reset(app: Litestar, client: httpx.AsyncClient) -> None:
    person, _ = await an_admin(app)
    await enter(client, app, person, second_factor=True)

    await reset_second_factor(app.state.redis, person.id, actor_id=person.id, at=now())

    assert (await client.get("/account")).status_code == 303
    again = await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase})
    assert again.headers["location"] == "/account/second-factor"


async def test_a_secret_of_another_key_opens_nothing_and_breaks_nothing(app: Litestar) -> None:
    person, made = await an_admin(app)
    await execute("UPDATE member SET totp_secret = 'gAAAAAnot-of-this-key'")

    with pytest.raises(WrongCode):
        await pass_second_factor(
            person.id, code_of(made.totp_secret), secret_key=app.state.settings.secret_key, at=now()
        )
