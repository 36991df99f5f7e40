"""Deciding many posts at once: much alike, by one author, or of accounts that joined just before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.live import QUEUE_CHANNEL, tell
from server.moderation.acts import POST_ACTS, pauses_for
from server.moderation.bulk import Alike, Beside, decide_all, find_beside
from server.moderation.cases import find_case
from server.moderation.debriefing import crisis_among, page_after
from server.moderation.forms import DecisionForm, check_decision, read_decision
from server.moderation.opinion import judges_first
from server.moderation.repeats import A_MOMENT
from server.moderation.seen import Seen
from server.text.numbers import COUNT_DIGITS, whole_number
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

TAKEN = ("post_act", "reason", "pause")
"""Fields of a decision that can be the same for many posts."""


@get("/moderation/cases/{case_id:int}/alike", guards=[requires_moderator])
async def alike_page(request: KithRequest, case_id: FromPath[int]) -> Template:
    """Show the open cases beside this one: whose posts are much like it, or those that were asked for."""
    asked = request.query_params
    counts = [whole_number(asked.get(name, ""), digits=COUNT_DIGITS) for name in ("decided", "left")]
    return await _alike_page(request, case_id, DecisionForm(), {}, which=_asked_for(asked.get("by", "")), counts=counts)


@post("/moderation/cases/{case_id:int}/alike", guards=[requires_moderator], status_code=200)
async def decide_alike(request: KithRequest, case_id: FromPath[int]) -> Template | Redirect:
    """Decide all that were chosen in the same way."""
    fields = await read_form(request)
    form = read_decision({name: text for name, text in fields.items() if name in TAKEN})
    which = _asked_for(fields.get("by", ""))
    chosen, errors = _chosen_cases(fields), check_decision(form, "")
    if not chosen:
        errors = {"": "Please choose at least one.", **errors}
    if errors:
        return await _alike_page(request, case_id, form, errors, which=which, chosen=chosen)
    viewer, at = require_viewer(request), now()
    decided, left = await decide_all(chosen, viewer.id, form, at=at)
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    if (crisis := await crisis_among(chosen, viewer.id, since=at - A_MOMENT)) is not None:
        return go(page_after(crisis, Severity.CRISIS), said="decided-some" if left else "case-decided")
    by = "" if which is Beside.ALIKE else f"by={which}&"
    return go(f"/moderation/cases/{case_id}/alike?{by}decided={decided}&left={left}")


async def _alike_page(
    request: KithRequest,
    case_id: int,
    form: DecisionForm,
    errors: dict[str, str],
    *,
    which: Beside,
    chosen: Container[int] | None = None,
    counts: Sequence[int | None] = (None, None),
) -> Template:
    viewer, at = require_viewer(request), now()
    await find_case(case_id, viewer, at=at)
    shows_opinion = not await judges_first(viewer.id)
    cases = await find_beside(case_id, viewer.id, which, at=at)
    ticks = _ticked_beforehand(cases, which) if shows_opinion else set[int]()  # or what is left out would say it
    return await page(
        request,
        "moderation/alike.html",
        status_code=422 if errors else 200,
        case_id=case_id,
        which=str(which),
        alike=cases,
        shows_opinion=shows_opinion,
        form=form,
        errors=errors,
        chosen=ticks if chosen is None else chosen,
        ticks_some=bool(ticks),
        decided=counts[0],
        left=counts[1],
        post_acts=[(act.value, *words) for act, words in POST_ACTS.items()],
        pauses=pauses_for(is_paused=False),
    )


def _asked_for(by: str) -> Beside:
    return Beside(by) if by in {which.value for which in Beside} else Beside.ALIKE


def _ticked_beforehand(cases: Sequence[Alike], which: Beside) -> set[int]:
    """Return what is chosen without anybody's doing: nothing urgent, and nobody because they are new."""
    return set() if which is Beside.NEW else {case.id for case in cases if not case.severity.is_urgent}


def _chosen_cases(fields: dict[str, str]) -> dict[int, Seen]:
    """Return the cases that were chosen, by id, as they were seen."""
    chosen = {name.removeprefix("case-"): revision for name, revision in fields.items() if name.startswith("case-")}
    numbers = ([whole_number(one, digits=COUNT_DIGITS) for one in pair] for pair in chosen.items())
    return {
        number: Seen(revision, fields.get(f"seen-{number}", ""))
        for number, revision in numbers
        if number is not None and revision is not None
    }


BULK_ROUTES = (alike_page, decide_alike)
