"""The two pages on which members speak up."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from models.forum import ReportKind
from server import live
from server.clock import now
from server.reports.forms import ReportForm, check_details, check_rules_report, read_report
from server.reports.outcomes import REASONS
from server.reports.service import NotAdded, ReportedPost, find_post, report_rules, require_other_author, tell_worry
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.rate_limits import limited
from server.web.request import KithRequest
from server.web.viewer import viewer_of


@get("/posts/{post_id:int}/worried")
async def worried_form(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Say what helps where somebody seems to be in danger, and offer to tell the moderators; open to everybody."""
    found = await find_post(post_id, viewer_of(request), ReportKind.WORRIED)
    return await _worried_page(request, found, ReportForm(), {})


@post("/posts/{post_id:int}/worried", guards=[requires_member, limited("worried")], status_code=200)
async def tell(request: KithRequest, post_id: FromPath[int]) -> Template | Redirect:
    """Tell the moderators of a worry."""
    viewer = require_viewer(request)
    found = await find_post(post_id, viewer, ReportKind.WORRIED)
    form = read_report(await read_form(request))
    errors = check_details(form)
    if errors:
        return await _worried_page(request, found, form, errors)
    try:
        await tell_worry(post_id, viewer.id, form, at=now())
    except NotAdded as refusal:
        return await _worried_page(request, found, form, {"details": refusal.sentence})
    await live.tell(request.app.state.redis, live.QUEUE_CHANNEL)
    return go(f"/posts/{post_id}/worried", said="asked-for-a-hand" if found.author_id == viewer.id else "worried")


@get("/posts/{post_id:int}/report", guards=[requires_member])
async def rules_form(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Ask which rule a post breaks."""
    viewer = require_viewer(request)
    found = await find_post(post_id, viewer, ReportKind.RULES)
    require_other_author(found, viewer.id)
    return await _rules_page(request, found, ReportForm(), {})


@post("/posts/{post_id:int}/report", guards=[requires_member, limited("report")], status_code=200)
async def report(request: KithRequest, post_id: FromPath[int]) -> Template | Redirect:
    """Tell the moderators of a broken rule."""
    viewer = require_viewer(request)
    found = await find_post(post_id, viewer, ReportKind.RULES)
    require_other_author(found, viewer.id)
    form = read_report(await read_form(request))
    errors = check_rules_report(form) if found.told_at is None else {}
    if errors:
        return await _rules_page(request, found, form, errors)
    try:
        await report_rules(post_id, viewer.id, form, at=now())
    except NotAdded as refusal:
        return await _rules_page(request, found, form, {"details": refusal.sentence})
    await live.tell(request.app.state.redis, live.QUEUE_CHANNEL)
    return go(f"/posts/{post_id}/report", said="reported")


async def _worried_page(
    request: KithRequest, found: ReportedPost, form: ReportForm, errors: dict[str, str]
) -> Template:
    viewer = viewer_of(request)
    return await page(
        request,
        "reports/worried.html",
        status_code=422 if errors else 200,
        post=found,
        form=form,
        errors=errors,
        is_mine=viewer is not None and found.author_id == viewer.id,
    )


async def _rules_page(request: KithRequest, found: ReportedPost, form: ReportForm, errors: dict[str, str]) -> Template:
    reasons = [(name, words, hint) for name, (words, hint) in REASONS.items()]
    status = 422 if errors else 200
    return await page(
        request, "reports/rules.html", status_code=status, post=found, form=form, errors=errors, reasons=reasons
    )


REPORT_ROUTES = (worried_form, tell, rules_form, report)
