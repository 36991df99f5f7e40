"""axe-core finds nothing on any page, on a phone and on a desk, light and dark; nothing is wider than the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.clock import now
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from server.myths.under_posts import put_correction_under
from server.notices.service import notify
from server.seeding import seed_all
from tests.browser.conftest import PHONE
from tests.support.axe import FOR_ADMINS, FOR_MEMBERS, OPEN_TO_ALL, problems_at_phone_and_desk
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.myths import a_myth
from tests.support.people import a_member
from tests.support.resources import a_resource, attach
from tests.support.sessions import let_in
from triage.queue.claims import claim

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Visitors


async def test_pages_are_accessible(visitors: Visitors) -> None:
    await seed_all(now())
    member, other = await a_member("quiet-otter-41"), await a_member("calm-fern-12")
    admin = await a_member("steady-heron-20", role="admin")
    board = await a_board("quiet-nights")
    thread = await a_thread(board, other, body="A [link](https://nhs.uk), a list:\n\n- one\n- two\n\n> and a quote")
    own = await a_thread(board, member, title="Mine")
    answer = await a_reply(thread, other, "Covered", topic="relapse")
    resource, myth = await a_resource("Night Walks"), await a_myth()
    await attach(thread.post_id, resource)
    await put_correction_under(thread.post_id, "moonlight-cures-a-cold", at=now())
    case_id = await flag_post(own.post_id)
    await claim(case_id, admin.id, at=now())
    decision = await decide(case_id, admin.id, DecisionForm(revision=1), at=now())
    await notify(member.id, "reply", post_id=answer, at=now())
    places = {
        "thread": thread.thread_id, "other": thread.post_id, "own": own.post_id, "answer": answer,
        "resource": resource, "myth": myth, "decision": decision, "board": board.id,
    }  # fmt: skip

    found: list[str] = []
    async with visitors.visit(PHONE) as page:
        found += await _look_at(page, OPEN_TO_ALL, places)
        await let_in(page, member)
        found += await _look_at(page, FOR_MEMBERS, places)
        await page.context.clear_cookies()
        await let_in(page, admin, second_factor=True)
        found += await _look_at(page, FOR_ADMINS, places)

    assert not found, "\n".join(found)


async def _look_at(page: Page, paths: list[str], places: dict[str, int]) -> list[str]:
    found: list[str] = []
    for path in paths:
        answer = await page.goto(path.format(**places))
        assert answer
        assert answer.status == (404 if path == "/nowhere" else 200), f"{path} answered {answer.status}"
        found += await problems_at_phone_and_desk(page)
    return found
