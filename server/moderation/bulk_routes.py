"""Deciding many posts that are much alike at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.live import QUEUE_CHANNEL, tell
from server.moderation.acts import POST_ACTS
from server.moderation.bulk import decide_all, find_alike
from server.moderation.cases import find_case
from server.moderation.forms import DecisionForm, check_decision, read_decision
from server.moderation.opinion import judges_first
from server.text.numbers import COUNT_DIGITS, whole_number
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest

if TYPE_CHECKING:
    from collections.abc import Container, Sequence


@get("/moderation/cases/{case_id:int}/alike", guards=[requires_moderator])
async def alike_page(request: KithRequest, case_id: FromPath[int]) -> Template:
    """Show the open cases whose posts are much like this one's."""
    counts = [whole_number(request.query_params.get(name, ""), digits=COUNT_DIGITS) for name in ("decided", "left")]
    return await _alike_page(request, case_id, DecisionForm(), {}, counts=counts)


@post("/moderation/cases/{case_id:int}/alike", guards=[requires_moderator], status_code=200)
async def decide_alike(request: KithRequest, case_id: FromPath[int]) -> Template | Redirect:
    """Decide all that were chosen in the same way."""
    fields = await read_form(request)
    form = read_decision({name: text for name, text in fields.items() if name in ("post_act", "reason")})
    chosen, errors = _chosen_cases(fields), check_decision(form, "")
    if not chosen:
        errors = {"": "Please choose at least one.", **errors}
    if errors:
        return await _alike_page(request, case_id, form, errors, chosen=chosen)
    decided, left = await decide_all(chosen, require_viewer(request).id, form, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go(f"/moderation/cases/{case_id}/alike?decided={decided}&left={left}")


async def _alike_page(
    request: KithRequest,
    case_id: int,
    form: DecisionForm,
    errors: dict[str, str],
    *,
    chosen: Container[int] | None = None,
    counts: Sequence[int | None] = (None, None),
) -> Template:
    viewer, at = require_viewer(request), now()
    await find_case(case_id, viewer, at=at)
    return await page(
        request,
        "moderation/alike.html",
        status_code=422 if errors else 200,
        case_id=case_id,
        alike=await find_alike(case_id, viewer.id, at=at),
        shows_opinion=not await judges_first(viewer.id),
        form=form,
        errors=errors,
        chosen=chosen,
        decided=counts[0],
        left=counts[1],
        post_acts=[(act.value, *words) for act, words in POST_ACTS.items()],
    )


def _chosen_cases(fields: dict[str, str]) -> dict[int, int]:
    """Return id and seen revision of the cases that were chosen."""
    chosen = {name.removeprefix("case-"): revision for name, revision in fields.items() if name.startswith("case-")}
    numbers = ([whole_number(one, digits=COUNT_DIGITS) for one in pair] for pair in chosen.items())
    return {number: revision for number, revision in numbers if number is not None and revision is not None}


BULK_ROUTES = (alike_page, decide_alike)
