"""Secrets are nowhere in clear: not in logs, not in Redis, not in the database, not in addresses."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from pyotp.totp import TOTP

from models.database import execute, fetch
from server.clock import now
from server.logs import configure_logs
from server.members.forms import read_password, read_sign_in
from server.members.issuing import FormIdentity
from server.members.staff import create_admin
from tests.support.people import Person, hidden_fields, join, member_id_of, phrase_on, sign_in, submit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser

PASSWORD = "blue kettle under the stairs"
WRONG = "marble trumpet seven clouds"
CODE = re.compile(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>")


async def every_secret_of_a_journey(app: Litestar, new_browser: NewBrowser) -> tuple[list[str], list[httpx.Response]]:
    """Use every page that takes or shows a secret; return the secrets, and the answers."""
    answers: list[httpx.Response] = []
    client = new_browser()
    person = await join(client)
    answers.append(await submit(client, "/account/password", {"secret": person.phrase, "new_password": PASSWORD}))
    answers.append(await submit(client, "/account/password", {"secret": WRONG, "new_password": WRONG}))
    form = hidden_fields((await client.get("/account/phrase")).text)
    answers.append(await client.post("/account/phrase", data={**form, "secret": PASSWORD}))
    new_phrase = phrase_on(answers[-1].text)
    elsewhere = new_browser()
    answers.append(await sign_in(elsewhere, Person(person.id, person.handle, WRONG)))
    answers.append(await sign_in(elsewhere, Person(person.id, person.handle, new_phrase)))
    tokens = [browser.cookies["kith-session"] for browser in (client, elsewhere)]
    made = await create_admin("brave-wren-7", at=now(), settings=app.state.settings)
    staff = new_browser()
    admin = Person(await member_id_of(made.handle), made.handle, made.phrase)
    answers.append(await sign_in(staff, admin))
    answers.append(await submit(staff, "/sign-in/code", {"code": WRONG}, page="/sign-in/code"))
    code = TOTP(made.totp_secret).at(now())
    answers.append(await submit(staff, "/sign-in/code", {"code": code}, page="/sign-in/code"))
    answers.append(
        await submit(
            staff, "/account/second-factor/codes", {"code": made.recovery_codes[0]}, page="/account/second-factor"
        )
    )
    codes = CODE.findall(answers[-1].text)
    tokens.append(staff.cookies["kith-session"])
    secrets = [person.phrase, new_phrase, PASSWORD, WRONG, made.phrase, made.totp_secret, *codes, *made.recovery_codes]
    return [*secrets, *tokens], answers


@pytest.fixture
def real_logs() -> Iterator[None]:
    """Log as the server does, for one test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("debug")
    yield
    root.handlers[:], root.level = handlers, level
    configure_logs("warning")


@pytest.mark.usefixtures("real_logs")
async def test_no_secret_stays_in_clear(
    app: Litestar, new_browser: NewBrowser, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets, answers = await every_secret_of_a_journey(app, new_browser)

    kept = capsys.readouterr()
    places = {
        "logs": kept.err + kept.out,
        "database": await whole_database(),
        "Redis": await whole_redis(app),
        "addresses": " ".join(answer.headers.get("location", "") for answer in answers),
    }
    assert "request" in places["logs"]
    assert "brave-wren-7" in places["database"]
    assert places["Redis"]
    assert len(secrets) == len(set(secrets)) == 29
    for name, words in places.items():
        found = [secret for secret in secrets if secret in words or secret.replace("-", "") in words]
        assert found == [], f"{name} hold secrets in clear"


async def whole_database() -> str:
    """Return every row of every table as text."""
    tables = await fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [await fetch(f'SELECT t::text AS words FROM "{table["tablename"]}" AS t') for table in tables]
    return "\n".join(row["words"] for found in rows for row in found)


async def whole_redis(app: Litestar) -> str:
    """Return every key of Redis and what it holds."""
    redis = app.state.redis
    words: list[bytes] = []
    for key in await redis.keys("*"):
        words += [key, await redis.dump(key)]
    return b"\n".join(words).decode("latin-1")


@pytest.mark.usefixtures("real_logs")
async def test_an_error_on_a_page_with_secrets_logs_none(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    person = await join(client)
    await execute("ALTER TABLE member RENAME COLUMN password_hash TO password_hash_away")
    try:
        answer = await submit(client, "/account/password", {"secret": person.phrase, "new_password": PASSWORD})
        failed = await sign_in(client, person)
    finally:
        await execute("ALTER TABLE member RENAME COLUMN password_hash_away TO password_hash")

    logged = capsys.readouterr().err
    assert (answer.status_code, failed.status_code) == (500, 500)
    assert "request_failed" in logged
    for secret in (person.phrase, PASSWORD, person.handle):
        assert secret not in logged
        assert secret not in answer.text + failed.text


def test_forms_do_not_show_their_secrets_when_printed() -> None:
    forms = (
        read_sign_in({"handle": "x", "secret": PASSWORD}),
        read_password({"secret": PASSWORD, "new_password": WRONG}),
    )

    assert all(PASSWORD not in repr(form) and WRONG not in repr(form) for form in forms)


def test_phrases_of_forms_use_the_whole_list(app: Litestar) -> None:
    settings = app.state.settings
    phrases = [FormIdentity(str(number), "token").phrase_for("join", settings).split() for number in range(2000)]

    words = {word for phrase in phrases for word in phrase}
    assert len(words) > 2000
    assert len({" ".join(phrase) for phrase in phrases}) == 2000
    firsts = [phrase[0] for phrase in phrases]
    assert max(firsts.count(word) for word in set(firsts)) < 12
