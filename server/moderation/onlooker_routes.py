"""What an open case page asks again and again: who else is looking."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from server.clock import now
from server.moderation.onlookers import ASKING_COUNTS_FOR, check_may_look, look_at_case
from server.web.authentication import require_viewer, requires_moderator
from server.web.pages import page
from server.web.request import KithRequest


@get("/moderation/cases/{case_id:int}/onlookers", guards=[requires_moderator])
async def onlookers(
    request: KithRequest, case_id: FromPath[int], shown: FromQuery[str] = "not said"
) -> Template | Response[None]:
    """Say who else is looking; nothing where the page shows just that, so that no screen reader says it again."""
    viewer = require_viewer(request)
    await check_may_look(case_id, viewer.id)
    others = await look_at_case(request.app.state.redis, case_id, viewer.id, counts_for=ASKING_COUNTS_FOR, at=now())
    if shown == ".".join(str(one.id) for one in others):
        return Response(None, status_code=204)
    return await page(request, "moderation/_onlookers.html", onlookers=others)


ONLOOKER_ROUTES = (onlookers,)
