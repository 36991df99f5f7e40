"""The page of one case, as each of its routes answers with it: shown, shown again with what was typed, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.clock import now
from server.forum.notes import TOPICS
from server.help.needs import CRISIS, needs_of
from server.moderation.acts import VOICES, pauses_for, post_acts_for, warnings_for
from server.moderation.cases import CaseView, find_case, list_colleagues
from server.moderation.deciding import another_could_decide, is_for_another, own_stands
from server.moderation.forms import DecisionForm
from server.moderation.onlookers import PAGE_COUNTS_FOR, look_at_case
from server.moderation.opinion import may_show_opinion, without_opinion
from server.moderation.originals import open_original
from server.moderation.passing_on import ON_CALL_CHOICES
from server.moderation.queue import REASON_KINDS
from server.moderation.severity_chart import HEIGHT, WIDTH, place_dots
from server.moderation.spared_topics import touches_spared_topic
from server.moderation.starting_words import NOT_OFFERED, USES, put_into, starting_words
from server.moderation.undoing import undoable_by
from server.myths.kinds import NO_MYTH
from server.myths.service import by_topic, list_vetted
from server.resources.service import ResourceView, search_vetted, vetted_by_id
from server.resources.suggesting import suggest
from server.web.authentication import require_viewer
from server.web.pages import page
from triage.queue.claims import note_opened
from triage.scales import Severity

if TYPE_CHECKING:
    from litestar.response import Template

    from server.web.request import KithRequest


async def show_case(
    request: KithRequest,
    case_id: int,
    *,
    form: DecisionForm | None,
    errors: dict[str, str] | None = None,
    own_note: str = "",
    asks_for_opinion: bool = False,
    opens_original: bool = False,
    asks_about: str = "",
    asks_whether_sure: bool = False,
    uses_words: str = "",
    status_code: int = 0,
) -> Template:
    """Answer with a case; ``form`` is what was typed into it so far, ``own_note`` what into the note alone.

    ``asks_about`` is a colleague who has had enough for now and is to be given it only if the moderator is sure.
    ``asks_whether_sure`` says that a colleague is free to take it from a moderator who has had enough.
    ``uses_words`` is the button that puts words to start from into the answer.
    """
    viewer, at, redis = require_viewer(request), now(), request.app.state.redis
    found = await find_case(case_id, viewer, at=at)
    shows_opinion = await may_show_opinion(found, viewer.id, is_asked_for=asks_for_opinion, at=at)
    await note_opened(case_id, viewer.id, at=at)
    is_mine = found.holder_id == viewer.id
    opens_original = is_mine and (opens_original or (form is not None and form.restores_original))
    was_typed_into, settings = form is not None, request.app.state.settings
    form = form or DecisionForm(revision=found.revision, seen=found.said)
    resources = await _resources_for(found, form, settings.default_region)
    words = await starting_words(found, form, resources, settings, at=at)
    if uses_words:
        with_words = put_into(form, words, uses_words)
        form, errors = with_words or form, errors if with_words else {"words": NOT_OFFERED}
    return await page(
        request,
        "moderation/case.html",
        status_code=status_code or (422 if errors else 200),
        case=found if shows_opinion else without_opinion(found),
        shows_opinion=shows_opinion,
        onlookers=await look_at_case(redis, case_id, viewer.id, counts_for=PAGE_COUNTS_FOR, at=at),
        is_mine=is_mine,
        is_for_another=await is_for_another(case_id, viewer.id, at=at),
        own_stands=await own_stands(case_id, viewer.id, at=at),
        original=await open_original(found, viewer.id, at=at) if opens_original else None,
        dots=place_dots(found.author_posts, found.post_id),
        chart_size=(WIDTH, HEIGHT),
        is_spared=await touches_spared_topic(case_id, viewer.id),
        shows_form=found.closed_at is None and (is_mine or was_typed_into),
        minutes_left=_minutes_left(found, viewer.id),
        undoable=[one for one in await undoable_by(viewer.id, at=at) if one.case_id == case_id],
        form=form,
        errors=errors or {},
        own_note=own_note or form.own_note,
        resources=resources,
        colleagues=await list_colleagues(viewer.id, at=at),
        could_ask=await another_could_decide(case_id, viewer.id),
        asks_about=asks_about,
        asks_whether_sure=asks_whether_sure,
        post_acts=post_acts_for(found.state),
        on_call_choices=[(choice.value, *words) for choice, words in ON_CALL_CHOICES.items()],
        voices=[(voice.value, *words) for voice, words in VOICES.items()],
        warnings=warnings_for(is_warned=found.is_warned),
        pauses=pauses_for(is_paused=found.is_paused),
        words=words,
        uses=USES,
        was_put=bool(uses_words),
        topics=[("", "As it is now"), *TOPICS.items()],
        severity_choices=[(one.label, one.label) for one in Severity],
        myths=[
            (name, [(myth.slug, myth.claim) for myth in group])
            for name, group in by_topic(await list_vetted(today=at.date()))
        ],
        no_myth=NO_MYTH,
        kinds=REASON_KINDS,
        at=at,
    )


def _minutes_left(found: CaseView, moderator_id: int) -> int:
    if found.claimed_until is None or found.holder_id != moderator_id:
        return 0
    return max(0, round((found.claimed_until - now()).total_seconds() / 60))


async def _resources_for(found: CaseView, form: DecisionForm, default_region: str) -> list[ResourceView]:
    """Return what is offered to attach: what was chosen or looked for, and the best five for this post."""
    needs = [CRISIS] * found.severity.is_urgent + needs_of(found.topics)
    offered = await suggest(
        f"{found.title} {found.body}", found.author_region or default_region, needs, meaning=found.meaning
    )
    if form.resource_search:
        offered = [*await search_vetted(form.resource_search, limit=10), *offered]
    if form.resources:
        offered = [*await vetted_by_id(form.resources), *offered]
    return list({resource.id: resource for resource in offered}.values())
