"""Sending a sign of support, and following threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, ServerSentEvent, ServerSentEventMessage, Template

from server.clock import now
from server.forum.reading import find_thread
from server.live import member_channel, moments_to_look
from server.support.offering import close_support, is_support_offered
from server.support.panel import support_panel
from server.support.service import follow, reactions_of, toggle_reaction, unfollow
from server.text.numbers import ID_DIGITS, whole_number
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, is_fragment, page
from server.web.rate_limits import limited
from server.web.request import KithRequest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

LISTEN_SECONDS = 30.0
"""After posting; what comes later shows on the next page."""


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


@get("/me/support", guards=[requires_member])
async def support(request: KithRequest) -> Template | Redirect:
    """Answer with the panel of help, if it is offered; without htmx lead to the page of help."""
    if not is_fragment(request):
        return go("/help")
    viewer = require_viewer(request)
    state = request.app.state
    is_offered = await is_support_offered(viewer.id)
    offered = await support_panel(viewer, state.settings.default_region, state.redis) if is_offered else None
    return await page(request, "support/_panel.html", support=offered)


@get("/me/support/live", guards=[requires_member])
async def live_support(request: KithRequest) -> ServerSentEvent:
    """Say as soon as help is offered, for a little while after somebody posted."""
    viewer = require_viewer(request)

    async def news() -> AsyncGenerator[ServerSentEventMessage]:
        channel = member_channel(viewer.id)
        async for _ in moments_to_look(request.app.state.redis, channel, seconds=LISTEN_SECONDS):
            if await is_support_offered(viewer.id):
                yield ServerSentEventMessage(event="support", data="")
                break
        yield ServerSentEventMessage(event="end", data="")

    return ServerSentEvent(news())


@post("/me/support/close", guards=[requires_member], status_code=200)
async def close_panel(request: KithRequest) -> Template | Redirect:
    """Close the panel, as it was on that page; htmx stays where it is."""
    up_to = whole_number((await read_form(request)).get("up_to", ""), digits=ID_DIGITS) or 0
    await close_support(require_viewer(request).id, up_to=up_to, at=now())
    return await page(request, "support/_panel.html", support=None) if is_fragment(request) else go("/")


async def _answer(request: KithRequest, thread_id: int, *, said: str, following: bool) -> Template | Redirect:
    if is_fragment(request):
        return await page(request, "support/_follow.html", thread_id=thread_id, following=following)
    return go(f"/threads/{thread_id}", said=said)


SUPPORT_ROUTES = (react, follow_thread, unfollow_thread, support, live_support, close_panel)
