"""The moderators' pages."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, ServerSentEvent, ServerSentEventMessage, Template

from models.database import transaction
from server.clock import now
from server.errors import KithError
from server.forum.boards import list_boards
from server.forum.outbox import wake_triage
from server.live import QUEUE_CHANNEL, moments_to_look, tell
from server.moderation import shifts
from server.moderation.alerting import acknowledge
from server.moderation.appeal_routes import APPEAL_ROUTES
from server.moderation.bulk_routes import BULK_ROUTES
from server.moderation.care_routes import CARE_ROUTES
from server.moderation.case_page import show_case
from server.moderation.cases import add_note, find_case, list_colleagues
from server.moderation.debriefing import page_after
from server.moderation.deciding import AlreadyDecided, ClaimLost, PostChanged, ask_second_opinion, decide, escalate
from server.moderation.device_routes import DEVICE_ROUTES
from server.moderation.forms import MAX_NOTE, check_decision, check_passing_on, read_decision
from server.moderation.onlooker_routes import ONLOOKER_ROUTES
from server.moderation.opinion import judges_first
from server.moderation.passing_on import NOT_FOR_COLLEAGUE, give, is_given
from server.moderation.queue import (
    KINDS_WITHOUT_OPINION,
    REASON_KINDS,
    list_cases,
    queue_fingerprint,
    queue_state,
    read_filter,
)
from server.moderation.repeats import Done, find_done
from server.moderation.seen import SomethingNew
from server.moderation.starting_words import USES
from server.moderation.undoing import undo, undoable_by
from server.resources.service import vetted_by_id
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, is_fragment, page
from server.web.request import KithRequest
from triage.queue import claims
from triage.scales import Severity
from triage.topics import HEAVY_TOPICS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from server.moderation.cases import CaseView
    from server.moderation.forms import DecisionForm

LISTEN_SECONDS = 600.0
"""After so long the browser connects again by itself."""
BETWEEN_NEWS_SECONDS = 1.0
MINUTE = timedelta(minutes=1)
"""After so long the list is shown anew although nothing changed: it says how much time is left."""
LOOKS_ON = ("search-resources", "show-opinion", "show-original")
"""Buttons of the form of a decision that decide nothing."""
PASSES_ON = ("escalate", "second-opinion")
MOVES_ON = ("decide", *PASSES_ON)
"""Those that take a case again whose lease ran out."""
NO_BUTTON = "Nothing was done yet. Please press one of the buttons of this page."


@get("/moderation", guards=[requires_moderator])
async def queue(request: KithRequest) -> Template:
    """List the open cases; htmx gets the list alone."""
    viewer, at = require_viewer(request), now()
    shows_opinion = not await judges_first(viewer.id)
    wanted = read_filter(request.query_params)
    if not shows_opinion:  # a list of nothing but crises would say it too
        wanted = wanted.without_opinion()
    held = await claims.held_by(viewer.id, at=at)
    cases, has_next = await list_cases(viewer.id, wanted, at=at)
    return await page(
        request,
        "moderation/_cases.html" if is_fragment(request) else "moderation/queue.html",
        cases=cases,
        has_next=has_next,
        wanted=wanted,
        state=await queue_state(at=at),
        held=held,
        shift=await shifts.shift_of(viewer.id, at=at),
        boards=[(board.slug, board.name) for board in await list_boards()],
        undoable=await undoable_by(viewer.id, at=at),
        severity_choices=[(one.label, one.label) for one in Severity],
        kinds=REASON_KINDS if shows_opinion else KINDS_WITHOUT_OPINION,
        topics=list(HEAVY_TOPICS.items()),
        shows_opinion=shows_opinion,
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
    """Show a case, with the classifier's opinion where a moderator who judges first asks for it."""
    asks = request.query_params.get("opinion") == "shown"
    return await show_case(request, case_id, form=None, asks_for_opinion=asks)


@post("/moderation/cases/{case_id:int}/claim", guards=[requires_moderator], status_code=200)
async def claim(request: KithRequest, case_id: FromPath[int]) -> Redirect | Template:
    """Take a case that was chosen from the list; somebody who has had enough for now is asked first."""
    viewer, at = require_viewer(request), now()
    is_sure = "is_sure" in await read_form(request)
    if not is_sure and await claims.is_rather_a_colleagues(case_id, viewer.id, at=at):
        return await show_case(request, case_id, form=None, asks_whether_sure=True, status_code=409)
    taken = await claims.claim(case_id, viewer.id, at=at)
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go(f"/moderation/cases/{case_id}", said="" if taken else "case-not-free")


@post("/moderation/cases/{case_id:int}/extend", guards=[requires_moderator], status_code=200)
async def extend(request: KithRequest, case_id: FromPath[int]) -> Template:
    """Start the lease anew; what stands in the form so far comes back with the page."""
    form = read_decision(await read_form(request))
    if await claims.extend(case_id, require_viewer(request).id, at=now()):
        return await show_case(request, case_id, form=form)
    return await show_case(request, case_id, form=form, errors={"": ClaimLost.sentence}, status_code=409)


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
    """Leave a note for colleagues; a decision that was begun comes along and comes back with the page."""
    viewer, at = require_viewer(request), now()
    await find_case(case_id, viewer, at=at)
    await claims.extend(case_id, viewer.id, at=at)
    fields = await read_form(request)
    sent = read_decision(fields)
    begun = sent if "revision" in fields else None
    if not sent.own_note or len(sent.own_note) > MAX_NOTE:
        wrong = f"A note has room for {MAX_NOTE:,} characters." if sent.own_note else "There is nothing here yet."
        return await show_case(request, case_id, form=begun, errors={"details": wrong}, own_note=sent.own_note)
    await add_note(case_id, viewer.id, sent.own_note, at=at)
    if begun is None:
        return go(f"/moderation/cases/{case_id}#notes")
    return await show_case(request, case_id, form=msgspec.structs.replace(begun, own_note=""))


@post("/moderation/cases/{case_id:int}/decide", guards=[requires_moderator], status_code=200)
async def decide_case(request: KithRequest, case_id: FromPath[int]) -> Redirect | Template:
    """Do what the form says, or show it again with what to look at."""
    viewer, at = require_viewer(request), now()
    fields = await read_form(request)
    form = read_decision(fields)
    found = await find_case(case_id, viewer, at=at)
    act = fields.get("act", "")
    if act in MOVES_ON and found.holder_id != viewer.id:
        if answer := await _answer_again(act, found, viewer.id, form, at=at):
            return answer
        if fields.get("again") == "1":
            await claims.claim(case_id, viewer.id, at=at)
    await claims.extend(case_id, viewer.id, at=at)
    if act in LOOKS_ON or act.startswith(USES):
        return await show_case(
            request,
            case_id,
            form=form,
            asks_for_opinion=act == "show-opinion",
            opens_original=act == "show-original",
            uses_words=act if act.startswith(USES) else "",
            status_code=200,
        )
    if act not in MOVES_ON:
        return await show_case(request, case_id, form=form, errors={"": NO_BUTTON})
    wrong = (
        check_passing_on(form, act)
        if act in PASSES_ON
        else check_decision(form, *found.texts, state=found.state, is_paused=found.is_paused)
    )
    if errors := wrong:
        return await show_case(request, case_id, form=form, errors=errors)
    try:
        async with transaction():
            done = await _do(act, found, viewer.id, form, at=at)
            await _keep_notes(act, case_id, viewer.id, form, at=at)
    except (ClaimLost, AlreadyDecided) as lost:
        answer = await _answer_again(act, found, viewer.id, form, at=at)
        return answer or await _show_refused(request, case_id, form, lost)
    except KithError as refused:
        return await _show_refused(request, case_id, form, refused)
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    return _go_on(act, done, found, form)


async def _do(act: str, found: CaseView, moderator_id: int, form: DecisionForm, *, at: datetime) -> Done:
    """Do what a button says."""
    if act == "escalate":
        await escalate(found.id, moderator_id, why=form.escalate_why, wanted=form.escalate_for, at=at)
        return Done()
    if act == "second-opinion":
        await ask_second_opinion(found.id, moderator_id, question=form.question, at=at)
        return Done()
    return Done(await decide(found.id, moderator_id, form, at=at))


async def _show_refused(request: KithRequest, case_id: int, form: DecisionForm, refused: KithError) -> Template:
    """Show the case again with what was typed, and why nothing was done."""
    if refused.status != 409:
        raise refused
    if isinstance(refused, PostChanged | SomethingNew):  # the page shows what is new and says so: it is decided next
        now_there = await find_case(case_id, require_viewer(request), at=now())
        form = msgspec.structs.replace(form, revision=now_there.revision, seen=now_there.said)
    return await show_case(request, case_id, form=form, errors={"": refused.sentence}, status_code=409)


def _go_on(act: str, done: Done, found: CaseView, form: DecisionForm) -> Redirect:
    """Lead on from what a button did, and say it."""
    if act == "second-opinion":
        return go("/moderation", said="passed-on")
    said = "escalated" if act == "escalate" else "case-decided"
    return go(page_after(done.decision, found.severity, form.severity), said=said)


async def _answer_again(
    act: str, found: CaseView, moderator_id: int, form: DecisionForm, *, at: datetime
) -> Redirect | None:
    """Answer a button as the first time where this moderator pressed it a moment ago."""
    done = await find_done(act, found.id, moderator_id, form, at=at)
    if done is None or len(form.own_note) > MAX_NOTE:
        return None
    await _keep_notes(act, found.id, moderator_id, form, at=at)
    return _go_on(act, done, found, form)


async def _keep_notes(act: str, case_id: int, moderator_id: int, form: DecisionForm, *, at: datetime) -> None:
    """Keep a note that was typed and not added yet; where the case goes to somebody else, what was begun as well."""
    begun: list[str] = []
    if act != "decide":
        ticked = [resource.title for resource in await vetted_by_id(form.resources)]
        begun = [*form.begun, *([f"Ticked to stand under the post: {'; '.join(ticked)}"] if ticked else [])]
    for body in (form.own_note, *begun):
        if body:
            await add_note(case_id, moderator_id, body, at=at)


@post("/moderation/cases/{case_id:int}/assign", guards=[requires_moderator], status_code=200)
async def assign(request: KithRequest, case_id: FromPath[int]) -> Redirect | Template:
    """Give a case that one has to a named colleague; for one who has had enough for now, ask first."""
    viewer, at = require_viewer(request), now()
    fields = await read_form(request)
    sent = read_decision(fields)
    begun = sent if "revision" in fields else None
    found = await find_case(case_id, viewer, at=at)
    is_mine = await claims.extend(case_id, viewer.id, at=at) is not None
    if len(sent.own_note) > MAX_NOTE:
        wrong = {"details": f"A note has room for {MAX_NOTE:,} characters."}
        return await show_case(request, case_id, form=begun, errors=wrong, own_note=sent.own_note)
    colleague = fields.get("sure_of") or sent.colleague
    had_enough = [one.handle.lower() for one in await list_colleagues(viewer.id, at=at) if one.had_enough]
    if is_mine and "sure_of" not in fields and colleague.lower() in had_enough:
        return await show_case(
            request, case_id, form=begun, own_note=sent.own_note, asks_about=colleague, status_code=409
        )
    async with transaction():
        is_theirs = await give(case_id, viewer.id, colleague, at=at)
        if not is_theirs and not is_mine:  # the button was pressed twice
            is_theirs = await is_given(case_id, viewer.id, colleague)
        if is_theirs:
            await _keep_notes("assign", case_id, viewer.id, sent, at=at)
    if is_theirs:
        await tell(request.app.state.redis, QUEUE_CHANNEL)
        return go("/moderation", said="passed-on")
    lost = AlreadyDecided if found.closed_at else ClaimLost
    wrong = {"colleague": NOT_FOR_COLLEAGUE} if is_mine else {"": lost.sentence}
    return await show_case(request, case_id, form=begun, errors=wrong, own_note=sent.own_note, status_code=409)


@post("/moderation/decisions/{decision_id:int}/undo", guards=[requires_moderator], status_code=200)
async def undo_decision(request: KithRequest, decision_id: FromPath[int]) -> Redirect:
    """Take a decision back."""
    viewer, at = require_viewer(request), now()
    case_id = await undo(decision_id, viewer.id, at=at)
    await wake_triage(request.app.state.redis)  # what was found while it stood is read again
    held = await claims.held_by(viewer.id, at=at)
    is_mine = held is not None and held.case_id == case_id
    return go(f"/moderation/cases/{case_id}", said="undone" if is_mine else "undone-flagged-again")


MODERATION_ROUTES = (
    *APPEAL_ROUTES, *BULK_ROUTES, *ONLOOKER_ROUTES,
    *CARE_ROUTES, *DEVICE_ROUTES,
    queue, live_queue, help_next, case_page, claim, extend, hand_back, on_it, note, decide_case, undo_decision,
    assign,
)  # fmt: skip
