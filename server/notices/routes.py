"""The member's list of notices, and the small number beside the link to it."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from server.clock import now
from server.notices.service import NEWEST, list_notices, mark_all_read, open_notice, unread_of
from server.text.numbers import ID_DIGITS, whole_number
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, is_fragment, page
from server.web.request import KithRequest
from server.web.viewer import viewer_of

STOP_POLLING = 286
"""The status with which htmx stops asking."""


@get("/notices", guards=[requires_member])
async def notices_page(request: KithRequest) -> Template:
    """List notices, newest first."""
    return await _list(request, after=_read_id(request.query_params.get("after", "")), template="notices/list.html")


@get("/notices/{notice_id:int}", guards=[requires_member])
async def follow_notice(request: KithRequest, notice_id: FromPath[int]) -> Redirect:
    """Mark a notice read and lead to what it is about."""
    return go(await open_notice(notice_id, require_viewer(request).id, at=now()))


@post("/notices/read", guards=[requires_member], status_code=200)
async def read_all(request: KithRequest) -> Template | Redirect:
    """Mark every notice read, up to the newest that the page showed."""
    up_to = _read_id((await read_form(request)).get("up_to", ""))
    await mark_all_read(require_viewer(request).id, up_to=up_to, at=now())
    if not is_fragment(request):
        return go("/notices")
    answer = await _list(request, after=NEWEST, template="notices/_list.html")
    # The number beside the link listens for this event.
    answer.headers["hx-trigger"] = "notices-read"
    return answer


@get("/notices/count")
async def unread_count(request: KithRequest) -> Template | Response[str]:
    """Answer with the number beside the link, for a page that asks now and then."""
    viewer = viewer_of(request)
    if viewer is None:
        return Response("", media_type="text/html", status_code=STOP_POLLING)
    viewer.unread_notices = (await unread_of(viewer.id)).number
    return await page(request, "_notice_count.html")


async def _list(request: KithRequest, *, after: int, template: str) -> Template:
    viewer = require_viewer(request)
    viewer.unread_notices = (await unread_of(viewer.id)).number
    notices = await list_notices(viewer.id, after=after)
    return await page(request, template, notices=notices, is_first_page=after == NEWEST)


def _read_id(text: str) -> int:
    """Read an id from an address or a form; anything else stands for the newest."""
    number = whole_number(text, digits=ID_DIGITS)
    return NEWEST if number is None else number


NOTICE_ROUTES = (notices_page, follow_notice, read_all, unread_count)
