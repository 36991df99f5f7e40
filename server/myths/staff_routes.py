"""The moderators' pages of the myths: writing, vetting, retiring."""

from __future__ import annotations

from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.errors import KithError
from server.myths.forms import VETTED_FOR, MythForm, check_myth, read_myth_form
from server.myths.kinds import HARMS, TOPICS
from server.myths.service import LISTED, count_by_state, find_record, list_for_staff
from server.myths.vetting import add_myth, edit_myth, vet_myth
from server.text.cleaning import clean_line
from server.text.numbers import whole_number
from server.vetting import EntryState, VetForm, check_vetting, read_vet_form, seen_after, wanted_state
from server.vetting_routes import step_routes
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest

LIBRARY = "/moderation/myths"
HAS_READ = "read-"
"""Before the place of a source in the fields of whoever vets."""


@get("/moderation/myths", guards=[requires_moderator])
async def library_page(request: KithRequest) -> Template:
    """List myths: those that may cost a life first."""
    asked, today = request.query_params, now().date()
    state, topic = asked.get("state", ""), asked.get("topic", "")
    text = clean_line(asked.get("q", "")[:200])
    counts = await count_by_state(today=today)
    return await page(
        request,
        "myths/library.html",
        myths=await list_for_staff(state=state, topic=topic, text=text, today=today),
        states=[("", "Any"), *((one.value, f"{one.value.capitalize()} ({counts.get(one, 0)})") for one in EntryState)],
        topics=[("", "Any"), *TOPICS.items()],
        topic_names=TOPICS,
        harm_names={harm: name for harm, (name, _) in HARMS.items()},
        waiting=counts.get(EntryState.REVIEW, 0),
        state=state,
        topic=topic,
        text=text,
        most=LISTED,
    )


@get("/moderation/myths/new", guards=[requires_moderator])
async def new_myth(request: KithRequest) -> Template:
    """Show an empty myth."""
    return await _edit_page(request, None, MythForm())


@post("/moderation/myths/new", guards=[requires_moderator], status_code=200)
async def add(request: KithRequest) -> Template | Redirect:
    """Add a myth as a draft, or for review."""
    fields, at = await read_form(request), now()
    form = read_myth_form(fields)
    errors = check_myth(form, today=at.date())
    if not errors:
        try:
            myth_id = await add_myth(form, state=wanted_state(fields), writer_id=require_viewer(request).id, at=at)
        except KithError as refused:
            errors = {"slug": refused.sentence}
        else:
            return go(f"{LIBRARY}/{myth_id}", said="saved")
    return await _edit_page(request, None, form, errors)


@get("/moderation/myths/{myth_id:int}", guards=[requires_moderator])
async def edit_page(request: KithRequest, myth_id: FromPath[int]) -> Template:
    """Show a myth, where it stands, and what can be done."""
    return await _edit_page(request, myth_id)


@post("/moderation/myths/{myth_id:int}", guards=[requires_moderator], status_code=200)
async def change(request: KithRequest, myth_id: FromPath[int]) -> Template | Redirect:
    """Change what a myth says."""
    fields, at = await read_form(request), now()
    form, seen = read_myth_form(fields), fields.get("seen", "")
    errors = {name: sentence for name, sentence in check_myth(form, today=at.date()).items() if name != "slug"}
    if errors:
        return await _edit_page(request, myth_id, form, errors, seen=seen)
    try:
        await edit_myth(
            myth_id,
            form,
            wanted=wanted_state(fields),
            seen=seen,
            writer_id=require_viewer(request).id,
            at=at,
        )
    except KithError as refused:
        return await _refused(request, myth_id, refused, form, seen=seen)
    return go(f"{LIBRARY}/{myth_id}", said="saved")


@post("/moderation/myths/{myth_id:int}/vet", guards=[requires_moderator], status_code=200)
async def vet(request: KithRequest, myth_id: FromPath[int]) -> Template | Redirect:
    """Vouch for what another person wrote."""
    fields, at = await read_form(request), now()
    dates, read, seen = read_vet_form(fields), _sources_read(fields), fields.get("seen", "")
    errors = check_vetting(dates, today=at.date())
    if not read:
        errors = {f"{HAS_READ}0": "Please tick the sources that you have read: one at least."} | errors
    if errors:
        return await _edit_page(request, myth_id, None, errors, dates=dates, read=read, seen=seen)
    try:
        await vet_myth(
            myth_id,
            vetter_id=require_viewer(request).id,
            read=read,
            checked_on=date.fromisoformat(dates.checked_on),
            review_on=date.fromisoformat(dates.review_on),
            seen=seen,
            at=at,
        )
    except KithError as refused:
        return await _refused(request, myth_id, refused, dates=dates, read=read, seen=seen)
    return go(f"{LIBRARY}/{myth_id}", said="saved")


def _sources_read(fields: dict[str, str]) -> frozenset[int]:
    numbers = [name.removeprefix(HAS_READ) for name in fields if name.startswith(HAS_READ)]
    read = (whole_number(one, digits=2) for one in numbers)
    return frozenset(number for number in read if number is not None)


async def _refused(
    request: KithRequest, myth_id: int, refused: KithError, form: MythForm | None = None, *,
    dates: VetForm | None = None, read: frozenset[int] = frozenset(), seen: str = "",
) -> Template:  # fmt: skip
    """Show the page again with what was typed; what does not exist has no page."""
    if refused.status == 404:
        raise refused
    errors, seen = {"": refused.sentence}, seen_after(refused, seen)
    return await _edit_page(request, myth_id, form, errors, dates=dates, read=read, seen=seen, status_code=409)


async def _edit_page(
    request: KithRequest,
    myth_id: int | None,
    form: MythForm | None = None,
    errors: dict[str, str] | None = None,
    *,
    dates: VetForm | None = None,
    read: frozenset[int] = frozenset(),
    seen: str = "",
    status_code: int = 422,
) -> Template:
    """Show a form. ``seen`` is the version that it was typed against: without it, what is stored stands beside."""
    today = now().date()
    record, says = (None, MythForm()) if myth_id is None else await find_record(myth_id, today=today)
    return await page(
        request,
        "myths/edit.html",
        status_code=status_code if errors else 200,
        record=record,
        claim=says.claim if record else "",
        form=form or says,
        shows_what_is_stored=form is None,
        saved=says if record and form and not seen else None,
        seen=seen or (record.updated_at.isoformat() if record else ""),
        errors=errors or {},
        dates=dates or VetForm(review_on=(today + VETTED_FOR).isoformat()),
        read=read,
        is_own=record is not None and record.written_by == require_viewer(request).id,
        topics=[("", "Choose"), *TOPICS.items()],
        harms=[(harm, name, sentence) for harm, (name, sentence) in HARMS.items()],
    )


MYTH_STAFF_ROUTES = (
    library_page, new_myth, add, edit_page, change, vet,
    *step_routes("myth", LIBRARY, "submit", "retire", refused=_refused),
)  # fmt: skip
