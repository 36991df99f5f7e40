"""The moderators' pages."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, ServerSentEvent, ServerSentEventMessage, Template

from server.clock import now
from server.errors import KithError
from server.forum.boards import list_boards
from server.forum.notes import TOPICS
from server.help.needs import CRISIS
from server.live import QUEUE_CHANNEL, moments_to_look, tell
from server.moderation import shifts
from server.moderation.acts import ANSWERS, PAUSES, POST_ACTS, VOICES
from server.moderation.alerting import acknowledge
from server.moderation.appeal_routes import APPEAL_ROUTES
from server.moderation.bulk import decide_all, find_alike
from server.moderation.cases import CaseView, add_note, find_case, list_colleagues
from server.moderation.deciding import (
    ClaimLost,
    PostChanged,
    ask_second_opinion,
    decide,
    escalate,
    undo,
    undoable_by,
)
from server.moderation.forms import DecisionForm, check_decision, read_decision
from server.moderation.queue import REASON_KINDS, list_cases, queue_fingerprint, queue_state, read_filter
from server.resources.service import ResourceView, search_vetted, suggest, vetted_by_id
from server.text.cleaning import clean_text
from server.triaging import read_state
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, is_fragment, page
from server.web.request import KithRequest
from triage.queue import claims
from triage.scales import Severity

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

LISTEN_SECONDS = 600.0
"""After so long the browser connects again by itself."""
BETWEEN_NEWS_SECONDS = 1.0
MINUTE = timedelta(minutes=1)
"""After so long the list is shown anew although nothing changed: it says how much time is left."""
MAX_NOTE = 2000


@get("/moderation", guards=[requires_moderator])
async def queue(request: KithRequest) -> Template:
    """List the open cases; htmx gets the list alone."""
    viewer, at = require_viewer(request), now()
    wanted = read_filter(request.query_params)
    held = await claims.held_by(viewer.id, at=at)
    return await page(
        request,
        "moderation/_cases.html" if is_fragment(request) else "moderation/queue.html",
        cases=await list_cases(viewer.id, wanted, at=at),
        wanted=wanted,
        state=await queue_state(at=at),
        worker=await read_state(request.app.state.redis),
        held=held,
        shift=await shifts.shift_of(viewer.id, at=at),
        boards=[(board.slug, board.name) for board in await list_boards()],
        undoable=await undoable_by(viewer.id, at=at),
        severity_choices=[(one.label, one.label) for one in Severity],
        kinds=REASON_KINDS,
        at=at,
    )


@get("/moderation/live", guards=[requires_moderator])
async def live_queue(request: KithRequest) -> ServerSentEvent:
    """Say whenever the queue changed; the page asks for its list anew."""

    async def news() -> AsyncGenerator[ServerSentEventMessage]:
        shown, shown_at = "", now()
        async for _ in moments_to_look(request.app.state.redis, QUEUE_CHANNEL, seconds=LISTEN_SECONDS):
            looks_like, at = await queue_fingerprint(at=now()), now()
            if looks_like == shown and at - shown_at < MINUTE:
                continue  # a list that changes under the finger for nothing makes people press the wrong button
            shown, shown_at = looks_like, at
            yield ServerSentEventMessage(event="queue", data="")
            await asyncio.sleep(BETWEEN_NEWS_SECONDS)

    return ServerSentEvent(news())


@post("/moderation/next", guards=[requires_moderator], status_code=200)
async def help_next(request: KithRequest) -> Redirect:
    """Hand over the most urgent case."""
    claim = await claims.claim_next(require_viewer(request).id, at=now())
    if claim is None:
        return go("/moderation", said="nothing-waits")
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go(f"/moderation/cases/{claim.case_id}")


@get("/moderation/cases/{case_id:int}", guards=[requires_moderator])
async def case_page(request: KithRequest, case_id: FromPath[int]) -> Template:
    """Show a case."""
    return await _case_page(request, case_id, form=None)


@post("/moderation/cases/{case_id:int}/claim", guards=[requires_moderator], status_code=200)
async def claim(request: KithRequest, case_id: FromPath[int]) -> Redirect:
    """Take a case that was chosen from the list."""
    taken = await claims.claim(case_id, require_viewer(request).id, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go(f"/moderation/cases/{case_id}", said="" if taken else "case-not-free")


@post("/moderation/cases/{case_id:int}/extend", guards=[requires_moderator], status_code=200)
async def extend(request: KithRequest, case_id: FromPath[int]) -> Template:
    """Start the lease anew; what stands in the form so far comes back with the page."""
    form = read_decision(await read_form(request))
    if await claims.extend(case_id, require_viewer(request).id, at=now()):
        return await _case_page(request, case_id, form=form)
    return await _case_page(request, case_id, form=form, errors={"": ClaimLost.sentence}, status_code=409)


@post("/moderation/cases/{case_id:int}/hand-back", guards=[requires_moderator], status_code=200)
async def hand_back(request: KithRequest, case_id: FromPath[int]) -> Redirect:
    """Hand a case back, without a reason."""
    await claims.hand_back(case_id, require_viewer(request).id, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go("/moderation", said="handed-back")


@post("/moderation/cases/{case_id:int}/on-it", guards=[requires_moderator], status_code=200)
async def on_it(request: KithRequest, case_id: FromPath[int]) -> Redirect:
    """Say that one is on it, so that nobody else is called for a while."""
    is_new = await acknowledge(case_id, require_viewer(request).id, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go(f"/moderation/cases/{case_id}", said="on-it" if is_new else "")


@post("/moderation/cases/{case_id:int}/note", guards=[requires_moderator], status_code=200)
async def note(request: KithRequest, case_id: FromPath[int]) -> Redirect | Template:
    """Leave a note for colleagues."""
    viewer = require_viewer(request)
    await find_case(case_id, viewer, at=now())
    words = clean_text((await read_form(request)).get("details", ""))
    if not words or len(words) > MAX_NOTE:
        wrong = "There is nothing here yet." if not words else f"A note has room for {MAX_NOTE:,} characters."
        return await _case_page(request, case_id, form=None, errors={"details": wrong}, own_note=words)
    await add_note(case_id, viewer.id, words, at=now())
    return go(f"/moderation/cases/{case_id}#notes")


@post("/moderation/cases/{case_id:int}/decide", guards=[requires_moderator], status_code=200)
async def decide_case(request: KithRequest, case_id: FromPath[int]) -> Redirect | Template:
    """Do what the form says, or show it again with what to look at."""
    viewer, at = require_viewer(request), now()
    fields = await read_form(request)
    form = read_decision(fields)
    found = await find_case(case_id, viewer, at=at)
    if fields.get("again") == "1":
        await claims.claim(case_id, viewer.id, at=at)
    try:
        match fields.get("act"):
            case "escalate":
                await escalate(case_id, viewer.id, why=form.reason, at=at)
                said = "escalated"
            case "second-opinion":
                await ask_second_opinion(case_id, viewer.id, at=at)
                said = "passed-on"
            case "search-resources":
                return await _case_page(request, case_id, form=form, status_code=200)
            case _:
                if errors := check_decision(form, found.body):
                    return await _case_page(request, case_id, form=form, errors=errors)
                await decide(case_id, viewer.id, form, at=at)
                said = "case-decided"
    except KithError as refused:
        if refused.status != 409:
            raise
        if isinstance(refused, PostChanged):  # the page shows the newer text and says so: that one is decided next
            form = msgspec.structs.replace(form, revision=(await find_case(case_id, viewer, at=at)).revision)
        return await _case_page(request, case_id, form=form, errors={"": refused.sentence}, status_code=409)
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go("/moderation", said=said)


@get("/moderation/cases/{case_id:int}/alike", guards=[requires_moderator])
async def alike_page(request: KithRequest, case_id: FromPath[int]) -> Template:
    """Show the open cases whose posts are much like this one's."""
    return await _alike_page(request, case_id, DecisionForm(), {})


@post("/moderation/cases/{case_id:int}/alike", guards=[requires_moderator], status_code=200)
async def decide_alike(request: KithRequest, case_id: FromPath[int]) -> Template | Redirect:
    """Decide all that were chosen in the same way."""
    fields = await read_form(request)
    form = read_decision({name: text for name, text in fields.items() if name in ("post_act", "reason")})
    if errors := check_decision(form, ""):
        return await _alike_page(request, case_id, form, errors)
    await decide_all(_chosen_cases(fields), require_viewer(request).id, form, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go("/moderation", said="decided-alike")


@post("/moderation/cases/{case_id:int}/assign", guards=[requires_moderator], status_code=200)
async def assign(request: KithRequest, case_id: FromPath[int]) -> Redirect:
    """Give a case that one has to a named colleague."""
    colleague = (await read_form(request)).get("colleague", "")
    given = await claims.assign(case_id, require_viewer(request).id, colleague, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go("/moderation", said="passed-on") if given else go(f"/moderation/cases/{case_id}", said="case-not-free")


@post("/moderation/decisions/{decision_id:int}/undo", guards=[requires_moderator], status_code=200)
async def undo_decision(request: KithRequest, decision_id: FromPath[int]) -> Redirect:
    """Take a decision back."""
    case_id = await undo(decision_id, require_viewer(request).id, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go(f"/moderation/cases/{case_id}", said="undone")


@get("/moderation/shift", guards=[requires_moderator])
async def shift_page(request: KithRequest) -> Template:
    """Show one's own shift, load and trend."""
    viewer, at = require_viewer(request), now()
    return await page(
        request,
        "moderation/shift.html",
        shift=await shifts.shift_of(viewer.id, at=at),
        trend=await shifts.own_trend(viewer.id, at=at),
        on_shift=await shifts.count_on_shift(),
        limits=(shifts.BREAK_SUGGESTED_AFTER, shifts.BREAK_NEEDED_AFTER),
    )


@post("/moderation/shift", guards=[requires_moderator], status_code=200)
async def change_shift(request: KithRequest) -> Redirect:
    """Start, pause or end it."""
    viewer, at = require_viewer(request), now()
    steps = {"start": shifts.start, "pause": shifts.pause, "end": shifts.end}
    step = steps.get((await read_form(request)).get("step", ""))
    if step is not None:
        await step(viewer.id, at=at)
        await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go("/moderation/shift", said="saved")


async def _case_page(
    request: KithRequest,
    case_id: int,
    *,
    form: DecisionForm | None,
    errors: dict[str, str] | None = None,
    own_note: str = "",
    status_code: int = 0,
) -> Template:
    viewer, at = require_viewer(request), now()
    found = await find_case(case_id, viewer, at=at)
    return await page(
        request,
        "moderation/case.html",
        status_code=status_code or (422 if errors else 200),
        case=found,
        is_mine=found.holder_id == viewer.id,
        shows_form=found.closed_at is None and (found.holder_id == viewer.id or form is not None),
        minutes_left=_minutes_left(found, viewer.id),
        form=form or DecisionForm(revision=found.revision),
        errors=errors or {},
        own_note=own_note,
        resources=await _resources_for(found, form, request.app.state.settings.default_region),
        colleagues=[(handle, handle) for handle in await list_colleagues(viewer.id)],
        post_acts=[(act.value, *words) for act, words in POST_ACTS.items()],
        voices=[(voice.value, *words) for voice, words in VOICES.items()],
        pauses=[(pause.value, words) for pause, words in PAUSES.items()],
        answers=[(one.name, one.label, one.text.format(handle=found.author or "friend")) for one in ANSWERS],
        topics=[("", "No topic"), *TOPICS.items()],
        severity_choices=[(one.label, one.label) for one in Severity],
        kinds=REASON_KINDS,
        at=at,
    )


async def _alike_page(request: KithRequest, case_id: int, form: DecisionForm, errors: dict[str, str]) -> Template:
    viewer, at = require_viewer(request), now()
    await find_case(case_id, viewer, at=at)
    return await page(
        request,
        "moderation/alike.html",
        status_code=422 if errors else 200,
        case_id=case_id,
        alike=await find_alike(case_id, viewer.id, at=at),
        form=form,
        errors=errors,
        post_acts=[(act.value, *words) for act, words in POST_ACTS.items()],
    )


def _chosen_cases(fields: dict[str, str]) -> dict[int, int]:
    """Return id and seen revision of the cases that were chosen."""
    chosen = {name.removeprefix("case-"): revision for name, revision in fields.items() if name.startswith("case-")}
    return {
        int(number): int(revision)
        for number, revision in chosen.items()
        if all(one.isascii() and one.isdecimal() and len(one) < 9 for one in (number, revision))
    }


def _minutes_left(found: CaseView, moderator_id: int) -> int:
    if found.claimed_until is None or found.holder_id != moderator_id:
        return 0
    return max(0, round((found.claimed_until - now()).total_seconds() / 60))


async def _resources_for(found: CaseView, form: DecisionForm | None, default_region: str) -> list[ResourceView]:
    """Return what is offered to attach: what was chosen or looked for, and the best five for this post."""
    needs = (CRISIS,) if found.severity.is_urgent else ()
    offered = await suggest(f"{found.title} {found.body}", found.author_region or default_region, needs)
    if form is not None and form.resource_search:
        offered = [*await search_vetted(form.resource_search, limit=10), *offered]
    if form is not None and form.resources:
        offered = [*await vetted_by_id(form.resources), *offered]
    return list({resource.id: resource for resource in offered}.values())


MODERATION_ROUTES = (
    *APPEAL_ROUTES,
    queue, live_queue, help_next, case_page, claim, extend, hand_back, on_it, note, decide_case, undo_decision,
    shift_page, change_shift, alike_page, decide_alike, assign,
)  # fmt: skip
