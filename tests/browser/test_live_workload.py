"""The figures of one's own shift follow what happens, without a new page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.async_api import expect

from server.clock import now
from server.live import QUEUE_CHANNEL, tell
from tests.browser.conftest import DESK
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member
from tests.support.sessions import let_in
from triage.queue.claims import claim
from triage.queue.limits import CareLimits
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar import Litestar

    from tests.browser.conftest import Visitors


async def test_load_and_the_word_on_a_break_come_by_themselves(visitors: Visitors, app: Litestar) -> None:
    moderator, board = await a_member("calm-owl-1", role="moderator"), await a_board()
    author = await a_member("quiet-otter-41")

    async def had(number: int) -> None:
        for _ in range(number):
            case_id = await flag_post((await a_thread(board, author)).post_id, Severity.RED)
            await claim(case_id, moderator.id, at=now())
        await tell(app.state.redis, QUEUE_CHANNEL)

    async with visitors.visit(DESK) as page:
        await let_in(page, moderator, second_factor=True)
        await page.goto("/moderation/shift")
        load, most = page.locator("#load"), CareLimits().suggest_after
        await expect(load).to_contain_text(re.compile(r"last hour\s*0"))
        await page.evaluate("window.isStillTheSamePage = true")

        await had(1)
        await expect(load).to_contain_text(re.compile(r"last hour\s*1"))
        await expect(load).not_to_contain_text("short break")
        await had(most - 1)
        await expect(load).to_contain_text(re.compile(rf"last hour\s*{most}"))
        await expect(load).to_contain_text("A short break would be fair.")
        assert await page.evaluate("window.isStillTheSamePage")
