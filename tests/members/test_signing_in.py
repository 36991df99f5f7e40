"""Signing in: by phrase or password, and nothing tells an unknown handle from a wrong secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from limits import parse_many

from models.database import execute, fetch, fetch_one
from server.members import hashing
from server.members.hashing import HASHER, hash_secret
from server.web.rate_limits import RULES
from tests.support.people import WELL_KNOWN_PHRASE, Person, a_member, enter, form_token, hidden_fields, join, submit
from tests.support.saying import goes_to

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

PASSWORD = "blue kettle under the stairs"


@pytest.mark.parametrize(
    "typed",
    ["{}", "  {}  ", "{upper}", "{commas}", "{double}"],
    ids=["plain", "blanks", "capitals", "commas", "double"],
)
async def test_a_phrase_is_taken_as_people_type_it(
    client: httpx.AsyncClient, new_browser: NewBrowser, typed: str
) -> None:
    person = await join(client)
    phrase = person.phrase
    secret = typed.format(
        phrase, upper=phrase.upper(), commas=phrase.replace(" ", ", "), double=phrase.replace(" ", "  \n")
    )

    answer = await submit(new_browser(), "/sign-in", {"handle": f" {person.handle.upper()} ", "secret": secret})

    assert answer.status_code == 303


async def test_a_password_signs_in(client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")
    await execute("UPDATE member SET password_hash = $1", await hash_secret(PASSWORD))

    answer = await submit(client, "/sign-in", {"handle": person.handle, "secret": PASSWORD})

    assert goes_to(answer) == ("/", "signed-in")
    assert (await client.get("/account")).status_code == 200


async def test_unknown_handle_and_wrong_secret_get_the_same_answer(
    client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    await a_member("calm-otter-12")

    known = await submit(client, "/sign-in", {"handle": "calm-otter-12", "secret": "not this one"})
    unknown = await submit(new_browser(), "/sign-in", {"handle": "calm-otter-13", "secret": "not this one"})

    assert known.status_code == unknown.status_code == 422
    assert _plain(known.text, "calm-otter-12") == _plain(unknown.text, "calm-otter-13")
    assert _header_names(known) == _header_names(unknown)


def _plain(page: str, handle: str) -> str:
    return re.sub(r'name="_csrf_token" value="[^"]+"', "", page).replace(handle, "HANDLE")


def _header_names(answer: httpx.Response) -> dict[str, str]:
    # The form token is masked anew in every page, which moves the compressed length by a few bytes.
    return {name: value for name, value in answer.headers.items() if name not in ("set-cookie", "content-length")}


@pytest.mark.parametrize("who", ["known", "with password", "unknown", "null\x00byte", "x" * 100_000])
async def test_every_try_costs_the_same_two_verifications(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    await _with_todays_hash(await a_member("known"))
    with_password = await a_member("with-password")
    await _with_todays_hash(with_password)
    await execute("UPDATE member SET password_hash = phrase_hash WHERE id = $1", with_password.id)
    verified: list[str] = []
    verify = hashing.verify

    def counted(stored: str, typed: str) -> bool:
        verified.append(stored)
        return verify(stored, typed)

    monkeypatch.setattr(hashing, "verify", counted)
    answer = await submit(client, "/sign-in", {"handle": who.replace(" ", "-"), "secret": "not this one"})

    assert answer.status_code == 422
    assert len(verified) == 2
    assert not any(HASHER.check_needs_rehash(stored) for stored in verified)


async def _with_todays_hash(person: Person) -> None:
    await execute("UPDATE member SET phrase_hash = $2 WHERE id = $1", person.id, await hash_secret(person.phrase))


async def test_a_hash_with_old_parameters_is_renewed(client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")
    old = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    await execute("UPDATE member SET password_hash = $1", old)

    await submit(client, "/sign-in", {"handle": person.handle, "secret": PASSWORD})
    await submit(client, "/sign-out")
    await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase})

    row = await fetch_one("SELECT phrase_hash, password_hash FROM member")
    assert not HASHER.check_needs_rehash(row["phrase_hash"])
    assert not HASHER.check_needs_rehash(row["password_hash"])
    assert HASHER.verify(row["password_hash"], PASSWORD)
    assert HASHER.verify(row["phrase_hash"], WELL_KNOWN_PHRASE)


async def test_the_secret_is_never_given_back(client: httpx.AsyncClient) -> None:
    answer = await submit(client, "/sign-in", {"handle": "calm-otter-12", "secret": "hunter2-and-more"})

    assert "hunter2-and-more" not in answer.text
    assert 'value="calm-otter-12"' in answer.text


async def test_a_slip_in_a_phrase_is_pointed_out_for_anybody(
    client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    person = await join(client)
    words = person.phrase.split()
    slipped = " ".join([*words[:6], words[6] + "q"])

    pages = [
        (await submit(new_browser(), "/sign-in", {"handle": handle, "secret": slipped})).text
        for handle in (person.handle, "nobody-here-1")
    ]

    assert all("is not one of our words" in page and f"“{words[6]}q”" in page for page in pages)


async def test_a_missing_word_is_pointed_out(client: httpx.AsyncClient, new_browser: NewBrowser) -> None:
    person = await join(client)

    answer = await submit(
        new_browser(), "/sign-in", {"handle": person.handle, "secret": " ".join(person.phrase.split()[:6])}
    )

    assert "A recovery phrase has seven words; this one had 6." in answer.text


async def test_words_of_a_password_are_not_shown_as_slips(client: httpx.AsyncClient) -> None:
    answer = await submit(
        client, "/sign-in", {"handle": "calm-otter-12", "secret": "zqxj kvvw pqqz xxyz wvvk jqqx zzkq"}
    )

    assert answer.status_code == 422
    assert "zqxj" not in answer.text


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/threads/3?after=1", "/threads/3?after=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
        ("/sign-out", "/"),
        ("/leave", "/"),
        ("/%6Ceave", "/"),
        ("/./leave", "/"),
        ("/x/../leave", "/"),
        ("/Leave/", "/"),
    ],
)
async def test_signing_in_leads_to_pages_of_this_site_only(client: httpx.AsyncClient, wanted: str, led_to: str) -> None:
    person = await a_member("calm-otter-12")

    answer = await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase, "next": wanted})

    assert goes_to(answer) == (led_to, "signed-in")


async def test_signing_in_gives_the_browser_another_session(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)
    before = client.cookies["kith-session"]

    await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase}, page="/account/region")

    assert client.cookies["kith-session"] != before
    assert len(await fetch("SELECT 1 FROM session")) == 1


@pytest.fixture
def few_tries(monkeypatch: pytest.MonkeyPatch) -> int:
    """Allow three tries an hour, so that tests reach the limit soon."""
    for rule in ("sign_in", "sign_in_handle"):
        monkeypatch.setitem(RULES, rule, parse_many("3/hour"))
    return 3


async def test_many_tries_from_one_place_are_asked_to_wait(client: httpx.AsyncClient, few_tries: int) -> None:
    for number in range(few_tries):
        await submit(client, "/sign-in", {"handle": f"nobody-{number}", "secret": "wrong"})

    answer = await submit(client, "/sign-in", {"handle": "nobody-99", "secret": "wrong"})

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_many_tries_at_one_handle_do_not_keep_its_phrase_out(
    client: httpx.AsyncClient, new_browser: NewBrowser, few_tries: int
) -> None:
    person = await join(client)
    for _ in range(few_tries):
        await submit(new_browser(), "/sign-in", {"handle": person.handle, "secret": "wrong"})

    guess = await submit(new_browser(), "/sign-in", {"handle": person.handle.upper(), "secret": "wrong again"})
    owner = await submit(new_browser(), "/sign-in", {"handle": person.handle, "secret": person.phrase})

    assert guess.status_code == 429
    assert "Your recovery phrase still works" in guess.text
    assert owner.status_code == 303


KEPT = {"kept.action": "/threads/7/replies", "kept.body": "I wrote this at night", "kept.submission_key": "abc"}


async def test_carried_text_comes_back_ready_to_send(client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")

    answer = await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase, **KEPT})

    assert answer.status_code == 200
    assert 'action="/threads/7/replies"' in answer.text
    assert "I wrote this at night" in answer.text
    assert hidden_fields(answer.text)["submission_key"] == "abc"
    assert person.handle in (await client.get("/account")).text


async def test_carried_text_survives_a_wrong_secret(client: httpx.AsyncClient) -> None:
    answer = await submit(client, "/sign-in", {"handle": "calm-otter-12", "secret": "wrong", **KEPT})

    assert answer.status_code == 422
    assert hidden_fields(answer.text)["kept.action"] == "/threads/7/replies"
    assert "I wrote this at night" in answer.text


async def test_carried_text_survives_a_limit(client: httpx.AsyncClient, few_tries: int) -> None:
    for number in range(few_tries):
        await submit(client, "/sign-in", {"handle": f"nobody-{number}", "secret": "wrong"})

    answer = await submit(client, "/sign-in", {"handle": "calm-otter-12", "secret": "wrong", **KEPT})

    assert answer.status_code == 429
    assert "I wrote this at night" in answer.text


async def test_carried_text_survives_a_lost_form_token(client: httpx.AsyncClient) -> None:
    await client.get("/sign-in")

    answer = await client.post("/sign-in", data={"handle": "calm-otter-12", "secret": "wrong", **KEPT})

    assert answer.status_code == 403
    assert "I wrote this at night" in answer.text
    assert 'name="kept.body"' in answer.text


@pytest.mark.parametrize("action", ["https://evil.example/", "//evil.example", "/\t/evil.example", "/\\evil.example"])
async def test_carried_text_goes_nowhere_else(client: httpx.AsyncClient, action: str) -> None:
    person = await a_member("calm-otter-12")
    forged = {**KEPT, "kept.action": action}

    answer = await submit(client, "/sign-in", {"handle": person.handle, "secret": person.phrase, **forged})

    assert answer.status_code == 303
    assert goes_to(answer) == ("/", "signed-in")


async def test_a_session_that_ended_while_writing_costs_nothing(app: Litestar, client: httpx.AsyncClient) -> None:
    person = await a_member("calm-otter-12")
    await enter(client, app, person)
    token = await form_token(client, "/account/region")
    await execute("DELETE FROM session")
    await app.state.redis.flushdb()

    refused = await client.post("/threads/1/replies", data={"_csrf_token": token, "body": "I wrote this at night"})
    form = {**hidden_fields(refused.text), "kept.body": "I wrote this at night"}
    back = await client.post("/sign-in", data={**form, "handle": person.handle, "secret": person.phrase})

    assert refused.status_code == 401
    assert back.status_code == 200
    assert "I wrote this at night" in back.text
    assert 'action="/threads/1/replies"' in back.text


@pytest.mark.parametrize("page", ["/sign-in", "/join"])
async def test_who_shares_a_device_is_asked_not_to_stay(client: httpx.AsyncClient, page: str) -> None:
    shown = (await client.get(page)).text

    assert re.search(r'name="stay" value="1" checked', shown)
    assert "Please untick this on a device that others use too." in shown


async def test_somebody_signed_in_is_told_so(app: Litestar, client: httpx.AsyncClient) -> None:
    await enter(client, app, await a_member("calm-otter-12"))

    page = (await client.get("/sign-in")).text

    assert "You are here as calm-otter-12" in page
    assert 'name="secret"' not in page
