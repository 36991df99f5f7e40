"""What was begun under one handle is neither posted nor saved under another, unless its writer says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.database import execute, fetch
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, enter, form_token, hidden_fields

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

WORDS = "What I say under one name only"
HERE_AS = "You are here as calm-fern-12. This text was begun under another name"


@pytest.fixture
async def other(app: Litestar) -> Person:
    """Whoever is signed in by the time the form is sent."""
    return await a_member("calm-fern-12")


@pytest.fixture
async def form(app: Litestar, client: httpx.AsyncClient, request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """Where a form goes, and what it carries, that somebody else opened in the same browser."""
    writer = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), writer)
    reply = f"/threads/{thread.thread_id}/replies"
    page, action = {
        "thread": ("/boards/low-days/new", "/boards/low-days/new"),
        "answer": (f"/threads/{thread.thread_id}/reply", reply),
        "answer below the thread": (f"/threads/{thread.thread_id}", reply),
        "change": (f"/posts/{thread.post_id}/edit",) * 2,
        "draft": ("/boards/low-days/new", "/drafts"),
    }[getattr(request, "param", "answer")]
    await enter(client, app, writer)
    carried = hidden_fields((await client.get(page)).text)
    return action, {**carried, "title": "A title", "body": WORDS}


async def posts_of(member: Person) -> int:
    return len(await fetch("SELECT 1 FROM post WHERE author = $1", member.id))


async def words_kept() -> list[object]:
    return await fetch("SELECT body FROM post WHERE body = $1 UNION ALL SELECT body FROM draft WHERE body = $1", WORDS)


@pytest.mark.parametrize("form", ["thread", "answer", "answer below the thread"], indirect=True)
@pytest.mark.parametrize("intent", ["post", "post-anyway"])
async def test_nothing_is_published_under_another_handle_until_it_is_confirmed(
    app: Litestar, client: httpx.AsyncClient, other: Person, form: tuple[str, dict[str, str]], intent: str
) -> None:
    action, fields = form
    await enter(client, app, other)

    refused = await client.post(action, data={**fields, "intent": intent})
    kept = await words_kept()
    again = {**hidden_fields(refused.text), "title": "A title", "body": WORDS}
    sent = await client.post(action, data=again)

    assert refused.status_code == 409
    assert HERE_AS in refused.text
    assert WORDS in refused.text
    assert "Send it as calm-fern-12" in refused.text
    assert kept == []
    assert sent.status_code == 303
    assert await posts_of(other) == 1


@pytest.mark.parametrize("form", ["thread", "answer", "answer below the thread"], indirect=True)
@pytest.mark.parametrize(
    ("intent", "button", "drafts"),
    [("preview", "Preview it as calm-fern-12", 0), ("draft", "Keep it as a draft of calm-fern-12", 1)],
)
async def test_what_was_not_to_be_published_yet_is_not_offered_to_be(
    app: Litestar, client: httpx.AsyncClient, other: Person, form: tuple[str, dict[str, str]], intent: str,
    button: str, drafts: int,
) -> None:  # fmt: skip
    action, fields = form
    await enter(client, app, other)

    refused = await client.post(action, data={**fields, "intent": intent})
    kept = await words_kept()
    again = await client.post(action, data={**hidden_fields(refused.text), "title": "A title", "body": WORDS})

    assert refused.status_code == 409
    assert HERE_AS in refused.text
    assert WORDS in refused.text
    assert f">{button}</button>" in refused.text
    assert kept == []
    assert again.status_code == 200
    assert WORDS in again.text
    assert await posts_of(other) == 0
    assert len(await fetch("SELECT 1 FROM draft WHERE member = $1", other.id)) == drafts


@pytest.mark.parametrize("form", ["change"], indirect=True)
async def test_change_that_another_began_is_given_back(
    app: Litestar, client: httpx.AsyncClient, other: Person, form: tuple[str, dict[str, str]]
) -> None:
    action, fields = form
    await enter(client, app, other)

    refused = await client.post(action, data=fields)

    assert refused.status_code == 403
    assert "You are here as calm-fern-12. This change was begun under another name" in refused.text
    assert WORDS in refused.text
    assert await words_kept() == []


@pytest.mark.parametrize("form", ["draft"], indirect=True)
async def test_what_is_typed_is_not_saved_under_another_handle(
    app: Litestar, client: httpx.AsyncClient, other: Person, form: tuple[str, dict[str, str]]
) -> None:
    action, fields = form
    await enter(client, app, other)

    answer = await client.post(action, data=fields, headers={"hx-request": "true", "hx-target": "draft-state"})

    assert "Not saved:" in answer.text
    assert HERE_AS in answer.text
    assert await words_kept() == []


async def test_text_that_outlived_its_session_is_asked_about_before_another_handle_sends_it(
    client: httpx.AsyncClient, other: Person, form: tuple[str, dict[str, str]]
) -> None:
    action, fields = form
    await execute("DELETE FROM session")
    await client.get("/about")
    client.cookies.delete("kith-session")
    lost = await client.post(action, data=fields)
    secrets = {"handle": other.handle, "secret": other.phrase, "kept.body": WORDS}

    back = await client.post("/sign-in", data={**hidden_fields(lost.text), **secrets})
    asked = await client.post(action, data={**hidden_fields(back.text), "body": WORDS})

    assert HERE_AS in asked.text
    assert await words_kept() == []


async def test_form_that_came_too_late_is_asked_about_too(
    app: Litestar, client: httpx.AsyncClient, other: Person, form: tuple[str, dict[str, str]]
) -> None:
    action, fields = form
    await enter(client, app, other)

    late = await client.post(action, data={**fields, "_csrf_token": "expired"})
    asked = await client.post(action, data={**hidden_fields(late.text), "body": WORDS})

    assert "Please send it once more" in late.text
    assert HERE_AS in asked.text
    assert await words_kept() == []


@pytest.mark.parametrize("account", [None, "", "forged", "\udcff"])
async def test_form_that_does_not_say_whose_it_is_still_works(
    app: Litestar, client: httpx.AsyncClient, other: Person, form: tuple[str, dict[str, str]], account: str | None
) -> None:
    action, fields = form
    await enter(client, app, other)
    token = await form_token(client, "/me")
    del fields["account"]
    said = {} if account is None else {"account": account.encode("utf-8", "surrogatepass").decode("latin-1")}

    sent = await client.post(action, data={**fields, **said, "_csrf_token": token})

    assert sent.status_code == 303
    assert await posts_of(other) == 1
