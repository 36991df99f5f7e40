"""Where the danger stands in the title, the page of the case marks the title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.clock import now
from server.forum.posts import write_reply
from tests.support.cases import open_cases
from tests.support.classifiers import triage_with
from tests.support.conversation import a_board, a_thread, a_writing
from tests.support.model import released_classifier
from tests.support.people import a_member
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.people import Person

TITLE = "I am going to kill myself tonight"
BODY = "Thanks for reading."


async def test_title_that_weighed_most_is_marked_and_the_harmless_sentence_is_not(
    app: Litestar, client: httpx.AsyncClient, author: Person, moderator: Person
) -> None:
    await a_thread(await a_board(), author, title=TITLE, body=BODY)
    await triage_with(app, released_classifier()).drain()  # type: ignore[arg-type]
    (case,) = await open_cases()
    assert await claim(case["id"], moderator.id, at=now())  # type: ignore[arg-type]

    page = (await client.get(f"/moderation/cases/{case['id']}")).text

    assert f'<mark class="weighed">{TITLE}</mark>' in page
    assert f'<mark class="weighed">{BODY}</mark>' not in page
    assert "Marked: the sentences that weighed most for the classifier." in page


async def test_note_that_weighed_most_is_shown_and_the_harmless_title_is_not_marked(
    app: Litestar, client: httpx.AsyncClient, author: Person, moderator: Person
) -> None:
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"), title="Evening", body=BODY)
    writing = a_writing(BODY, text=TITLE)
    await write_reply(thread_id=thread.thread_id, author_id=author.id, answering=None, writing=writing, at=now())
    await triage_with(app, released_classifier()).drain()  # type: ignore[arg-type]
    (case,) = await open_cases()
    assert await claim(case["id"], moderator.id, at=now())  # type: ignore[arg-type]

    page = (await client.get(f"/moderation/cases/{case['id']}")).text

    assert f'<mark class="weighed" dir="auto">{TITLE}</mark>' in page
    assert '<mark class="weighed">Evening</mark>' not in page
