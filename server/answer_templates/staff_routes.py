"""The moderators' pages of the answer templates: proposing, vetting, retiring, bringing back."""

from __future__ import annotations

from datetime import date

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.answer_templates.forms import TemplateForm, check_template, read_template_form, what_is_wrong_with
from server.answer_templates.kinds import SITUATIONS
from server.answer_templates.seeds import VETTED_FOR
from server.answer_templates.service import count_by_state, find_record, list_for_staff, values_for
from server.answer_templates.variables import EXAMPLE, VARIABLES, fill
from server.answer_templates.vetting import add_template, edit_template, vet_template
from server.clock import now
from server.errors import KithError
from server.vetting import EntryState, VetForm, check_vetting, read_vet_form, seen_after, wanted_state
from server.vetting_routes import step_routes
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest

LIBRARY = "/moderation/templates"
SHOW_EXAMPLE = "example"
"""What the button says that saves nothing."""


@get("/moderation/templates", guards=[requires_moderator])
async def library_page(request: KithRequest) -> Template:
    """List templates as they are offered."""
    today, state = now().date(), request.query_params.get("state", "")
    counts = await count_by_state(today=today)
    return await page(
        request,
        "answer_templates/library.html",
        templates=await list_for_staff(state=state, today=today),
        situations=SITUATIONS,
        states=[("", "Any"), *((one.value, f"{one.value.capitalize()} ({counts.get(one, 0)})") for one in EntryState)],
        waiting=counts.get(EntryState.REVIEW, 0),
        state=state,
    )


@get("/moderation/templates/new", guards=[requires_moderator])
async def new_template(request: KithRequest) -> Template:
    """Show an empty template."""
    return await _edit_page(request, None, TemplateForm())


@post("/moderation/templates/new", guards=[requires_moderator], status_code=200)
async def add(request: KithRequest) -> Template | Redirect:
    """Add a template as a draft or for review, or only show how it reads."""
    fields = await read_form(request)
    form = read_template_form(fields)
    errors = check_template(form)
    if errors or fields.get("intent") == SHOW_EXAMPLE:
        return await _shown_again(request, None, fields, form, errors)
    writer_id = require_viewer(request).id
    template_id = await add_template(form, state=wanted_state(fields), writer_id=writer_id, at=now())
    return go(f"{LIBRARY}/{template_id}", said="saved")


@get("/moderation/templates/{template_id:int}", guards=[requires_moderator])
async def edit_page(request: KithRequest, template_id: FromPath[int]) -> Template:
    """Show a template, where it stands, and what can be done."""
    return await _edit_page(request, template_id)


@post("/moderation/templates/{template_id:int}", guards=[requires_moderator], status_code=200)
async def change(request: KithRequest, template_id: FromPath[int]) -> Template | Redirect:
    """Change what a template says, or only show how it would read."""
    fields = await read_form(request)
    form, seen = read_template_form(fields), fields.get("seen", "")
    errors = check_template(form)
    if errors or fields.get("intent") == SHOW_EXAMPLE:
        return await _shown_again(request, template_id, fields, form, errors)
    try:
        await edit_template(
            template_id,
            form,
            wanted=wanted_state(fields),
            seen=seen,
            writer_id=require_viewer(request).id,
            at=now(),
        )
    except KithError as refused:
        return await _refused(request, template_id, refused, form, seen=seen)
    return go(f"{LIBRARY}/{template_id}", said="saved")


@post("/moderation/templates/{template_id:int}/vet", guards=[requires_moderator], status_code=200)
async def vet(request: KithRequest, template_id: FromPath[int]) -> Template | Redirect:
    """Vouch for what another person wrote."""
    fields, at = await read_form(request), now()
    dates, seen = read_vet_form(fields), fields.get("seen", "")
    if errors := check_vetting(dates, today=at.date()):
        return await _edit_page(request, template_id, None, errors, dates=dates, seen=seen)
    try:
        await vet_template(
            template_id,
            vetter_id=require_viewer(request).id,
            checked_on=date.fromisoformat(dates.checked_on),
            review_on=date.fromisoformat(dates.review_on),
            seen=seen,
            at=at,
        )
    except KithError as refused:
        return await _refused(request, template_id, refused, dates=dates, seen=seen)
    return go(f"{LIBRARY}/{template_id}", said="saved")


async def _refused(
    request: KithRequest, template_id: int, refused: KithError, form: TemplateForm | None = None, *,
    dates: VetForm | None = None, seen: str = "",
) -> Template:  # fmt: skip
    """Show the page again with what was typed; what does not exist has no page."""
    if refused.status == 404:
        raise refused
    seen = seen_after(refused, seen)
    return await _edit_page(request, template_id, form, {"": refused.sentence}, dates=dates, seen=seen, status_code=409)


async def _shown_again(
    request: KithRequest, template_id: int | None, fields: dict[str, str], form: TemplateForm, errors: dict[str, str]
) -> Template:
    """Show what was typed with how it reads; nothing is wrong yet with what was not meant to be saved."""
    shown = {} if fields.get("intent") == SHOW_EXAMPLE else errors
    return await _edit_page(request, template_id, form, shown, seen=fields.get("seen", ""))


async def _edit_page(
    request: KithRequest,
    template_id: int | None,
    form: TemplateForm | None = None,
    errors: dict[str, str] | None = None,
    *,
    dates: VetForm | None = None,
    seen: str = "",
    status_code: int = 422,
) -> Template:
    """Show a form. ``seen`` is the version that it was typed against: without it, what is stored stands beside."""
    at, settings = now(), request.app.state.settings
    today = at.date()
    record, says = (None, TemplateForm()) if template_id is None else await find_record(template_id, today=today)
    saved = says if record and form and not seen else None
    shows_what_is_stored = form is None
    form = form or says
    here = await values_for(
        settings, handle=EXAMPLE["handle"], board=EXAMPLE["board"], country=settings.default_region, at=at
    )
    values = {name: here[name] or example for name, example in EXAMPLE.items()}
    return await page(
        request,
        "answer_templates/edit.html",
        status_code=status_code if errors else 200,
        record=record,
        label=says.label,
        form=form,
        shows_what_is_stored=shows_what_is_stored,
        saved=saved,
        errors=errors or {},
        wrong=what_is_wrong_with(form.text) if form.text else "",
        example="" if what_is_wrong_with(form.text) else fill(form.text, values),
        variables=[(f"{{{name}}}", one.meaning, values[name]) for name, one in VARIABLES.items()],
        dates=dates or VetForm(review_on=(today + VETTED_FOR).isoformat()),
        seen=seen or (record.updated_at.isoformat() if record else ""),
        is_own=record is not None and record.written_by == require_viewer(request).id,
        situations=[("", "Choose"), *SITUATIONS.items()],
    )


ANSWER_TEMPLATE_ROUTES = (
    library_page, new_template, add, edit_page, change, vet,
    *step_routes("template", LIBRARY, "submit", "retire", "restore", refused=_refused),
)  # fmt: skip
