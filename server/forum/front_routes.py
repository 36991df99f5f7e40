"""The front page, a board, and what a member has of their own."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from models.database import fetch_one
from server.clock import now
from server.errors import NotFound
from server.forum.boards import find_board, list_boards
from server.forum.drafts import list_drafts
from server.forum.notes import read_note_choices
from server.forum.own_posts import list_own_posts
from server.forum.threads import list_board_threads, list_followed_threads, list_latest_threads, look_at_front_page
from server.moderation.presence import read_presence
from server.web.authentication import require_viewer, requires_member
from server.web.pages import go, page
from server.web.request import KithRequest
from server.web.viewer import viewer_of

LATEST = 12


@get("/")
async def front_page(request: KithRequest) -> Template:
    """Show the boards, and what is new since the member last looked."""
    viewer = viewer_of(request)
    since = await look_at_front_page(viewer.id, at=now()) if viewer else None
    return await page(
        request,
        "forum/front.html",
        boards=await list_boards(),
        threads=await list_latest_threads(viewer.id if viewer else None, limit=LATEST),
        choices=await read_note_choices(viewer.id if viewer else None),
        since=since,
        presence=await read_presence(request.app.state.redis, at=now()),
    )


@get("/boards/{slug:str}")
async def board_page(request: KithRequest, slug: FromPath[str], after: FromQuery[str] = "") -> Template:
    """Show a board: its purpose, its house rules and its threads."""
    viewer = viewer_of(request)
    board = await find_board(slug)
    return await page(
        request,
        "forum/board.html",
        board=board,
        threads=await list_board_threads(board.id, viewer.id if viewer else None, after=after),
        choices=await read_note_choices(viewer.id if viewer else None),
        is_first_page=not after,
    )


@get("/boards/by-id/{board_id:int}/new")
async def new_thread_by_id(board_id: FromPath[int]) -> Redirect:
    """Lead a draft, which knows its board by number, to the page where it goes on."""
    row = await fetch_one("SELECT slug FROM board WHERE id = $1", board_id)
    if row is None:
        raise NotFound
    return go(f"/boards/{row['slug']}/new")


@get("/me", guards=[requires_member])
async def own_page(request: KithRequest, after: FromQuery[str] = "") -> Template:
    """Show a member's posts, drafts and followed threads."""
    viewer = require_viewer(request)
    return await page(
        request,
        "forum/own.html",
        posts=await list_own_posts(viewer.id, after=after),
        drafts=await list_drafts(viewer.id),
        followed=await list_followed_threads(viewer.id),
        choices=await read_note_choices(viewer.id),
    )


@get("/about")
async def about_page(request: KithRequest) -> Template:
    """Say what Kith is, what happens to a post, and what is kept of whom."""
    return await page(request, "forum/about.html", presence=await read_presence(request.app.state.redis, at=now()))


FRONT_ROUTES = (front_page, board_page, new_thread_by_id, own_page, about_page)
