"""Months that are over, with posts, cases and decisions in them, and what the page of numbers tells of one."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.database import execute, fetch_one
from server.clock import now
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx

    from tests.support.conversation import BoardInTest
    from tests.support.people import Person


def month(ago: int) -> datetime:
    """Return noon of a day in the middle of a month that is over."""
    moment = now().replace(day=15, hour=12)
    for _ in range(ago):
        moment = (moment.replace(day=1) - timedelta(days=1)).replace(day=15)
    return moment


LAST = month(1)


async def table(client: httpx.AsyncClient, name: str, of: datetime = LAST) -> dict[str, str]:
    """Return one month's row of a table of the page, by its headings."""
    page = await client.get("/transparency")
    assert page.status_code == 200
    section = re.search(rf'<section aria-labelledby="{name}">.*?</section>', page.text, re.DOTALL)
    assert section, name
    row = re.search(rf'<th scope="row">{of:%B %Y}</th>(.*?)</tr>', section[0], re.DOTALL)
    assert row, f"{of:%B %Y}"
    return {
        html.unescape(heading): html.unescape(text)
        for heading, text in re.findall(r'<td data-label="([^"]*)">([^<]*)</td>', row[1])
    }


async def posts(count: int, *, at: datetime = LAST) -> list[int]:
    """Write some posts, each in a thread of its own, on a board that is set up for them."""
    board: BoardInTest = await a_board(f"board-{at:%Y-%m}-{count}")
    author: Person = await a_member(f"calm-fern-{at:%m}-{count}")
    return [(await a_thread(board, author, body="A secret word: xylophone.", at=at)).post_id for _ in range(count)]


async def a_case(
    post_id: int, severity: Severity = Severity.RED, *, at: datetime = LAST, looked_after: int | None = 5,
    closed_after: int | None = None,
) -> int:  # fmt: skip
    """Open a case that is due after ten minutes."""
    minutes = [None if after is None else at + timedelta(minutes=after) for after in (looked_after, closed_after)]
    row = await fetch_one(
        """INSERT INTO moderation_case (post, revision, severity, is_misinformation, myth, reasons, opened_at, deadline,
                                        escalation, outcome, first_look_at, closed_at)
           VALUES ($1, 1, $2, false, '', '[]', $3, $4, '', '', $5, $6) RETURNING id""",
        post_id, severity, at, at + timedelta(minutes=10), *minutes,
    )  # fmt: skip
    return int(row["id"])


async def a_decision(case_id: int, act: str, *, at: datetime = LAST, undone: bool = False) -> int:
    """Decide a case."""
    row = await fetch_one(
        """INSERT INTO decision ("case", act, revision, words, detail, before, decided_at, undone_at)
           VALUES ($1, $2, 1, 'Some words of a moderator.', '{}', '{}', $3, $4) RETURNING id""",
        case_id, act, at, at if undone else None,
    )  # fmt: skip
    return int(row["id"])


async def closed_case(post_id: int, act: str, *, at: datetime = LAST) -> int:
    """Open and decide a case; return the decision."""
    return await a_decision(await a_case(post_id, at=at, closed_after=6), act, at=at)


async def an_appeal(decision_id: int, *, at: datetime) -> None:
    """Object to a decision."""
    await execute("INSERT INTO appeal (decision, words, created_at) VALUES ($1, 'Please look.', $2)", decision_id, at)
