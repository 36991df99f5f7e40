"""The moderators' pages of the library: writing, vetting, retiring, replacing, and taking files in and out."""

from __future__ import annotations

from datetime import date

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.errors import KithError
from server.members.regions import regions
from server.resources.exchange import FORMATS, MAX_ROWS, Report, Unreadable, export_resources, import_resources
from server.resources.forms import (
    FIELDS,
    VETTED_FOR,
    ResourceForm,
    check_resource,
    form_of,
    read_resource_form,
)
from server.resources.kinds import EVERY_NEED, KINDS
from server.resources.records import LISTED, find_record, list_for_staff, list_replacements
from server.resources.vetting import (
    add_resource,
    edit_resource,
    replace_resource,
    vet_resource,
)
from server.text.cleaning import clean_line
from server.text.numbers import COUNT_DIGITS, whole_number
from server.vetting import EntryState, VetForm, check_vetting, read_vet_form, seen_after, wanted_state
from server.vetting_routes import step_routes
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest

STATES = {state.value: state.value.capitalize() for state in EntryState}
LIBRARY = "/moderation/resources"


@get("/moderation/resources", guards=[requires_moderator])
async def library_page(request: KithRequest) -> Template:
    """List resources; those with a problem, then those whose review comes first."""
    asked = request.query_params
    state, region = asked.get("state", ""), asked.get("region", "")
    text = clean_line(asked.get("q", "")[:200])
    return await page(
        request,
        "resources/library.html",
        resources=await list_for_staff(state=state, region=region, text=text, today=now().date()),
        states=[("", "Any"), *STATES.items(), ("link", "Address does not answer")],
        regions=[("", "Any"), ("INT", "Anywhere"), *regions().items()],
        state=state,
        region=region,
        text=text,
        most=LISTED,
    )


@get("/moderation/resources/new", guards=[requires_moderator])
async def new_resource(request: KithRequest) -> Template:
    """Show an empty resource."""
    return await _edit_page(request, None, ResourceForm())


@post("/moderation/resources/new", guards=[requires_moderator], status_code=200)
async def add(request: KithRequest) -> Template | Redirect:
    """Add a resource as a draft, or for review."""
    fields = await read_form(request)
    form = read_resource_form(fields)
    errors = check_resource(form)
    if not errors:
        writer_id = require_viewer(request).id
        try:
            resource_id = await add_resource(form, state=wanted_state(fields), writer_id=writer_id, at=now())
        except KithError as refused:
            errors = {"slug": refused.sentence}
        else:
            return go(f"{LIBRARY}/{resource_id}", said="saved")
    return await _edit_page(request, None, form, errors)


@get("/moderation/resources/{resource_id:int}", guards=[requires_moderator])
async def edit_page(request: KithRequest, resource_id: FromPath[int]) -> Template:
    """Show a resource, where it stands, and what can be done."""
    return await _edit_page(request, resource_id)


@post("/moderation/resources/{resource_id:int}", guards=[requires_moderator], status_code=200)
async def change(request: KithRequest, resource_id: FromPath[int]) -> Template | Redirect:
    """Change what a resource says."""
    fields = await read_form(request)
    form, seen = read_resource_form(fields), fields.get("seen", "")
    errors = {name: sentence for name, sentence in check_resource(form).items() if name != "slug"}
    if errors:
        return await _edit_page(request, resource_id, form, errors, seen=seen)
    try:
        await edit_resource(
            resource_id,
            form,
            wanted=wanted_state(fields),
            seen=seen,
            writer_id=require_viewer(request).id,
            default_region=request.app.state.settings.default_region,
            at=now(),
        )
    except KithError as refused:
        return await _refused(request, resource_id, refused, form, seen=seen)
    return go(f"{LIBRARY}/{resource_id}", said="saved")


@post("/moderation/resources/{resource_id:int}/vet", guards=[requires_moderator], status_code=200)
async def vet(request: KithRequest, resource_id: FromPath[int]) -> Template | Redirect:
    """Vouch for what another person wrote."""
    fields, at = await read_form(request), now()
    dates, seen = read_vet_form(fields), fields.get("seen", "")
    errors = check_vetting(dates, today=at.date())
    if errors:
        return await _edit_page(request, resource_id, None, errors, dates=dates, seen=seen)
    try:
        await vet_resource(
            resource_id,
            vetter_id=require_viewer(request).id,
            checked_on=date.fromisoformat(dates.checked_on),
            review_on=date.fromisoformat(dates.review_on),
            seen=seen,
            at=at,
        )
    except KithError as refused:
        return await _refused(request, resource_id, refused, dates=dates, seen=seen)
    return go(f"{LIBRARY}/{resource_id}", said="saved")


@post("/moderation/resources/{resource_id:int}/replace", guards=[requires_moderator], status_code=200)
async def replace(request: KithRequest, resource_id: FromPath[int]) -> Template | Redirect:
    """Put another one in its place, under every post."""
    new_id = whole_number((await read_form(request)).get("by", ""), digits=COUNT_DIGITS)
    if new_id is None:
        return await _edit_page(request, resource_id, None, {"by": "Please choose the one that takes its place."})
    try:
        await replace_resource(resource_id, new_id, actor_id=require_viewer(request).id, at=now())
    except KithError as refused:
        return await _refused(request, resource_id, refused)
    return go(f"{LIBRARY}/{new_id}", said="saved")


@get("/moderation/resources/import", guards=[requires_moderator])
async def import_page(request: KithRequest) -> Template:
    """Show where rows are pasted."""
    return await _import_page(request)


@post("/moderation/resources/import", guards=[requires_moderator], status_code=200)
async def import_rows(request: KithRequest) -> Template:
    """Take the good rows, and say what is wrong with the others; the text stays to be put right."""
    fields = await read_form(request)
    text, kind = fields.get("body", ""), fields.get("format", "csv")
    try:
        report = await import_resources(text, kind, writer_id=require_viewer(request).id, at=now())
    except Unreadable as refused:
        return await _import_page(request, text=text, kind=kind, problem=refused.sentence)
    return await _import_page(request, text=text if report.bad else "", kind=kind, report=report)


@get("/moderation/resources/export", guards=[requires_moderator])
async def export(request: KithRequest) -> Response[bytes]:
    """Give the library out as a file."""
    kind = request.query_params.get("format", "")
    kind = kind if kind in FORMATS else "json"
    return Response(
        (await export_resources(kind)).encode(),
        media_type="text/csv; charset=utf-8" if kind == "csv" else "application/json",
        headers={"content-disposition": f'attachment; filename="kith-resources.{kind}"'},
    )


async def _refused(
    request: KithRequest, resource_id: int, refused: KithError, form: ResourceForm | None = None,
    *, dates: VetForm | None = None, seen: str = "",
) -> Template:  # fmt: skip
    """Show the page again with what was typed; what does not exist has no page."""
    if refused.status == 404:
        raise refused
    seen = seen_after(refused, seen)
    return await _edit_page(request, resource_id, form, {"": refused.sentence}, dates=dates, seen=seen, status_code=409)


async def _edit_page(
    request: KithRequest,
    resource_id: int | None,
    form: ResourceForm | None = None,
    errors: dict[str, str] | None = None,
    *,
    dates: VetForm | None = None,
    seen: str = "",
    status_code: int = 422,
) -> Template:
    """Show a form. ``seen`` is the version that it was typed against: without it, what is stored stands beside."""
    today = now().date()
    record, says = None, ResourceForm()
    if resource_id is not None:
        record, row = await find_record(resource_id, today=today)
        says = form_of(row)
    return await page(
        request,
        "resources/edit.html",
        status_code=status_code if errors else 200,
        record=record,
        form=form or says,
        shows_what_is_stored=form is None,
        saved=says if record and form and not seen else None,
        seen=seen or (record.updated_at.isoformat() if record else ""),
        errors=errors or {},
        dates=dates or VetForm(review_on=(today + VETTED_FOR).isoformat()),
        is_own=record is not None and record.written_by == require_viewer(request).id,
        kinds=[("", "Choose"), *KINDS.items()],
        needs=list(EVERY_NEED),
        others=await list_replacements(resource_id, today=today) if resource_id is not None else [],
    )


async def _import_page(
    request: KithRequest, *, text: str = "", kind: str = "csv", report: Report | None = None, problem: str = ""
) -> Template:
    return await page(
        request,
        "resources/import.html",
        status_code=422 if problem else 200,
        text=text,
        kind=kind,
        report=report,
        problem=problem,
        formats=[(name, name.upper()) for name in FORMATS],
        columns=FIELDS,
        most=MAX_ROWS,
    )


RESOURCE_STAFF_ROUTES = (
    library_page, new_resource, add, edit_page, change, vet, replace, import_page, import_rows, export,
    *step_routes("resource", LIBRARY, "submit", "retire", refused=_refused),
)  # fmt: skip
