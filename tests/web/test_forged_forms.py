"""Form tokens: another one in every page, all of them good, forged ones never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.web.forged_forms import mask_token, unmask_token
from tests.support.people import a_member, enter, form_token

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

RAW = "0123456789abcdef" * 8


def test_masked_token_differs_each_time_and_comes_back() -> None:
    masked = {mask_token(RAW) for _ in range(50)}

    assert len(masked) == 50
    assert {unmask_token(one) for one in masked} == {RAW}


async def test_every_page_carries_another_token_and_all_are_taken(client: httpx.AsyncClient) -> None:
    tokens = [await form_token(client) for _ in range(3)]

    assert len(set(tokens)) == 3
    for token in tokens:
        answer = await client.post("/sign-in", data={"handle": "nobody", "secret": "wrong", "_csrf_token": token})
        assert answer.status_code == 422


@pytest.mark.parametrize("forged", ["", "x", RAW, mask_token(RAW), "*" * 108, "\u00e9" * 108])
async def test_forged_token_is_refused(client: httpx.AsyncClient, forged: str) -> None:
    await client.get("/sign-in")

    answer = await client.post("/sign-in", data={"handle": "a", "secret": "b", "_csrf_token": forged})

    assert answer.status_code == 403


async def test_token_of_another_browser_is_refused(client: httpx.AsyncClient, new_browser: object) -> None:
    other = new_browser()  # type: ignore[operator]
    token = await form_token(other)
    await client.get("/sign-in")

    answer = await client.post("/sign-in", data={"handle": "a", "secret": "b", "_csrf_token": token})

    assert answer.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_form_of_another_site_does_not_come_back_as_one_of_ours(
    app: Litestar, client: httpx.AsyncClient, site: str
) -> None:
    await enter(client, app, await a_member("calm-owl-1", role="admin"))
    held = dict(client.cookies)
    fields = {"role": "admin", "body": "Hello"}

    answer = await client.post("/admin/people/5", data=fields, headers={"sec-fetch-site": site})

    assert answer.status_code == 403
    assert 'action="/admin/people/5"' not in answer.text
    assert "Hello" not in answer.text
    assert "set-cookie" not in answer.headers
    assert dict(client.cookies) == held


async def test_form_without_words_says_what_to_do_instead_of_that_they_are_below(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-out", data={})

    assert answer.status_code == 403
    assert "your text is below" not in answer.text
    assert "press its button once more" in answer.text


async def test_htmx_tells_where_to_sign_in_and_leaves_the_page_with_what_is_typed_alone(
    client: httpx.AsyncClient,
) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://kith.example/threads/7?from=1-2"}
    fields = {"kind": "with-you", "_csrf_token": await form_token(client)}

    answer = await client.post("/posts/1/reactions", data=fields, headers=headers)

    assert answer.status_code == 401
    assert "hx-redirect" not in answer.headers
    assert answer.headers["hx-retarget"] == "#said"
    assert 'href="/sign-in?next=/threads/7%3Ffrom%3D1-2"' in answer.text
