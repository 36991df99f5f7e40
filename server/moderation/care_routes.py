"""The pages that look after moderators: shift, topics, choices, what weighs, and a debrief after a hard case."""

from __future__ import annotations

from functools import partial

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.live import QUEUE_CHANNEL, tell
from server.members.account import choose_keys
from server.moderation import shifts
from server.moderation.debriefing import (
    FEELINGS,
    MAX_NOTE,
    DebriefForm,
    check_debrief,
    forget_note,
    keep_debrief,
    own_notes,
    read_debrief,
    require_own_decision,
)
from server.moderation.device_routes import shown_devices
from server.moderation.exposure import exposure_meter, urgent_by_hour
from server.moderation.opinion import judges_first, set_judges_first
from server.moderation.spared_topics import BEFORE_TOPIC, read_topics, spare_topics, spared_topics_of
from server.moderation.undoing import undoable_by
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest
from server.web.sessions import refresh_member
from triage.topics import HEAVY_TOPICS

DEBRIEF = ["/moderation/debrief", "/moderation/debrief/{decision_id:int}"]
METER = "Your urgent cases by hour over the last day; the list below says the same."


@get("/moderation/shift", guards=[requires_moderator])
async def shift_page(request: KithRequest) -> Template:
    """Show one's own shift, load, topics and notes."""
    viewer, at = require_viewer(request), now()
    shift = await shifts.shift_of(viewer.id, at=at)
    hours = await urgent_by_hour(viewer.id, at=at)
    spared = await spared_topics_of(viewer.id)
    return await page(
        request,
        "moderation/shift.html",
        shift=shift,
        hours=hours,
        meter=exposure_meter(METER, hours, shift.limits),
        trend=await shifts.own_trend(viewer.id, at=at),
        on_shift=await shifts.count_on_shift(),
        topics=[(BEFORE_TOPIC + name, words, name in spared) for name, words in HEAVY_TOPICS.items()],
        notes=await own_notes(viewer.id),
        judges_first=await judges_first(viewer.id),
        **await shown_devices(request),
    )


@post("/moderation/shift", guards=[requires_moderator], status_code=200)
async def change_shift(request: KithRequest) -> Redirect:
    """Start, pause or end it."""
    viewer, at = require_viewer(request), now()
    steps = {"start": shifts.start, "pause": shifts.pause, "end": partial(shifts.end, by=viewer.id)}
    step = steps.get((await read_form(request)).get("step", ""))
    if step is not None:
        await step(viewer.id, at=at)
        await tell(request.app.state.redis, QUEUE_CHANNEL)
    return go("/moderation/shift", said="saved")


@post("/moderation/shift/topics", guards=[requires_moderator], status_code=200)
async def change_topics(request: KithRequest) -> Redirect:
    """Keep which topics one asks not to be handed."""
    await spare_topics(require_viewer(request).id, read_topics(await read_form(request)))
    return go("/moderation/shift", said="saved")


@post("/moderation/shift/notes/{note_id:int}/delete", guards=[requires_moderator], status_code=200)
async def delete_note(request: KithRequest, note_id: FromPath[int]) -> Redirect:
    """Delete a note to oneself."""
    await forget_note(note_id, require_viewer(request).id)
    return go("/moderation/shift", said="note-deleted")


@get(DEBRIEF, guards=[requires_moderator])
async def debrief_page(request: KithRequest, decision_id: FromPath[int | None] = None) -> Template:
    """Ask how somebody is after a hard case; there is no decision where they passed it on."""
    return await _debrief_page(request, decision_id, DebriefForm(), {})


@post(DEBRIEF, guards=[requires_moderator], status_code=200)
async def debrief(request: KithRequest, decision_id: FromPath[int | None] = None) -> Template | Redirect:
    """Keep what was said, and pause the shift where that is wished; a break never waits for anything else."""
    viewer, at = require_viewer(request), now()
    form = read_debrief(await read_form(request))
    await require_own_decision(decision_id, viewer.id)
    if form.wants_break:
        await shifts.pause(viewer.id, at=at)
        await tell(request.app.state.redis, QUEUE_CHANNEL)
    if errors := check_debrief(form):
        return await _debrief_page(request, decision_id, form, errors)
    told = await keep_debrief(decision_id, viewer.id, form, at=at)
    next_page = "/moderation/shift" if form.wants_break else "/moderation"
    if told is not None:
        return go(next_page, said="talk-asked" if told else "talk-nobody")
    if form.wants_break:
        return go(next_page, said="on-break")
    return go(next_page, said="debriefed" if form.feeling or form.note else "")


async def _debrief_page(
    request: KithRequest, decision_id: int | None, form: DebriefForm, errors: dict[str, str]
) -> Template:
    viewer, at = require_viewer(request), now()
    await require_own_decision(decision_id, viewer.id)
    return await page(
        request,
        "moderation/debrief.html",
        status_code=422 if errors else 200,
        undoable=[one for one in await undoable_by(viewer.id, at=at) if one.id == decision_id],
        shift=await shifts.shift_of(viewer.id, at=at),
        form=form,
        errors=errors,
        feelings=[(feeling.value, *words) for feeling, words in FEELINGS.items()],
        longest=MAX_NOTE,
    )


@post("/moderation/keys", guards=[requires_moderator], status_code=200)
async def keys(request: KithRequest) -> Redirect:
    """Have the keys answer, or leave single letters alone, from now on and on every device."""
    viewer = require_viewer(request)
    wanted = "keys" in await read_form(request)
    await choose_keys(viewer.id, wanted=wanted)
    await refresh_member(request.app.state.redis, viewer.id)
    return go("/moderation/shift", said="saved")


@post("/moderation/judging", guards=[requires_moderator], status_code=200)
async def judge_first(request: KithRequest) -> Redirect:
    """Hide the classifier's opinion until the moderator has judged, or show it at once again."""
    wanted = "judges_first" in await read_form(request)
    await set_judges_first(require_viewer(request).id, wanted=wanted, at=now())
    return go("/moderation/shift", said="saved")


CARE_ROUTES = (shift_page, change_shift, change_topics, keys, judge_first, delete_note, debrief_page, debrief)
