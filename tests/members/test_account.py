"""The account: what members change themselves, and what protects it from others at the same device."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.members.passwords import password_problem
from tests.support.people import Person, a_member, enter, hidden_fields, join, phrase_on, sign_in, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

PASSWORD = "blue kettle under the stairs"
PAGES = ("", "/handle", "/region", "/phrase", "/password", "/sessions", "/avoided", "/export", "/erase")


@pytest.mark.parametrize("page", PAGES)
async def test_every_page_opens_for_members_alone(app: Litestar, client: httpx.AsyncClient, page: str) -> None:
    stranger = await client.get(f"/account{page}")
    await enter(client, app, await a_member("calm-otter-12"))
    member = await client.get(f"/account{page}")

    assert stranger.headers["location"] == f"/sign-in?next=/account{page}"
    assert member.status_code == 200
    assert member.headers["cache-control"] == "no-store"


async def test_another_name_shows_everywhere_at_once(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)

    answer = await submit(client, "/account/handle", {"handle": "Brave-Wren-7"})

    assert goes_to(answer) == ("/account", "handle-changed")
    row = await fetch_one("SELECT handle, handle_key FROM member")
    assert (row["handle"], row["handle_key"]) == ("Brave-Wren-7", "brave-wren-7")
    assert "Brave-Wren-7" in (await client.get("/account/handle")).text


async def test_a_taken_name_is_refused_and_given_back(app: Litestar, client: httpx.AsyncClient) -> None:
    await a_member("brave-wren-7")
    await enter(client, app, await a_member("calm-otter-12"))

    answer = await submit(client, "/account/handle", {"handle": "BRAVE-wren-7"})

    assert answer.status_code == 422
    assert 'value="BRAVE-wren-7"' in answer.text
    assert "Somebody else has this name already" in answer.text


async def test_two_members_cannot_take_one_name_at_once(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    other = new_browser()
    await enter(client, app, await a_member("calm-otter-12"))
    await enter(other, app, await a_member("calm-otter-13"))

    answers = await asyncio.gather(
        *(submit(browser, "/account/handle", {"handle": "brave-wren-7"}) for browser in (client, other))
    )

    assert sorted(answer.status_code for answer in answers) == [303, 422]


async def test_the_case_of_ones_own_name_may_change(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    answer = await submit(client, "/account/handle", {"handle": "Calm-Otter-12"})

    assert answer.status_code == 303


@pytest.mark.parametrize("handle", ["", "x" * 100_000, "no\x00 name", "<b>bold</b>"])
async def test_odd_names_leave_the_old_one(app: Litestar, client: httpx.AsyncClient, handle: str) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    answer = await submit(client, "/account/handle", {"handle": handle})

    assert answer.status_code == 422
    assert (await fetch_one("SELECT handle FROM member"))["handle"] == "calm-otter-12"


async def test_a_region_is_set_and_forgotten(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    await submit(client, "/account/region", {"region": "DE"})
    chosen = (await fetch_one("SELECT region FROM member"))["region"]
    page = (await client.get("/account/region")).text
    await submit(client, "/account/region", {"region": ""})

    assert chosen == "DE"
    assert '<option value="DE" selected>' in page
    assert (await fetch_one("SELECT region FROM member"))["region"] is None


async def test_a_new_phrase_replaces_the_old_one_and_ends_other_sessions(
    client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    person = await join(client)
    elsewhere = new_browser()
    await sign_in(elsewhere, person)
    form = hidden_fields((await client.get("/account/phrase")).text)

    answer = await client.post("/account/phrase", data={**form, "secret": person.phrase})

    phrase = phrase_on(answer.text)
    assert len(phrase.split()) == 7
    assert phrase != person.phrase
    assert (await elsewhere.get("/account")).status_code == 303
    assert (await sign_in(new_browser(), person)).status_code == 422
    assert (await sign_in(new_browser(), Person(person.id, person.handle, phrase))).status_code == 303


async def test_the_form_for_a_new_phrase_can_be_sent_twice(client: httpx.AsyncClient) -> None:
    person = await join(client)
    form = {**hidden_fields((await client.get("/account/phrase")).text), "secret": person.phrase}

    first = phrase_on((await client.post("/account/phrase", data=form)).text)
    second = phrase_on((await client.post("/account/phrase", data=form)).text)

    assert first == second != ""


async def test_a_new_phrase_needs_the_current_secret(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))
    before = await fetch_one("SELECT phrase_hash FROM member")

    answer = await submit(client, "/account/phrase", {"secret": "not this one"})

    assert answer.status_code == 422
    assert "not this one" not in answer.text
    assert not phrase_on(answer.text)
    assert await fetch_one("SELECT phrase_hash FROM member") == before


async def test_a_password_is_set_changed_and_removed(
    client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser
) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)

    await submit(client, "/account/password", {"secret": person.phrase, "new_password": PASSWORD})
    with_first = await sign_in(new_browser(), Person(person.id, person.handle, PASSWORD))
    await submit(client, "/account/password", {"secret": PASSWORD, "new_password": PASSWORD[::-1]})
    with_old = await sign_in(new_browser(), Person(person.id, person.handle, PASSWORD))
    await submit(client, "/account/password", {"secret": person.phrase, "intent": "remove"})
    with_removed = await sign_in(new_browser(), Person(person.id, person.handle, PASSWORD[::-1]))

    assert [answer.status_code for answer in (with_first, with_old, with_removed)] == [303, 422, 422]
    assert (await sign_in(new_browser(), person)).status_code == 303


async def test_a_new_password_ends_other_sessions(
    client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser
) -> None:
    person, elsewhere = await a_member("calm-otter-12"), new_browser()
    await enter(client, app, person)
    await enter(elsewhere, app, person)

    await submit(client, "/account/password", {"secret": person.phrase, "new_password": PASSWORD})

    assert (await client.get("/account")).status_code == 200
    assert (await elsewhere.get("/account")).status_code == 303


@pytest.mark.parametrize("intent", ["", "remove"])
async def test_a_password_needs_the_current_secret(app: Litestar, client: httpx.AsyncClient, intent: str) -> None:
    await enter(client, app, await a_member("calm-otter-12"))
    await execute("UPDATE member SET password_hash = phrase_hash")

    fields = {"secret": "not this one", "new_password": PASSWORD, "intent": intent}
    answer = await submit(client, "/account/password", fields)

    assert answer.status_code == 422
    assert PASSWORD not in answer.text
    row = await fetch_one("SELECT password_hash = phrase_hash AS is_unchanged FROM member")
    assert row["is_unchanged"]


@pytest.mark.parametrize(
    "password",
    [
        "", "short", "1234567890", "0987654321", "aaaaaaaaaaaa", "abababababab", "password123", "Password1234",
        "passwordpassword", "qwertyuiop", "1q2w3e4r5t6y", "abcdefghij", "iloveyou2024", "calm-otter-12",
        "my name is calm-otter-12", "x" * 201,
    ],
)  # fmt: skip
def test_passwords_that_a_stranger_would_try_are_refused(password: str) -> None:
    assert password_problem(password, handle="calm-otter-12")


@pytest.mark.parametrize(
    "password", [PASSWORD, "tr0ub4dor&3x", "密码密码密码密码很长很安全", "correct horse", "mN8#kk2!pQ"]
)
def test_ordinary_passwords_are_taken(password: str) -> None:
    assert not password_problem(password, handle="calm-otter-12")


async def test_a_password_typed_in_another_unicode_form_fits(
    client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser
) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)

    await submit(client, "/account/password", {"secret": person.phrase, "new_password": "caf\u00e9 am Flu\u00df 9"})

    typed = Person(person.id, person.handle, "cafe\u0301 am Flu\u00df 9")
    assert (await sign_in(new_browser(), typed)).status_code == 303


async def test_sessions_are_listed_without_saying_where(
    client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser
) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)
    await enter(new_browser(), app, person)

    page = (await client.get("/account/sessions")).text

    assert page.count("Signed in <time") == 2
    assert page.count("this one") == 1


async def test_another_session_can_be_ended(client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser) -> None:
    person, elsewhere = await a_member("calm-otter-12"), new_browser()
    await enter(client, app, person)
    await enter(elsewhere, app, person)
    assert (await elsewhere.get("/account")).status_code == 200
    form = hidden_fields((await client.get("/account/sessions")).text)

    answer = await submit(client, "/account/sessions", {"session": form["session"]})

    assert goes_to(answer) == ("/account/sessions", "session-ended")
    assert (await elsewhere.get("/account")).status_code == 303
    assert (await client.get("/account")).status_code == 200


async def test_all_other_sessions_end_at_once(
    client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser
) -> None:
    person = await a_member("calm-otter-12")
    browsers = [client, new_browser(), new_browser()]
    for browser in browsers:
        await enter(browser, app, person)

    await submit(client, "/account/sessions", {"all_others": "1"})

    assert [(await browser.get("/account")).status_code for browser in browsers] == [200, 303, 303]


async def test_somebody_elses_session_is_not_ended(
    client: httpx.AsyncClient, app: Litestar, new_browser: NewBrowser
) -> None:
    other, person = await a_member("calm-otter-13"), await a_member("calm-otter-12")
    stranger = new_browser()
    await enter(stranger, app, other)
    await enter(client, app, person)
    row = await fetch_one("SELECT id FROM session WHERE member = $1", other.id)

    answers = [
        await submit(client, "/account/sessions", {"session": session})
        for session in (row["id"], "x\x00y", "", "a" * 100_000)
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert (await stranger.get("/account")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/account/handle", "/account/region", "/account/phrase", "/account/password", "/account/sessions",
             "/account/export", "/account/erase", "/account/avoided", "/sign-out"]
)  # fmt: skip
async def test_forged_forms_change_nothing(app: Litestar, client: httpx.AsyncClient, path: str) -> None:
    await enter(client, app, await a_member("calm-otter-12"))
    await client.get("/account")
    before = await fetch("SELECT * FROM member")

    answer = await client.post(path, data={"handle": "brave-wren-7", "region": "DE", "all_others": "1"})

    assert answer.status_code == 403
    assert await fetch("SELECT * FROM member") == before
    assert (await client.get("/account")).status_code == 200
