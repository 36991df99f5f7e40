"""An author asks for another look at what a moderator decided about their post."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.live import QUEUE_CHANNEL, tell
from server.moderation.appealing import appeal, find_decision_to_appeal
from server.text.cleaning import clean_text
from server.text.limits import MAX_REASON_CHARACTERS
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.rate_limits import limited
from server.web.request import KithRequest


@get("/posts/{post_id:int}/appeal", guards=[requires_member])
async def appeal_form(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Ask what the author wants to say."""
    found = await find_decision_to_appeal(post_id, require_viewer(request).id)
    return await page(request, "moderation/appeal.html", decision=found, post_id=post_id, words="", errors={})


@post("/posts/{post_id:int}/appeal", guards=[requires_member, limited("report")], status_code=200)
async def send_appeal(request: KithRequest, post_id: FromPath[int]) -> Template | Redirect:
    """Hand the decision to another moderator."""
    viewer = require_viewer(request)
    found = await find_decision_to_appeal(post_id, viewer.id)
    words = clean_text((await read_form(request)).get("details", ""))
    errors: dict[str, str] = {}
    if not words:
        errors["details"] = "Please say in a sentence what we should look at again."
    elif len(words) > MAX_REASON_CHARACTERS:
        errors["details"] = f"Your note has {len(words):,} characters; {MAX_REASON_CHARACTERS:,} fit."
    if errors:
        return await page(
            request,
            "moderation/appeal.html",
            status_code=422,
            decision=found,
            post_id=post_id,
            words=words,
            errors=errors,
        )
    await appeal(found.id, viewer.id, words, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go("/notices", said="appealed" if found.has_another else "appealed-alone")


APPEAL_ROUTES = (appeal_form, send_appeal)
