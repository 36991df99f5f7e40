"""Form tokens: another one in every page, all of them good, forged ones never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.web.forged_forms import mask_token, unmask_token
from tests.support.people import form_token

if TYPE_CHECKING:
    import httpx

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
