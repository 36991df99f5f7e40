"""The requests that are measured: real pages, real sessions, real form tokens."""

from __future__ import annotations

import asyncio
import http.client
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from load import FRESH_KEY
from seeding import BOARD_COUNT
from words import FREQUENT_WORD, MISSPELT_WORD, RARE_WORD, write_paragraphs

from models.database import fetch, fetch_one, transaction
from server.clock import now
from server.forum.keyset import encode_cursor
from server.web.cookies import cookie_name
from server.web.sessions import start_session

if TYPE_CHECKING:
    import random

    from server.settings import Settings

MEMBERS_SIGNED_IN = 1_000
"""Enough that nobody meets the limits of how often one member may search or post."""

DIFFERENT_THREADS = 300
FORM_TOKEN = re.compile(r'name="_csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Ask:
    """One request as a browser would send it."""

    path: str
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    fields: dict[str, str] | None = None

    def raw(self, port: int) -> str:
        """Write it as HTTP/1.1."""
        body = urlencode(self.fields) if self.fields else ""
        head = [
            f"{'POST' if self.fields else 'GET'} {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Accept-Encoding: gzip",
        ]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if self.fields:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join([*head, "", body])


@dataclass(frozen=True)
class Page:
    """One line of the report: requests of one kind, sent in turn."""

    name: str
    asks: list[Ask]
    status: str = "200"
    rate: float = 50.0
    is_timed: bool = True
    """Otherwise only its queries are looked at."""
    is_promised: bool = False
    """The design promises a p99 for it, so it is measured longer."""
    most_rows: int = 2_000
    """Rows that one step of its queries may touch before that counts as growing with the table."""


SEARCHED_ROWS = 110_000
"""A search looks at no more than the newest 100,000 ids of the primary key before it asks the full-text index."""


async def pages_to_measure(settings: Settings, chance: random.Random) -> list[Page]:
    """Prepare every page; the web must be running, the database open."""
    sessions = await sign_members_in(settings)
    usual = await _threads("reply_count BETWEEN 24 AND 200")
    any_thread = await _threads("true")
    token, form_cookie = await form_token(settings, Ask(f"/threads/{any_thread[0]}", sessions[0]))
    board, cursor = await _deep_place()
    long_thread = await _middle_of_longest()
    paragraphs = write_paragraphs(chance)[:200]
    return [
        Page("front page", [Ask("/")]),
        Page("front page, signed in", [Ask("/", session) for session in sessions]),
        Page("board, first page", [Ask(f"/boards/{board}")]),
        Page("board, deep page", [Ask(f"/boards/{board}?after={quote(cursor)}")]),
        Page("board that fell quiet", [Ask(f"/boards/board-{BOARD_COUNT}")]),
        Page("thread, 25 posts", [Ask(f"/threads/{thread}") for thread in usual], is_promised=True),
        Page("thread, 25 posts, signed in", _spread("/threads/{}", usual, sessions), is_promised=True),
        Page("thread of thousands, in its middle", [Ask(long_thread)]),
        _search("search, frequent word", FREQUENT_WORD, sessions),
        _search("search, rare word", RARE_WORD, sessions),
        _search("search, misspelt word", MISSPELT_WORD, sessions),
        Page(
            "post submit",
            [
                Ask(
                    f"/threads/{chance.choice(any_thread)}/replies",
                    {**session, **form_cookie},
                    {
                        "body": chance.choice(paragraphs),
                        "submission_key": FRESH_KEY,
                        "intent": "post",
                        "_csrf_token": token,
                    },
                )
                for session in sessions
            ],
            status="303",
            rate=20.0,
        ),
        *await _pages_to_explain(sessions[0]),
    ]


async def _pages_to_explain(session: dict[str, str]) -> list[Page]:
    row = await fetch_one("SELECT max(id) - 5 AS id FROM post WHERE branch <> id")
    return [
        Page("my page", [Ask("/me", session)], is_timed=False),
        Page("notices", [Ask("/notices", session)], is_timed=False),
        Page("place of a post", [Ask(f"/posts/{row['id']}")], is_timed=False),
        Page("help now", [Ask("/help", session)], is_timed=False),
    ]


def _search(name: str, word: str, sessions: list[dict[str, str]]) -> Page:
    return Page(name, [Ask(f"/search?q={word}", session) for session in sessions], rate=20.0, most_rows=SEARCHED_ROWS)


def _spread(path: str, ids: list[int], sessions: list[dict[str, str]]) -> list[Ask]:
    return [Ask(path.format(ids[n % len(ids)]), session) for n, session in enumerate(sessions)]


async def sign_members_in(settings: Settings) -> list[dict[str, str]]:
    """Begin a session for many members, and return their cookies."""
    name = cookie_name(settings, "session")
    rows = await fetch("SELECT id FROM member ORDER BY id DESC LIMIT $1", MEMBERS_SIGNED_IN)
    async with transaction():
        return [{name: await start_session(row["id"], staff=False, second_factor=False, at=now())} for row in rows]


async def _threads(condition: str) -> list[int]:
    rows = await fetch(
        f"""SELECT thread.id FROM thread
            JOIN post ON post.id = (SELECT min(id) FROM post AS opening WHERE opening.thread = thread.id)
            WHERE {condition} AND deleted_at IS NULL AND post.state = 'published'
            ORDER BY md5(thread.id::text) LIMIT {DIFFERENT_THREADS}"""
    )
    return [row["id"] for row in rows]


async def _deep_place() -> tuple[str, str]:
    """Return the largest board, and a cursor far down in it."""
    row = await fetch_one(
        """SELECT slug, last_post_at, thread.id FROM thread
           JOIN (SELECT board, count(*) AS threads FROM thread GROUP BY board ORDER BY 2 DESC LIMIT 1) AS largest
                USING (board)
           JOIN board ON board.id = thread.board
           WHERE deleted_at IS NULL ORDER BY last_post_at DESC
           OFFSET (SELECT count(*) * 4 / 5 FROM thread WHERE board = 1) LIMIT 1"""
    )
    return row["slug"], encode_cursor(row["last_post_at"], row["id"])


async def _middle_of_longest() -> str:
    row = await fetch_one(
        """SELECT thread, branch, id FROM post
           WHERE thread = (SELECT id FROM thread WHERE deleted_at IS NULL ORDER BY reply_count DESC LIMIT 1)
           ORDER BY branch, id OFFSET 2500 LIMIT 1"""
    )
    return f"/threads/{row['thread']}?from={row['branch']}-{row['id']}"


async def form_token(settings: Settings, ask: Ask) -> tuple[str, dict[str, str]]:
    """Open a page as a browser does, and return its form's token with the cookie that belongs to it."""

    def open_page() -> tuple[str, str]:
        connection = http.client.HTTPConnection(settings.listen_host, settings.listen_port, timeout=10)
        cookies = "; ".join(f"{name}={value}" for name, value in ask.cookies.items())
        connection.request("GET", ask.path, headers={"Cookie": cookies})
        answer = connection.getresponse()
        return answer.read().decode(), answer.getheader("set-cookie") or ""

    page, set_cookie = await asyncio.to_thread(open_page)
    found = FORM_TOKEN.search(page)
    if found is None:
        raise RuntimeError(f"{ask.path} has no form")
    name, _, rest = set_cookie.partition("=")
    return found[1], {name: rest.partition(";")[0]}
