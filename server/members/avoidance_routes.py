"""Muting and blocking: from a post, and undone from the account."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.members.avoidance import author_to_avoid, avoid, list_avoided, stop_avoiding
from server.members.forms import read_avoidance, read_id
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.rate_limits import limited
from server.web.request import KithRequest


@get("/posts/{post_id:int}/author/avoid", guards=[requires_member])
async def avoid_page(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Explain muting and blocking before either is done."""
    author = await author_to_avoid(post_id, require_viewer(request).id)
    return await page(request, "members/avoid.html", author=author, errors={})


@post("/posts/{post_id:int}/author/avoid", guards=[requires_member, limited("account")])
async def avoid_author(request: KithRequest, post_id: FromPath[int]) -> Template | Redirect:
    """Mute or block the author of a post."""
    viewer = require_viewer(request)
    author = await author_to_avoid(post_id, viewer.id)
    kind = read_avoidance(await read_form(request))
    if kind is None:
        errors = {"kind": "Please choose one of the two."}
        return await page(request, "members/avoid.html", status_code=422, author=author, errors=errors)
    await avoid(viewer.id, author.member_id, kind, at=now())
    return go(f"/threads/{author.thread_id}", said="blocked")


@get("/account/avoided", guards=[requires_member])
async def avoided_page(request: KithRequest) -> Template:
    """List whom the member mutes or blocks."""
    return await page(request, "members/avoided.html", avoided=await list_avoided(require_viewer(request).id))


@post("/account/avoided", guards=[requires_member, limited("account")])
async def stop_avoiding_somebody(request: KithRequest) -> Redirect:
    """Undo one of them."""
    await stop_avoiding(require_viewer(request).id, read_id(await read_form(request), "avoidance"))
    return go("/account/avoided", said="unblocked")


AVOIDANCE_ROUTES = (avoid_page, avoid_author, avoided_page, stop_avoiding_somebody)
