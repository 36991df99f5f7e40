"""What a person is told of a failure that no page foresaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from server.errors import NotFound
from server.web.errors import as_kith_error
from tests.support.people import a_member, enter, submit

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionRefusedError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.InterfaceError("the connection is closed"),
        asyncpg.InternalClientError("the connection broke in the middle of a message"),
        asyncpg.InvalidPasswordError(),
        asyncpg.InvalidCatalogNameError(),
    ],
)
def test_database_that_goes_away_is_no_mistake_of_ours_and_can_be_tried_again(failure: Exception) -> None:
    assert as_kith_error(failure).status == 503


def test_anything_else_is_a_mistake_of_ours() -> None:
    assert as_kith_error(ValueError()).status == 500


async def test_refusal_of_a_small_button_leaves_the_page_with_what_is_typed_alone(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))
    client.headers["hx-request"] = "true"

    answer = await submit(client, "/threads/7/follow", page="/about")

    assert answer.status_code == 404
    assert answer.headers["hx-retarget"] == "#said"
    assert NotFound.title in answer.text
    assert "<main" not in answer.text


async def test_signing_in_leads_back_to_the_post_that_was_to_be_answered(client: httpx.AsyncClient) -> None:
    answer = await client.get("/threads/5/reply?to=42")

    assert answer.headers["location"] == "/sign-in?next=/threads/5/reply%3Fto%3D42"


@pytest.mark.parametrize(
    ("button", "back"),
    [
        ("/posts/42/reactions", "/posts/42"),
        ("/threads/5/follow", "/threads/5"),
        ("/moderation/shift/devices/3/remove", "/moderation/shift"),
        ("/moderation/next", "/moderation"),
        ("/posts/42/delete", "/posts/42/delete"),
    ],
)
async def test_signing_in_leads_back_to_where_the_button_stood(
    client: httpx.AsyncClient, button: str, back: str
) -> None:
    answer = await submit(client, button)

    assert answer.headers["location"] == f"/sign-in?next={back}"


async def test_text_that_is_too_large_for_a_part_of_a_page_stays_where_it_was_written(
    app: Litestar, client: httpx.AsyncClient
) -> None:
    await enter(client, app, await a_member("quiet-otter-41"))
    too_large = {"body": "I hear you. " * 100_000}

    whole = await submit(client, "/threads/7/replies", too_large, page="/about")
    client.headers["hx-request"] = "true"
    part = await submit(client, "/threads/7/replies", too_large, page="/about")

    assert (whole.status_code, part.status_code) == (413, 413)
    assert "go back and shorten it" in whole.text
    assert part.headers["hx-retarget"] == "#said"
    assert "go back" not in part.text
    assert "still on this page" in part.text
