"""Sending a sign of support, and following threads."""

from __future__ import annotations

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.forum.reading import find_thread
from server.support.service import follow, reactions_of, toggle_reaction, unfollow
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, is_fragment, page
from server.web.rate_limits import limited
from server.web.request import KithRequest


@post("/posts/{post_id:int}/reactions", guards=[requires_member, limited("react")], status_code=200)
async def react(request: KithRequest, post_id: FromPath[int]) -> Template | Redirect:
    """Give a sign of support, or take it back."""
    viewer = require_viewer(request)
    kind = (await read_form(request)).get("kind", "")
    await toggle_reaction(post_id, viewer.id, kind, at=now())
    if not is_fragment(request):
        return go(f"/posts/{post_id}")
    reactions = await reactions_of([post_id], viewer.id)
    return await page(request, "support/_reactions.html", post_id=post_id, reactions=reactions[post_id], can_react=True)


@post("/threads/{thread_id:int}/follow", guards=[requires_member, limited("react")], status_code=200)
async def follow_thread(request: KithRequest, thread_id: FromPath[int]) -> Template | Redirect:
    """Follow a thread."""
    viewer = require_viewer(request)
    await find_thread(thread_id, viewer)
    await follow(viewer.id, thread_id, now())
    return await _answer(request, thread_id, said="followed", following=True)


@post("/threads/{thread_id:int}/unfollow", guards=[requires_member, limited("react")], status_code=200)
async def unfollow_thread(request: KithRequest, thread_id: FromPath[int]) -> Template | Redirect:
    """Follow a thread no longer."""
    await unfollow(require_viewer(request).id, thread_id)
    return await _answer(request, thread_id, said="unfollowed", following=False)


async def _answer(request: KithRequest, thread_id: int, *, said: str, following: bool) -> Template | Redirect:
    if is_fragment(request):
        return await page(request, "support/_follow.html", thread_id=thread_id, following=following)
    return go(f"/threads/{thread_id}", said=said)


SUPPORT_ROUTES = (react, follow_thread, unfollow_thread)
