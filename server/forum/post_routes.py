"""Changing and taking down one's own posts, and drafts."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from server.clock import now
from server.errors import KithError, NotAllowed
from server.forum.changes import Change, ChangedMeanwhile, OwnPost, change_post, find_own_post, find_post_to_take_down
from server.forum.composing import compose_page, is_begun_by_another, require_same_writer, wants_posting
from server.forum.drafts import PLACE, DraftText, drop_draft, is_posted, save_draft
from server.forum.forms import WritingForm, check_body, check_title, read_writing
from server.forum.notes import OWN_WORDS, TOPICS, parse_choices, read_note_choices, save_note_choices
from server.forum.outbox import wake_triage
from server.forum.taking_down import delete_post
from server.live import QUEUE_CHANNEL, tell
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, is_fragment, lead_on, page
from server.web.rate_limits import count, limited
from server.web.request import KithRequest

CHANGED_BY_ANOTHER = "This change was begun under another name, so nothing was saved. Only that name can save it."


class UnknownPlace(KithError):
    """A draft for something that cannot be written to."""

    sentence = "This draft does not belong to any page."


@get("/posts/{post_id:int}/edit", guards=[requires_member])
async def edit_form(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Show an own post to change."""
    own = await find_own_post(post_id, require_viewer(request).id)
    return await _edit_page(request, own, form=None)


@post("/posts/{post_id:int}/edit", guards=[requires_member], status_code=200)
async def edit(request: KithRequest, post_id: FromPath[int]) -> Response[str] | Template | Redirect:
    """Save a change, or show the form again with what to look at."""
    viewer = require_viewer(request)
    fields = await read_form(request)
    if is_begun_by_another(request, fields):
        raise NotAllowed(f"You are here as {viewer.handle}. {CHANGED_BY_ANOTHER}")
    own = await find_own_post(post_id, viewer.id)
    form = read_writing(fields)
    errors = (check_title(form) if own.is_opening else {}) | check_body(form)
    if not await wants_posting(form, errors, viewer):
        return await _edit_page(request, own, form=form, errors=errors)
    await count(request, "edit")
    change = Change(form.title, form.body, form.note, form.revision)
    try:
        await change_post(post_id, viewer.id, change, at=now())
    except ChangedMeanwhile as conflict:
        fresh = await find_own_post(post_id, viewer.id)
        answer = await _edit_page(request, fresh, form=form, errors={"body": conflict.sentence}, saved_body=fresh.body)
        answer.status_code = conflict.status
        return answer
    await drop_draft(viewer.id, form.key)
    await wake_triage(request.app.state.redis)
    return lead_on(request, f"/posts/{post_id}", said="edited")


@get("/posts/{post_id:int}/delete", guards=[requires_member])
async def delete_form(request: KithRequest, post_id: FromPath[int]) -> Template:
    """Ask before a post is taken down."""
    own = await find_post_to_take_down(post_id, require_viewer(request).id)
    return await page(request, "forum/delete.html", own=own)


@post("/posts/{post_id:int}/delete", guards=[requires_member, limited("edit")], status_code=200)
async def delete(request: KithRequest, post_id: FromPath[int]) -> Redirect:
    """Take an own post down."""
    own = await find_post_to_take_down(post_id, require_viewer(request).id)
    thread_id = await delete_post(post_id, require_viewer(request).id, at=now())
    await tell(request.app.state.redis, QUEUE_CHANNEL)
    if not own.is_open:
        return go("/me", said="deleted")
    return go(f"/threads/{thread_id}" if thread_id else f"/boards/{own.board_slug}", said="deleted")


@post("/drafts", guards=[requires_member, limited("draft")], status_code=200)
async def keep_draft(request: KithRequest) -> Template | Redirect:
    """Keep what is being typed; htmx calls this while somebody writes."""
    fields = await read_form(request)
    require_same_writer(request, fields)
    place = fields.get("place", "")
    if not PLACE.fullmatch(place):
        raise UnknownPlace
    form = read_writing(fields)
    saved_at = now()
    text = DraftText(form.title[:200], form.body[:100_000], form.note, form.revision, form.key)
    viewer = require_viewer(request)
    saves = not await is_posted(viewer.id, place, text)
    if saves:
        await save_draft(viewer.id, place, text, at=saved_at)
    elif place.startswith("post:"):  # who took a change back wants none of it
        await drop_draft(viewer.id, form.key)
    if is_fragment(request):
        is_empty = not (saves and (form.title or form.body))
        return await page(request, "forum/_draft_saved.html", saved_at=saved_at, is_empty=is_empty)
    return go("/me", said="saved")


@post("/drafts/drop", guards=[requires_member], status_code=200)
async def forget_draft(request: KithRequest) -> Redirect:
    """Throw a draft away."""
    form = read_writing(await read_form(request))
    await drop_draft(require_viewer(request).id, form.key)
    return go("/me", said="draft-dropped")


@get("/account/reading", guards=[requires_member])
async def reading_choices(request: KithRequest) -> Template:
    """Show which content notes open, stay covered or are left out."""
    choices = await read_note_choices(require_viewer(request).id)
    return await page(request, "forum/reading_choices.html", topics=_topics_to_choose(), choices=choices)


@post("/account/reading", guards=[requires_member, limited("account")], status_code=200)
async def save_reading_choices(request: KithRequest) -> Redirect:
    """Save them."""
    fields = await read_form(request)
    await save_note_choices(require_viewer(request).id, parse_choices(fields))
    return go("/account/reading", said="saved")


def _topics_to_choose() -> dict[str, str]:
    return TOPICS | {OWN_WORDS: "Notes in an author's own words"}


async def _edit_page(
    request: KithRequest,
    own: OwnPost,
    *,
    form: WritingForm | None,
    errors: dict[str, str] | None = None,
    saved_body: str = "",
) -> Template:
    saved = WritingForm(
        title=own.title if own.is_opening else "",
        body=own.body,
        note_topic=own.note.topic,
        note_text=own.note.text,
    )
    return await compose_page(
        request,
        "forum/edit.html",
        place=f"post:{own.id}",
        form=form,
        fallback=saved,
        errors=errors,
        own=own,
        saved_body=saved_body,
    )


POST_ROUTES = (
    edit_form, edit, delete_form, delete, keep_draft, forget_draft, reading_choices, save_reading_choices,
)  # fmt: skip
