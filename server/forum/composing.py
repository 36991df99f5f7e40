"""The steps between typing and posting that threads, replies and changes share: draft, preview, kind warning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from server.clock import now
from server.errors import BegunAsAnother
from server.forum.drafts import DraftText, find_draft, save_draft
from server.forum.forms import Intent, WritingForm
from server.forum.notes import TOPICS
from server.forum.posts import require_may_write
from server.help.service import public_numbers
from server.members.whose_form import FIELD, member_of_form, seal_member
from server.text.personal import PersonalDetail, find_personal_details
from server.web.authentication import require_viewer
from server.web.pages import is_fragment, page

if TYPE_CHECKING:
    from litestar.response import Template

    from server.web.request import KithRequest
    from server.web.viewer import Viewer

POSTING = (Intent.POST, Intent.POST_ANYWAY)


DETAIL_WORDS = {
    "phone": "a phone number",
    "email": "an e-mail address",
    "address": "a postal address",
    "profile": "a profile or user name elsewhere",
    "name": "a full name",
    "national_id": "an official number",
}


def is_begun_by_another(request: KithRequest, fields: dict[str, str]) -> bool:
    """Tell whether a writing form was opened by another member than the one who is signed in now."""
    return member_of_form(fields, request.app.state.settings) not in (None, require_viewer(request).id)


def require_same_writer(request: KithRequest, fields: dict[str, str]) -> None:
    """Let nobody publish or save under one handle what they began under another, unless they say so.

    Raises: BegunAsAnother.
    """
    if is_begun_by_another(request, fields):
        raise BegunAsAnother(require_viewer(request).handle)


async def wants_posting(form: WritingForm, errors: dict[str, str], viewer: Viewer) -> bool:
    """Tell whether a form can be posted as it is, without another look by its author."""
    if errors or form.intent not in POSTING:
        return False
    return form.intent is Intent.POST_ANYWAY or not await _personal_details(form, viewer)


async def compose_page(
    request: KithRequest,
    template: str,
    *,
    place: str,
    form: WritingForm | None,
    fallback: WritingForm | None = None,
    errors: dict[str, str] | None = None,
    **context: Any,  # Any: what the composing pages show beside the form
) -> Template:
    """Show a composing page; 422 where its author has to look at something first.

    Raises: WritingPaused, before anybody begins to write in vain.
    """
    viewer = require_viewer(request)
    if form is None:
        await require_may_write(viewer.id, at=now())
    composing = await composing_context(request, place, form, fallback=fallback, errors=errors)
    asked_for_more = bool(composing["errors"]) or (form is not None and form.intent is Intent.POST)
    return await page(
        request,
        template,
        status_code=422 if asked_for_more else 200,
        layout="_fragment.html" if is_fragment(request) else "base.html",
        **composing,
        **context,
    )


async def composing_context(
    request: KithRequest,
    place: str,
    form: WritingForm | None,
    *,
    fallback: WritingForm | None = None,
    errors: dict[str, str] | None = None,
) -> dict[str, Any]:  # Any: the context of templates/forum/_writing_fields.html and its neighbours
    """Prepare a writing form: at first with its draft or ``fallback``, then with what was typed and what to do next."""
    viewer = require_viewer(request)
    if form is None:
        draft = await find_draft(viewer.id, place)
        form = form_from_draft(draft, fallback or WritingForm())
        draft_found, details = draft is not None, []
    else:
        draft_found, details = False, await _personal_details(form, viewer)
    if form.intent is Intent.DRAFT:
        text = DraftText(form.title, form.body, form.note, form.revision, form.key)
        await save_draft(viewer.id, place, text, at=now())
    return {
        "form": form,
        "submission_key": form.submission_key or str(uuid4()),
        FIELD: seal_member(viewer.id, request.app.state.settings),
        "errors": errors or {},
        "place": place,
        "topics": TOPICS,
        "draft_saved": form.intent is Intent.DRAFT and bool(form.title.strip() or form.body.strip()),
        "draft_found": draft_found,
        "preview": form.body if form.intent is Intent.PREVIEW and not errors else "",
        "details": [] if errors else [(DETAIL_WORDS[detail.kind], detail.excerpt) for detail in details],
    }


def form_from_draft(draft: DraftText | None, fallback: WritingForm) -> WritingForm:
    """Return a form with what a draft holds, or ``fallback`` where there is none."""
    if draft is None:
        return fallback
    return msgspec.structs.replace(
        fallback,
        title=draft.title,
        body=draft.body,
        note_topic=draft.note.topic,
        note_text=draft.note.text,
        submission_key=str(draft.key),
        revision=draft.revision,
    )


async def _personal_details(form: WritingForm, viewer: Viewer) -> list[PersonalDetail]:
    text = f"{form.title}\n{form.note_text}\n{form.body}"
    return find_personal_details(text, region=viewer.region, helplines=await public_numbers())
