"""Who may open what: every route is in this table, and every role is tried on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar.handlers import HTTPRouteHandler

from models.members import Role
from server.routes import ROUTES
from tests.support.cases import flag_post
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member, enter

if TYPE_CHECKING:
    import pytest
    from litestar import Litestar

    from tests.support.app import NewBrowser

STAFF_GUARDS = {"requires_moderator", "requires_admin"}
OPEN_PREFIXES = (
    "/static/",
    "/sw.js",
    "/health",
    "/help",
    "/resources",
    "/myths",
    "/search",
    "/about",
    "/transparency",
    "/join",
    "/sign-in",
    "/sign-out",
    "/leave",
)
"""Open to anybody; what lies beneath them that needs a member asks for one itself."""
OPEN_PAGES = {"/", "/boards/{slug:str}", "/boards/by-id/{board_id:int}/new", "/threads/{thread_id:int}",
              "/posts/{post_id:int}", "/posts/{post_id:int}/worried", "/notices/count"}  # fmt: skip

ASKS_ITSELF = {("/account/erase", "POST")}
"""Sent twice, the second time nobody is signed in any more, and the answer is the same."""


def _guards(handler: HTTPRouteHandler) -> set[str]:
    return {getattr(guard, "__name__", "") for guard in handler.guards or ()}


def test_every_route_is_open_on_purpose_or_guarded() -> None:
    unguarded: list[str] = []
    for handler in ROUTES:
        assert isinstance(handler, HTTPRouteHandler)
        for path in handler.paths:
            if path.startswith(OPEN_PREFIXES) or (path in OPEN_PAGES and handler.http_methods <= {"GET", "HEAD"}):
                continue
            asks_itself = {(path, method) for method in handler.http_methods} <= ASKS_ITSELF
            if not asks_itself and not _guards(handler) & {"requires_member", "requires_staff", *STAFF_GUARDS}:
                unguarded.append(path)

    assert unguarded == []


def test_staff_pages_have_staff_guards() -> None:
    for handler in ROUTES:
        assert isinstance(handler, HTTPRouteHandler)
        for path in handler.paths:
            if path.startswith("/admin"):
                assert "requires_admin" in _guards(handler), path
            if path.startswith("/moderation") or path.endswith("/history"):
                assert "requires_moderator" in _guards(handler), path


async def test_each_role_meets_the_right_answer_on_every_guarded_page(
    app: Litestar, new_browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.moderation.routes.LISTEN_SECONDS", 0.0)
    thread = await a_thread(await a_board(), await a_member("calm-fern-12"))
    case_id = await flag_post(thread.post_id)
    known = {"post_id": thread.post_id, "thread_id": thread.thread_id, "slug": "low-days", "case_id": case_id}
    browsers = {}
    for number, (role, second_factor) in enumerate((role, factor) for role in Role for factor in (True, False)):
        browser = new_browser()
        await enter(browser, app, await a_member(f"person-{number}", role=role.value), second_factor=second_factor)
        browsers[role, second_factor] = browser

    for handler in ROUTES:
        assert isinstance(handler, HTTPRouteHandler)
        guards = _guards(handler) & STAFF_GUARDS
        if not guards or "GET" not in handler.http_methods:
            continue
        for path in handler.paths:
            address = _fill(path, known)
            assert (await new_browser().get(address)).headers.get("location", "").startswith("/sign-in?"), address
            for (role, second_factor), browser in browsers.items():
                allowed = role is Role.ADMIN or (role is not Role.MEMBER and "requires_admin" not in guards)
                answer = await browser.get(address)
                if not allowed:
                    assert answer.status_code == 404, (address, role)
                elif not second_factor:
                    assert answer.headers["location"].startswith("/sign-in/code"), (address, role)
                else:
                    assert "/sign-in" not in answer.headers.get("location", ""), (address, role)


def _fill(path: str, known: dict[str, object]) -> str:
    pieces = []
    for piece in path.split("/"):
        name = piece.strip("{}").partition(":")[0]
        pieces.append(str(known.get(name, 1)) if piece.startswith("{") else piece)
    return "/".join(pieces)
