"""Whether a moderator judges before they see what the classifier says: their own choice."""

from __future__ import annotations

from litestar import post
from litestar.response import Redirect

from server.clock import now
from server.moderation.opinion import set_judges_first
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go
from server.web.request import KithRequest


@post("/moderation/judging", guards=[requires_moderator], status_code=200)
async def choose_to_judge_first(request: KithRequest) -> Redirect:
    """Hide the classifier's opinion until the moderator has judged, or show it at once again."""
    wanted = "judges_first" in await read_form(request)
    await set_judges_first(require_viewer(request).id, wanted=wanted, at=now())
    return go("/moderation/shift", said="saved")


OPINION_ROUTES = (choose_to_judge_first,)
