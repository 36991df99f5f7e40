"""Notes and the decision that is being written share a page: neither takes the other's words away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from models.database import fetch
from server.clock import now
from server.moderation.forms import MAX_NOTE
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import a_board, a_thread
from tests.support.people import Person, a_member, submit
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx

WRITTEN = {
    "revision": "1",
    "words": 'My <answer> "so far"',
    "reason": "Too & fro",
    "post_act": "cover",
    "severity": "red",
}
FORM_FIELDS = re.compile(r'<textarea id="(details|words|reason)"[^>]*>\n(.*?)</textarea>', re.DOTALL)


@pytest.fixture
async def case_id(moderator: Person) -> int:
    """A case that the moderator has."""
    found = await flag_post((await a_thread(await a_board(), await a_member("quiet-otter-41"))).post_id, Severity.RED)
    await claim(found, moderator.id, at=now())
    return found


async def send(client: httpx.AsyncClient, path: str, fields: dict[str, str]) -> httpx.Response:
    return await submit(client, path, fields, page="/me")


def typed(page: str) -> dict[str, str]:
    """Return what stands in the text fields of the page, as HTML."""
    return dict(FORM_FIELDS.findall(page))


async def notes() -> list[str]:
    return [row["body"] for row in await fetch("SELECT body FROM case_note ORDER BY id")]


async def test_note_belongs_to_the_form_of_the_decision(client: httpx.AsyncClient, case_id: int) -> None:
    page = (await client.get(f"/moderation/cases/{case_id}")).text

    assert re.search(r'<textarea id="details"[^>]* form="decision"', page)
    assert re.search(rf'<button [^>]*form="decision" formaction="/moderation/cases/{case_id}/note#notes"', page)
    assert page.count(f'action="/moderation/cases/{case_id}/note') == 1


async def test_adding_a_note_brings_the_decision_back_as_it_was(client: httpx.AsyncClient, case_id: int) -> None:
    answer = await send(client, f"/moderation/cases/{case_id}/note", {**WRITTEN, "details": "Ring <me> first."})

    assert answer.status_code == 200
    assert await notes() == ["Ring <me> first."]
    assert "Ring &lt;me&gt; first.</span>" in answer.text
    fields = typed(answer.text)
    assert fields == {"details": "", "words": "My &lt;answer&gt; &#34;so far&#34;", "reason": "Too &amp; fro"}
    assert 'value="cover" checked' in answer.text
    assert '<option value="red" selected>' in answer.text


async def test_note_that_cannot_be_taken_comes_back_with_the_decision(client: httpx.AsyncClient, case_id: int) -> None:
    long = "&" * (MAX_NOTE + 1)

    answer = await send(client, f"/moderation/cases/{case_id}/note", {**WRITTEN, "details": long})

    assert answer.status_code == 422
    assert typed(answer.text)["details"] == long.replace("&", "&amp;")
    assert typed(answer.text)["words"] == "My &lt;answer&gt; &#34;so far&#34;"
    assert await notes() == []


@pytest.mark.parametrize("button", ["extend", "decide"])
async def test_refused_decision_and_more_time_keep_the_note(
    client: httpx.AsyncClient, case_id: int, button: str
) -> None:
    fields = {"revision": "1", "post_act": "remove", "details": "Ask <Ann>", "act": "decide"}

    answer = await send(client, f"/moderation/cases/{case_id}/{button}", fields)

    assert answer.status_code == (422 if button == "decide" else 200)
    assert typed(answer.text)["details"] == "Ask &lt;Ann&gt;"
    assert await notes() == []


@pytest.mark.parametrize("act", ["decide", "escalate", "second-opinion"])
async def test_note_that_was_not_added_yet_is_kept_with_the_decision(
    client: httpx.AsyncClient, case_id: int, second: Person, act: str
) -> None:
    answer = await send(
        client, f"/moderation/cases/{case_id}/decide", {"revision": "1", "details": "They know me.", "act": act}
    )

    assert answer.status_code == 303
    assert await notes() == ["They know me."]


async def test_decision_that_comes_too_late_leaves_no_note(client: httpx.AsyncClient, case_id: int) -> None:
    fields = {"revision": "1", "details": "They know me.", "act": "decide"}
    await send(client, f"/moderation/cases/{case_id}/hand-back", {})

    answer = await send(client, f"/moderation/cases/{case_id}/decide", fields)

    assert answer.status_code == 409
    assert typed(answer.text)["details"] == "They know me."
    assert await notes() == []


async def test_page_that_is_sent_twice_leaves_one_note(client: httpx.AsyncClient, case_id: int) -> None:
    for _ in range(2):
        await send(client, f"/moderation/cases/{case_id}/note", {**WRITTEN, "details": "Ring me first."})

    assert await notes() == ["Ring me first."]


async def test_who_reads_along_has_a_form_for_the_note_alone(
    client: httpx.AsyncClient, moderator: Person, case_id: int
) -> None:
    await send(client, f"/moderation/cases/{case_id}/hand-back", {})
    page = (await client.get(f"/moderation/cases/{case_id}")).text

    answer = await send(client, f"/moderation/cases/{case_id}/note", {"details": "I know them."})

    assert f'<form method="post" action="/moderation/cases/{case_id}/note"' in page
    assert 'id="decision"' not in page
    assert answer.headers["location"] == f"/moderation/cases/{case_id}#notes"
    assert await notes() == ["I know them."]
    assert (await open_cases())[0]["claimed_by"] is None
