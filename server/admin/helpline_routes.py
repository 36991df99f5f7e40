"""The admin's pages about helplines."""

from __future__ import annotations

from datetime import date

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec.structs import replace

from models.help import HelplineState
from server.admin.helplines import (
    LISTED,
    HelplineForm,
    check_helpline,
    check_reading,
    find_helpline_form,
    list_helplines,
    read_helpline_form,
    retire_helpline,
    save_helpline,
)
from server.clock import now
from server.help.needs import EMERGENCY, NEEDS
from server.members.regions import regions
from server.vetting import EntryChanged, ShortNameTaken
from server.web.authentication import require_viewer, requires_admin
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest

STATES = [(state.value, state.value.capitalize()) for state in HelplineState]


@get("/admin/helplines", guards=[requires_admin])
async def helplines_page(request: KithRequest, country: FromQuery[str] = "") -> Template:
    """List helplines by state and country."""
    state = request.query_params.get("state", "")  # as a parameter the name would mean Litestar's own state
    return await page(
        request,
        "admin/helplines.html",
        helplines=await list_helplines(state=state, country=country),
        states=[("", "Any"), *STATES],
        countries=[("", "Any"), ("INT", "Everywhere"), *regions().items()],
        names=regions(),
        most=LISTED,
        state=state,
        country=country,
    )


@get("/admin/helplines/new", guards=[requires_admin])
async def new_helpline(request: KithRequest) -> Template:
    """Show an empty helpline."""
    return await _helpline_page(request, None)


@post("/admin/helplines/new", guards=[requires_admin], status_code=200)
async def add_helpline(request: KithRequest) -> Template | Redirect:
    """Add a helpline; it waits, unseen by members, until it is confirmed."""
    return await _save(request, None)


@get("/admin/helplines/{helpline_id:int}", guards=[requires_admin])
async def edit_helpline(request: KithRequest, helpline_id: FromPath[int]) -> Template:
    """Show a helpline to check and change."""
    return await _helpline_page(request, helpline_id)


@post("/admin/helplines/{helpline_id:int}", guards=[requires_admin], status_code=200)
async def change_helpline(request: KithRequest, helpline_id: FromPath[int]) -> Template | Redirect:
    """Change, confirm or retire a helpline, by the button that was pressed."""
    return await _save(request, helpline_id)


async def _save(request: KithRequest, helpline_id: int | None) -> Template | Redirect:
    fields = await read_form(request)
    if fields.get("intent") == "retire" and helpline_id is not None:
        await retire_helpline(helpline_id, admin_id=require_viewer(request).id, at=now())
        return go("/admin/helplines", said="saved")
    form, seen = read_helpline_form(fields), fields.get("seen", "")
    # Whoever changes a confirmed entry without saying what they read makes it unconfirmed again.
    state = HelplineState.CONFIRMED if fields.get("intent") == "confirm" else HelplineState.UNCONFIRMED
    errors = check_helpline(form)
    if helpline_id is not None:
        errors.pop("slug", None)  # it stays, whatever the form says
    if state is HelplineState.CONFIRMED:
        errors |= check_reading(form, today=now().date())
    if not errors:
        try:
            admin_id = require_viewer(request).id
            await save_helpline(helpline_id, form, state=state, seen=seen, admin_id=admin_id, at=now())
        except ShortNameTaken as refusal:
            errors = {"slug": refusal.sentence}
        except EntryChanged as refusal:
            return await _helpline_page(request, helpline_id, form, {"": refusal.sentence}, status_code=409)
        else:
            return go(f"/admin/helplines?state={state.value}&country={form.country}", said="saved")
    return await _helpline_page(request, helpline_id, form, errors, seen=seen)


async def _helpline_page(
    request: KithRequest,
    helpline_id: int | None,
    form: HelplineForm | None = None,
    errors: dict[str, str] | None = None,
    *,
    seen: str = "",
    status_code: int = 422,
) -> Template:
    """Show a form. ``seen`` is the version that it was typed against: without it, what is stored stands beside."""
    is_new = helpline_id is None
    says, state, latest = HelplineForm(), HelplineState.UNCONFIRMED, ""
    if helpline_id is not None:
        says, state, latest = await find_helpline_form(helpline_id)
    return await page(
        request,
        "admin/helpline.html",
        status_code=status_code if errors else 200,
        form=form or replace(says, read_on=""),  # whoever confirms it says when they read its page themselves
        slug=says.slug,
        read_before=date.fromisoformat(says.read_on) if says.read_on else None,
        saved=says if form and not is_new and not seen else None,
        seen=seen or latest,
        state=state.value,
        errors=errors or {},
        needs=(EMERGENCY, *NEEDS),
        is_new=is_new,
        countries=[("", "Choose"), ("INT", "Everywhere"), *regions().items()],
    )


HELPLINE_ROUTES = (helplines_page, new_helpline, add_helpline, edit_helpline, change_helpline)
