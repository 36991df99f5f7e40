"""What is offered to be blacked out: amounts and means, and what tells who somebody is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from models.database import fetch_one
from server.clock import now
from server.moderation.passages import Passage, find_passages
from server.seeding import seed_all
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, submit
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

BODY = "I took ten mg. Write to ann.smith.1983@gmail.com, or ring me on 07911 123456. She lives at 12 Elm Road, Leeds."
CHOICE = re.compile(r'name="cut-\d+" value="([^"]*)"[^>]*> <span dir="auto">[^<]*</span> <small>([^<]*)</small>')


async def test_personal_details_are_offered_beside_amounts(
    client: httpx.AsyncClient, moderator: Person, author: Person
) -> None:
    post = await a_thread(await a_board(), author, body=BODY)
    case_id = await flag_post(post.post_id)
    assert await claim(case_id, moderator.id, at=now())

    page = (await client.get(f"/moderation/cases/{case_id}")).text

    offered = dict(CHOICE.findall(page))
    assert offered == {
        "ten mg": "an amount",
        "ann.smith.1983@gmail.com": "an e-mail address",
        "07911 123456": "a phone number",
        "12 Elm Road": "a postal address",
    }
    fields = {"revision": "1", "act": "decide", "cut-2": "ann.smith.1983@gmail.com"}
    answer = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")
    assert answer.status_code == 303
    assert "ann.smith" not in (await fetch_one("SELECT body FROM post WHERE id = $1", post.post_id))["body"]


async def test_number_of_a_helpline_is_not_offered(app: Litestar) -> None:
    await seed_all(now())

    assert await find_passages("", "Ring the Samaritans on 116 123, or 0808 808 8000.", region="GB") == []


async def test_passages_stand_once_also_from_the_title(app: Litestar) -> None:
    found = await find_passages("07911 123456", "Ring 07911 123456.", region="GB")

    assert found == [Passage("07911 123456", "a phone number")]
