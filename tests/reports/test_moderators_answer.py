"""An answer by a moderator can be reported, and is called one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.database import execute
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar


async def test_answer_of_a_moderator_is_reported_as_one(app: Litestar, client: httpx.AsyncClient) -> None:
    reader = await a_member("brave-heron-7")
    post = await a_thread(await a_board(), reader)
    await execute("UPDATE post SET by_moderator = true, author = NULL WHERE id = $1", post.post_id)
    await enter(client, app, reader)

    page = (await client.get(f"/posts/{post.post_id}/report")).text

    assert "A post by a moderator in" in page


async def test_case_of_an_answer_of_a_moderator_is_told_as_one(app: Litestar, client: httpx.AsyncClient) -> None:
    post = await a_thread(await a_board(), await a_member("brave-heron-7"))
    await execute("UPDATE post SET by_moderator = true, author = NULL WHERE id = $1", post.post_id)
    case_id = await flag_post(post.post_id)
    await enter(client, app, await a_member("calm-owl-1", role="moderator"), second_factor=True)

    for address in ("/moderation", f"/moderation/cases/{case_id}", f"/moderation/cases/{case_id}/alike"):
        page = (await client.get(address)).text
        assert "a moderator" in page, address
        assert "a member who left" not in page.lower(), address
