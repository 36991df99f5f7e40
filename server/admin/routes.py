"""The admin's pages."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from models.members import Role
from server.admin.audit_routes import AUDIT_ROUTES
from server.admin.boards import (
    BoardForm,
    check_board,
    find_board_form,
    list_boards_to_edit,
    read_board_form,
    save_board,
)
from server.admin.care_routes import CARE_ROUTES
from server.admin.helpline_routes import HELPLINE_ROUTES
from server.admin.keeping_up import how_it_keeps_up
from server.admin.overview import read_overview
from server.admin.people import find_person, list_staff, person_of
from server.admin.promises import promises_kept
from server.clock import now
from server.members.erasure import LastAdmin
from server.members.staff import NoWayBack, reset_second_factor, set_role
from server.moderation.alerting import recent_failures
from server.resources.crisis_lines import has_crisis_helpline
from server.vetting import EntryChanged, ShortNameTaken
from server.web.authentication import require_viewer, requires_admin
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest


@get("/admin", guards=[requires_admin])
async def overview_page(request: KithRequest) -> Template:
    """Show whether all is well."""
    at, region = now(), request.app.state.settings.default_region
    return await page(
        request,
        "admin/overview.html",
        overview=await read_overview(now=at),
        promises=await promises_kept(now=at),
        readings=await how_it_keeps_up(now=at),
        alert_failures=await recent_failures(at=at),
        has_crisis_resource=await has_crisis_helpline(region, today=at.date()),
    )


@get("/admin/boards", guards=[requires_admin])
async def boards_page(request: KithRequest) -> Template:
    """List the boards."""
    return await page(request, "admin/boards.html", boards=await list_boards_to_edit())


@get("/admin/boards/new", guards=[requires_admin])
async def new_board(request: KithRequest) -> Template:
    """Show an empty board."""
    return await _board_page(request, None)


@post("/admin/boards/new", guards=[requires_admin], status_code=200)
async def add_board(request: KithRequest) -> Template | Redirect:
    """Set a board up."""
    return await _save_board(request, None)


@get("/admin/boards/{board_id:int}", guards=[requires_admin])
async def edit_board(request: KithRequest, board_id: FromPath[int]) -> Template:
    """Show a board to change."""
    return await _board_page(request, board_id)


@post("/admin/boards/{board_id:int}", guards=[requires_admin], status_code=200)
async def change_board(request: KithRequest, board_id: FromPath[int]) -> Template | Redirect:
    """Change a board."""
    return await _save_board(request, board_id)


@get("/admin/people", guards=[requires_admin])
async def people_page(request: KithRequest, handle: FromQuery[str] = "") -> Template:
    """List the staff, and find one member by handle."""
    return await _people_page(request, handle)


@post("/admin/people/{member_id:int}", guards=[requires_admin], status_code=200)
async def change_role(request: KithRequest, member_id: FromPath[int]) -> Template | Redirect:
    """Give somebody another role."""
    wanted = (await read_form(request)).get("role", "")
    person = await person_of(member_id)
    if person is None or wanted not in {role.value for role in Role}:
        return await _people_page(request, "", problem="That member or role does not exist. Nothing was changed.")
    try:
        admin = require_viewer(request)
        await set_role(request.app.state.redis, member_id, Role(wanted), actor_id=admin.id, at=now())
    except (LastAdmin, NoWayBack) as refusal:
        return await _people_page(request, person.handle, problem=refusal.sentence)
    return go("/admin/people", said="saved")


@post("/admin/people/{member_id:int}/second-factor", guards=[requires_admin], status_code=200)
async def reset_factor(request: KithRequest, member_id: FromPath[int]) -> Redirect:
    """Help somebody of the staff who lost phone and codes: they set a new second factor up when they come back."""
    await reset_second_factor(request.app.state.redis, member_id, actor_id=require_viewer(request).id, at=now())
    return go("/admin/people", said="saved")


async def _people_page(request: KithRequest, handle: str, *, problem: str = "") -> Template:
    return await page(
        request,
        "admin/people.html",
        status_code=409 if problem else 200,
        staff=await list_staff(),
        asked=handle,
        found=await find_person(handle) if handle else None,
        roles=[(role.value, role.value.capitalize()) for role in Role],
        problem=problem,
    )


async def _save_board(request: KithRequest, board_id: int | None) -> Template | Redirect:
    fields = await read_form(request)
    form, seen = read_board_form(fields), fields.get("seen", "")
    errors = check_board(form)
    if not errors:
        try:
            await save_board(board_id, form, seen=seen, admin_id=require_viewer(request).id, at=now())
        except ShortNameTaken as refusal:
            errors = {"slug": refusal.sentence}
        except EntryChanged as refusal:
            return await _board_page(request, board_id, form, {"": refusal.sentence}, status_code=409)
        else:
            return go("/admin/boards", said="saved")
    return await _board_page(request, board_id, form, errors, seen=seen)


async def _board_page(
    request: KithRequest,
    board_id: int | None,
    form: BoardForm | None = None,
    errors: dict[str, str] | None = None,
    *,
    seen: str = "",
    status_code: int = 422,
) -> Template:
    """Show a form. ``seen`` is the version that it was typed against: without it, what is stored stands beside."""
    is_new = board_id is None
    says, problems = (BoardForm(), {}) if board_id is None else await find_board_form(board_id)
    return await page(
        request,
        "admin/board.html",
        status_code=status_code if errors else 200,
        form=form or says,
        saved=says if form and not is_new and not seen else None,
        seen=seen or says.version,
        errors=errors or problems,
        is_new=is_new,
    )


ADMIN_ROUTES = (
    overview_page,
    boards_page,
    new_board,
    add_board,
    edit_board,
    change_board,
    people_page,
    change_role,
    reset_factor,
    *HELPLINE_ROUTES,
    *AUDIT_ROUTES,
    *CARE_ROUTES,
)
