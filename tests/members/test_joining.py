"""Joining: a handle and a phrase, nothing else, and the phrase is shown once but never lost."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch, fetch_one
from server.web.rate_limits import RULES
from tests.support.people import Person, a_member, enter, hidden_fields, join, phrase_on, sign_in, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser


async def test_a_newcomer_joins_with_two_requests_and_is_signed_in(client: httpx.AsyncClient) -> None:
    person = await join(client)

    account = await client.get("/account")
    assert account.status_code == 200
    assert person.handle in account.text


async def test_the_phrase_that_was_shown_signs_in(client: httpx.AsyncClient, new_browser: NewBrowser) -> None:
    person = await join(client)

    elsewhere = new_browser()
    answer = await sign_in(elsewhere, person)

    assert answer.status_code == 303
    assert person.handle in (await elsewhere.get("/account")).text


async def test_nothing_but_handle_and_hash_is_stored(client: httpx.AsyncClient) -> None:
    person = await join(client)

    row = await fetch_one("SELECT * FROM member WHERE id = $1", person.id)
    assert row["handle"] == person.handle
    assert row["phrase_hash"].startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert row["region"] is None
    assert row["password_hash"] is None
    assert not row["phrase_noted"]


async def test_the_page_with_the_phrase_is_not_stored_by_the_browser(client: httpx.AsyncClient) -> None:
    page = (await client.get("/join")).text
    answer = await client.post("/join", data={**hidden_fields(page), "handle": "calm-otter-12"})

    assert phrase_on(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "location" not in answer.headers


async def test_a_form_sent_twice_makes_one_member_with_one_phrase(client: httpx.AsyncClient) -> None:
    page = (await client.get("/join")).text
    form = {**hidden_fields(page), "handle": "calm-otter-12"}

    first, second = await asyncio.gather(client.post("/join", data=form), client.post("/join", data=form))

    assert (first.status_code, second.status_code) == (200, 200)
    assert phrase_on(first.text) == phrase_on(second.text) != ""
    assert len(await fetch("SELECT id FROM member")) == 1
    assert (await client.get("/account")).status_code == 200


async def test_reloading_the_page_with_the_phrase_shows_it_again(client: httpx.AsyncClient) -> None:
    page = (await client.get("/join")).text
    form = {**hidden_fields(page), "handle": "calm-otter-12"}
    phrase = phrase_on((await client.post("/join", data=form)).text)

    assert phrase_on((await client.post("/join", data=form)).text) == phrase


async def test_a_form_is_no_way_back_once_the_phrase_is_noted(client: httpx.AsyncClient) -> None:
    page = (await client.get("/join")).text
    form = {**hidden_fields(page), "handle": "calm-otter-12"}
    await client.post("/join", data=form)
    await submit(client, "/join/phrase", {"noted": "1"})
    await submit(client, "/sign-out")

    again = (await client.get("/join")).text
    answer = await client.post("/join", data={**form, "_csrf_token": hidden_fields(again)["_csrf_token"]})

    assert answer.status_code == 422
    assert "already" in answer.text
    assert not phrase_on(answer.text)


async def test_a_form_is_no_way_back_after_signing_out(client: httpx.AsyncClient) -> None:
    page = (await client.get("/join")).text
    form = {**hidden_fields(page), "handle": "calm-otter-12"}
    await client.post("/join", data=form)
    token = client.cookies["kith-form"]
    await submit(client, "/sign-out")
    client.cookies.set("kith-form", token, domain="127.0.0.1", path="/")

    assert (await client.post("/join", data=form)).status_code == 422


async def test_the_same_form_key_in_another_browser_does_not_reveal_the_phrase(
    client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    page = (await client.get("/join")).text
    form = {**hidden_fields(page), "handle": "calm-otter-12"}
    await client.post("/join", data=form)

    answer = await submit(new_browser(), "/join", {**form, "handle": "calm-otter-12"})

    assert answer.status_code == 422
    assert not phrase_on(answer.text)


@pytest.mark.parametrize("handle", ["CALM-otter-12", "calm-otter-12"])
async def test_handles_that_differ_by_case_only_are_the_same(client: httpx.AsyncClient, handle: str) -> None:
    await a_member("Calm-Otter-12")

    answer = await submit(client, "/join", {"handle": handle})

    assert answer.status_code == 422
    assert "Somebody else has this name already" in answer.text
    assert handle in answer.text


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "   ",
        "a",
        "x" * 100_000,
        "nu\x00ll",
        "\u202eotter",
        "otter\u200b",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
    ],
    ids=["empty", "blank", "short", "100 kB", "null byte", "override", "zero width", "html", "sql"],
)
async def test_odd_handles_are_refused_or_cleaned(client: httpx.AsyncClient, handle: str) -> None:
    answer = await submit(client, "/join", {"handle": handle})

    rows = await fetch("SELECT handle FROM member")
    if answer.status_code == 200:
        assert [row["handle"] for row in rows] in (["otter"], ["null"])
    else:
        assert answer.status_code == 422
        assert rows == []
    assert "<script>alert" not in answer.text


async def test_invalid_utf8_is_answered_with_a_page(client: httpx.AsyncClient) -> None:
    token = hidden_fields((await client.get("/join")).text)["_csrf_token"]

    answer = await client.post(
        "/join",
        content=b"handle=%ff%fe%80&_csrf_token=" + token.encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 422
    assert await fetch("SELECT 1 FROM member") == []


async def test_a_form_without_its_token_makes_nobody(client: httpx.AsyncClient) -> None:
    await client.get("/join")

    answer = await client.post("/join", data={"handle": "calm-otter-12"})

    assert answer.status_code == 403
    assert await fetch("SELECT 1 FROM member") == []


async def test_an_unknown_region_counts_as_none(client: httpx.AsyncClient) -> None:
    await submit(client, "/join", {"handle": "calm-otter-12", "region": "ZZ"})

    assert (await fetch_one("SELECT region FROM member"))["region"] is None


async def test_a_region_is_remembered(client: httpx.AsyncClient) -> None:
    await submit(client, "/join", {"handle": "calm-otter-12", "region": "DE"})

    assert (await fetch_one("SELECT region FROM member"))["region"] == "DE"


async def test_the_cookie_stays_only_where_that_was_asked_for(client: httpx.AsyncClient) -> None:
    short = await submit(client, "/join", {"handle": "calm-otter-12"})
    await submit(client, "/sign-out")
    long = await submit(client, "/join", {"handle": "calm-otter-13", "stay": "1"})

    assert "max-age" not in _session_cookie(short).lower()
    assert "max-age=2592000" in _session_cookie(long).lower()


def _session_cookie(answer: httpx.Response) -> str:
    return next(cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("kith-session="))


async def test_a_member_is_not_offered_the_form(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    page = (await client.get("/join")).text

    assert "calm-otter-12" in page
    assert 'name="handle"' not in page


async def test_too_many_from_one_place_are_asked_to_wait(client: httpx.AsyncClient) -> None:
    allowed = RULES["join"][0].amount
    for number in range(allowed):
        assert (await submit(client, "/join", {"handle": f"calm-otter-{number + 10}"})).status_code == 200

    answer = await submit(client, "/join", {"handle": "calm-otter-99"})

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_the_reminder_stays_until_the_phrase_is_noted(client: httpx.AsyncClient) -> None:
    await join(client)
    assert (await client.get("/join/phrase")).status_code == 200

    answer = await submit(client, "/join/phrase", {"noted": "1", "next": "/help"})

    assert goes_to(answer) == ("/help", "phrase-noted")
    assert (await client.get("/join/phrase")).headers["location"] == "/account"


async def test_an_unticked_box_goes_on_without_noting(client: httpx.AsyncClient) -> None:
    person = await join(client)

    answer = await submit(client, "/join/phrase")

    assert answer.headers["location"] == "/"
    assert not (await fetch_one("SELECT phrase_noted FROM member WHERE id = $1", person.id))["phrase_noted"]


async def test_a_fresh_phrase_replaces_one_that_was_never_noted(
    client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    person = await join(client)
    form = hidden_fields((await client.get("/join/phrase")).text)

    fresh = phrase_on((await client.post("/join/phrase/new", data=form)).text)
    shown_again = phrase_on((await client.post("/join/phrase/new", data=form)).text)

    assert fresh == shown_again != person.phrase
    assert (await sign_in(new_browser(), person)).status_code == 422
    assert (await sign_in(new_browser(), Person(person.id, person.handle, fresh))).status_code == 303


async def test_words_that_another_tab_replaced_cannot_be_noted(client: httpx.AsyncClient) -> None:
    form = {**hidden_fields((await client.get("/join")).text), "handle": "calm-otter-12"}
    first = await client.post("/join", data=form)
    fresh = await client.post("/join/phrase/new", data=hidden_fields((await client.get("/join/phrase")).text))
    stale, newest = ({**hidden_fields(page.text), "noted": "on"} for page in (first, fresh))

    assert goes_to(await client.post("/join/phrase", data=stale)) == ("/join/phrase", "phrase-replaced")
    assert not (await fetch_one("SELECT phrase_noted FROM member"))["phrase_noted"]
    assert goes_to(await client.post("/join/phrase", data=newest)) == ("/", "phrase-noted")
    assert goes_to(await client.post("/join/phrase", data=stale)) == ("/account", "phrase-replaced")


async def test_a_noted_phrase_is_not_replaced_without_it(client: httpx.AsyncClient) -> None:
    await join(client)
    await submit(client, "/join/phrase", {"noted": "1"})

    answer = await submit(client, "/join/phrase/new")

    assert answer.status_code == 303
    assert not phrase_on(answer.text)


async def test_signing_in_with_the_phrase_shows_that_it_is_noted(
    client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    person = await join(client)
    await sign_in(new_browser(), person)

    assert (await fetch_one("SELECT phrase_noted FROM member WHERE id = $1", person.id))["phrase_noted"]


async def test_another_suggestion_needs_no_script(client: httpx.AsyncClient) -> None:
    names = set(
        re.findall(r'name="handle" value="([^"]+)"', "".join([(await client.get("/join")).text for _ in "abc"]))
    )

    assert len(names) > 1


async def test_old_forms_do_not_lead_to_an_account_that_was_made_with_them(client: httpx.AsyncClient) -> None:
    page = (await client.get("/join")).text
    form = {**hidden_fields(page), "handle": "calm-otter-12"}
    await client.post("/join", data=form)
    await execute("UPDATE session SET created_at = created_at - $1::interval", timedelta(minutes=16))

    assert (await client.post("/join", data=form)).status_code == 422


async def test_every_page_reminds_until_the_phrase_is_noted(client: httpx.AsyncClient) -> None:
    await join(client)

    before = (await client.get("/about")).text
    await submit(client, "/join/phrase", {"noted": "1"})
    after = (await client.get("/about")).text

    assert "not written down yet" in before
    assert "not written down yet" not in after
