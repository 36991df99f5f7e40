"""Nobody gets where they may not: every route is tried by everybody, and none is missing in the table."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from litestar.routes import HTTPRoute

from models.database import fetch_one
from server.clock import now
from server.forum.drafts import DraftText, save_draft
from server.forum.notes import ContentNote
from server.moderation.acts import PostAct
from server.moderation.cases import add_note
from server.moderation.debriefing import DebriefForm, keep_debrief
from server.moderation.deciding import decide
from server.moderation.devices import register_device
from server.moderation.forms import DecisionForm
from server.notices.service import notify
from server.web.sessions import session_id_of, start_session
from tests.support.access import AFTER_CODE, BEFORE_CODE, Audience, Role, listed_routes
from tests.support.axe import LOOKED_AT, NO_PAGES
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.helplines import a_helpline
from tests.support.myths import a_myth
from tests.support.people import Person, a_member, enter, form_token
from tests.support.push import Phone
from tests.support.resources import a_resource
from tests.support.templates import a_template
from triage.queue.claims import claim
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    import pytest
    from litestar import Litestar

    from tests.support.app import NewBrowser

MISSING = """
These routes are not in the table of tests/support/access.py, or are there and nowhere else. Put a new route into the
lines of those whom it is for, give it the guard that holds everybody else off, and run this test again."""

NOT_LOOKED_AT = """
No browser test has axe-core look at these. Put an address of each into a list of tests/support/axe.py, or, where nobody
sees a page there, into NO_PAGES with the reason."""

ACCOUNT_ROLES = {Role.MODERATOR_BEFORE_CODE: "moderator", Role.MODERATOR: "moderator", Role.DECIDER: "clinician",
                 Role.ADMIN_BEFORE_CODE: "admin", Role.ADMIN: "admin"}  # fmt: skip

DRAFT, HELD, TOLD = "walnut lantern draft", "heron teapot held", "maple bridge told"
AMONG_STAFF, TO_MYSELF = "copper window colleagues", "willow anchor debrief"
OWNERS = (Audience.AUTHOR, Audience.DECIDER)
MAY_READ: dict[str, frozenset[Role]] = {
    DRAFT: frozenset({Role.AUTHOR}),
    HELD: AFTER_CODE | {Role.AUTHOR},
    TOLD: frozenset({Role.AUTHOR}),
    AMONG_STAFF: AFTER_CODE,
    TO_MYSELF: frozenset({Role.DECIDER}),
}
"""Private words, and who meets them on their way through all routes: these, and nobody else."""

PRIVATE_ROWS = """
    SELECT (SELECT string_agg(concat(id, body, state, revision), ',' ORDER BY id) FROM post) AS posts,
           (SELECT string_agg(concat(id, read_at), ',' ORDER BY id) FROM notice WHERE member = $1) AS notices,
           (SELECT count(*) FROM session WHERE member = $1) AS sessions,
           (SELECT string_agg(concat(id, undone_at), ',' ORDER BY id) FROM decision) AS decisions,
           (SELECT count(*) FROM debrief_note) AS notes,
           (SELECT count(*) FROM push_subscription WHERE member = $2) AS devices
"""


@dataclass(frozen=True)
class World:
    """Everybody, and what the paths of all routes are about."""

    people: dict[Role, Person]
    ids: dict[str, object]
    held_post: int
    other_session: str
    """Of the author, on another device."""

    def address(self, path: str) -> str:
        """Fill a path in. The decision that can be appealed is about the held post."""
        ids = {**self.ids, "post_id": self.held_post} if path.endswith("/appeal") else self.ids
        return path.format(**ids)

    def fields(self, path: str) -> dict[str, str]:
        """Return what is sent along where an empty form names nothing."""
        if path == "/account/sessions":
            return {"session": self.other_session}
        if path == "/drafts":
            return {"place": f"board:{self.ids['board_id']}"}
        return {"kind": "with-you"} if path.endswith("/reactions") else {}

    async def private_rows(self) -> dict[str, object]:
        """Return what belongs to the author and the decider, and must stay as it is."""
        row = await fetch_one(PRIVATE_ROWS, self.people[Role.AUTHOR].id, self.people[Role.DECIDER].id)
        return dict(row)


async def a_world() -> World:
    people = {
        role: await a_member(f"person-{number}", role=ACCOUNT_ROLES.get(role, "member"))
        for number, role in enumerate(Role)
        if role is not Role.VISITOR
    }
    author, decider, spare = people[Role.AUTHOR], people[Role.DECIDER], await a_member("spare-owl-1", role="moderator")
    board = await a_board()
    thread = await a_thread(board, author)
    held = await a_reply(thread, author, HELD)
    case_id = await flag_post(held, Severity.CRISIS)
    await claim(case_id, decider.id, at=now())
    form = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="Too much detail.")
    decision = await decide(case_id, decider.id, form, at=now())
    await keep_debrief(decision, decider.id, DebriefForm(note=TO_MYSELF), at=now())
    await register_device(decider.id, endpoint="https://push.example/calls/one", **Phone().keys, at=now())
    await save_draft(author.id, f"thread:{thread.thread_id}", DraftText("", DRAFT, ContentNote("", "")), at=now())
    await notify(author.id, "moderator-note", post_id=thread.post_id, detail=TOLD, at=now())
    case_id = await flag_post(thread.post_id)
    await add_note(case_id, decider.id, AMONG_STAFF, at=now())
    await a_helpline("Night Line")

    async def newest(table: str) -> int:
        return int((await fetch_one(f"SELECT max(id) AS id FROM {table}"))["id"])

    ids: dict[str, object] = {
        "board_id": board.id, "slug": board.slug, "thread_id": thread.thread_id, "post_id": thread.post_id,
        "case_id": case_id, "decision_id": decision, "note_id": await newest("debrief_note"),
        "device_id": await newest("push_subscription"), "notice_id": await newest("notice"), "member_id": spare.id,
        "helpline_id": await newest("helpline"), "resource_id": await a_resource("Low days"),
        "myth_id": await a_myth(slug=board.slug), "template_id": await a_template(), "name": "kith.css",
    }  # fmt: skip
    token = await start_session(author.id, staff=False, second_factor=False, at=now())
    return World(people, ids, held, session_id_of(token))


def test_every_route_is_in_the_table(app: Litestar) -> None:
    assert {type(route) for route in app.routes} == {HTTPRoute}, MISSING
    routes = {
        (method, re.sub(r":\w+}", "}", route.path))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"HEAD", "OPTIONS"}
    }
    listed = [(method, path) for method, path, _ in listed_routes()]

    assert sorted(routes ^ set(listed)) == [], MISSING
    assert [line for line, times in Counter(listed).items() if times > 1] == [], "in the table twice"


def test_every_page_is_looked_at_by_the_browser_tests() -> None:
    pages = {path for method, path, _ in listed_routes() if method == "GET"}
    looked_at = {_route_of(path.partition("?")[0], pages) for path in LOOKED_AT}

    assert sorted(pages - looked_at - set(NO_PAGES)) == [], NOT_LOOKED_AT
    assert sorted(set(NO_PAGES) - (pages - looked_at)) == [], "in NO_PAGES of tests/support/axe.py, but no such route"


def _route_of(path: str, routes: set[str]) -> str:
    """Return the route that answers at an address: the one that leaves least open."""
    fitting = [one for one in routes if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(one)), path)]
    return min(fitting, key=lambda one: one.count("{"), default="")


async def test_everybody_meets_the_right_answer_on_every_route(
    app: Litestar, new_browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.moderation.routes.LISTEN_SECONDS", 0.0)
    monkeypatch.setattr("server.support.routes.LISTEN_SECONDS", 0.0)
    world = await a_world()
    browsers = {role: await _browser_of(role, world, app, new_browser()) for role in Role}
    wrong: list[str] = []
    read: dict[str, set[Role]] = {words: set() for words in MAY_READ}

    for method, path, audience in listed_routes():
        # Those who are refused come first: what belongs to others must be as it was when its owner comes.
        before = await world.private_rows() if audience in OWNERS else {}
        for role in sorted(Role, key=lambda one: one in audience.roles):
            if audience in OWNERS and role in audience.roles:
                assert await world.private_rows() == before, f"{method} {path} changed what is somebody else's"
            fields = world.fields(path) if method == "POST" else None
            answer = await browsers[role].request(method, world.address(path), data=fields)
            if (met := _meets(answer)) != (due := _due(role, audience)):
                wrong.append(f"{method} {path}: {role} is {met} ({answer.status_code}), but should be {due}")
            for words, readers in MAY_READ.items():
                if words in _text_of(answer):
                    read[words].add(role)
                    wrong += [] if role in readers else [f"{method} {path}: {role} reads {words!r}"]

    assert wrong == [], "\n".join(wrong)
    assert read == MAY_READ


async def _browser_of(role: Role, world: World, app: Litestar, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    if role is not Role.VISITOR:
        await enter(browser, app, world.people[role], second_factor=role in AFTER_CODE)
    browser.headers["x-csrftoken"] = await form_token(browser)
    return browser


def _due(role: Role, audience: Audience) -> str:
    """Say what somebody should meet on a route for this audience."""
    if role in audience.roles:
        return "let in"
    if role is Role.VISITOR:
        return "asked to sign in"
    is_for_staff = audience in (Audience.MODERATORS, Audience.DECIDER)
    may_come_back = is_for_staff or (audience, role) == (Audience.ADMINS, Role.ADMIN_BEFORE_CODE)
    return "asked for the code" if role in BEFORE_CODE and may_come_back else "refused"


def _meets(answer: httpx.Response) -> str:
    to = answer.headers.get("location", "")
    if to.startswith("/sign-in?") or answer.status_code == 401:
        return "asked to sign in"
    if to.startswith("/sign-in/code?"):
        return "asked for the code"
    if answer.status_code in (403, 404):
        return "refused"
    return "let in" if answer.status_code < 500 and answer.status_code not in (400, 405, 429) else "met by an error"


def _text_of(answer: httpx.Response) -> str:
    if answer.headers.get("content-type") != "application/zip":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as export:
        return "\n".join(export.read(name).decode() for name in export.namelist())
