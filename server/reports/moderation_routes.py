"""The moderators' page of open reports."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.reports.moderation import decide, list_open_reports
from server.reports.outcomes import OUTCOMES, Outcome
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest


@get("/moderation/reports", guards=[requires_moderator])
async def open_reports(request: KithRequest) -> Template:
    """List what waits to be decided."""
    return await _reports_page(request)


@post("/moderation/reports/{post_id:int}", guards=[requires_moderator], status_code=200)
async def decide_reports(request: KithRequest, post_id: FromPath[int]) -> Template | Redirect:
    """Decide on the reports about one post."""
    fields = await read_form(request)
    chosen, seen = fields.get("outcome", ""), fields.get("seen", "")
    if chosen not in OUTCOMES:
        return await _reports_page(request, undecided=post_id)
    closed = await decide(
        post_id,
        Outcome(chosen),
        seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 19 else 0,
        moderator_id=require_viewer(request).id,
        at=now(),
    )
    return go("/moderation/reports", said="decided" if closed else "decided-already")


async def _reports_page(request: KithRequest, *, undecided: int = 0) -> Template:
    after = request.query_params.get("after", "")
    return await page(
        request,
        "reports/open.html",
        status_code=422 if undecided else 200,
        reports=await list_open_reports(require_viewer(request).id, after=after),
        is_first_page=not after,
        outcomes=[(outcome.value, words, hint) for outcome, (words, hint) in OUTCOMES.items()],
        undecided=undecided,
    )


REPORT_MODERATION_ROUTES = (open_reports, decide_reports)
