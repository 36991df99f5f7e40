"""An author asks for another look at what a moderator decided about their post."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.errors import NotAllowed, NotFound
from server.live import QUEUE_CHANNEL, tell
from server.moderation.appealing import DecisionForAuthor, appeal, find_decision_to_appeal
from server.text.cleaning import clean_text
from server.text.limits import MAX_REASON_CHARACTERS
from server.text.numbers import ID_DIGITS, whole_number
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.rate_limits import limited
from server.web.request import KithRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.web.viewer import Viewer


@get("/posts/{post_id:int}/appeal", guards=[requires_member])
async def appeal_form(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Ask what the author wants to say about one decision, or about the last one."""
    found = await _decision_in(request.query_params, post_id, require_viewer(request))
    return await page(request, "moderation/appeal.html", decision=found, post_id=post_id, words="", errors={})


@post("/posts/{post_id:int}/appeal", guards=[requires_member, limited("report")], status_code=200)
async def send_appeal(request: KithRequest, post_id: FromPath[int]) -> Template | Redirect:
    """Hand the decision to another moderator."""
    viewer, fields = require_viewer(request), await read_form(request)
    found = await _decision_in(fields, post_id, viewer)
    words = clean_text(fields.get("details", ""))
    errors: dict[str, str] = {}
    if not words:
        errors["details"] = "Please say in a sentence what we should look at again."
    elif len(words) > MAX_REASON_CHARACTERS:
        errors["details"] = f"Your note has {len(words):,} characters; {MAX_REASON_CHARACTERS:,} fit."
    if not errors and not found.is_closed:
        with suppress(NotAllowed, NotFound):  # pressed twice, or decided meanwhile: the answer says what is so now
            await appeal(found.id, viewer.id, words, at=now())
            await tell(request.app.state.redis, QUEUE_CHANNEL)
        found = await find_decision_to_appeal(post_id, viewer.id, decision_id=found.id, at=now())
    if found.is_waiting and words == found.asked:
        return go("/notices", said="appealed" if found.has_another else "appealed-alone")
    return await page(
        request,
        "moderation/appeal.html",
        status_code=409 if found.is_closed else 422,
        decision=found,
        post_id=post_id,
        words=words,
        errors=errors,
    )


async def _decision_in(fields: Mapping[str, str], post_id: int, viewer: Viewer) -> DecisionForAuthor:
    chosen = fields.get("decision", "")
    return await find_decision_to_appeal(
        post_id, viewer.id, decision_id=whole_number(chosen, digits=ID_DIGITS) or 0 if chosen else None, at=now()
    )


APPEAL_ROUTES = (appeal_form, send_appeal)
