"""The account: name, region, phrase, password, sessions, and whom a member avoids."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from litestar import get, post
from litestar.response import Redirect, Template

from server.clock import now
from server.members.account import (
    account_of,
    change_handle,
    change_region,
    list_sessions,
    remove_password,
    require_own_session,
    set_password,
)
from server.members.credentials import WrongSecret
from server.members.forms import read_handle, read_password
from server.members.handles import HandleNotAllowed, suggest_handle
from server.members.issuing import FormIdentity, replace_phrase
from server.members.join_routes import phrase_page
from server.members.joining import HandleTaken
from server.members.passwords import password_problem
from server.members.regions import region_named, regions
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.rate_limits import limited
from server.web.request import KithRequest
from server.web.sessions import end_session, end_sessions, refresh_member

CHANGING = [requires_member, limited("account")]


@get("/account", guards=[requires_member])
async def account_page(request: KithRequest) -> Template:
    """Show what is set, and where each thing is changed."""
    account = await account_of(require_viewer(request).id)
    return await page(request, "members/account.html", account=account, regions=regions())


@get("/account/handle", guards=[requires_member])
async def handle_page(request: KithRequest) -> Template:
    """Show the name form, with a suggestion."""
    return await _form(request, "handle", typed="", suggestion=await suggest_handle())


@post("/account/handle", guards=CHANGING)
async def save_handle(request: KithRequest) -> Template | Redirect:
    """Take another name."""
    viewer = require_viewer(request)
    typed = read_handle(await read_form(request))
    try:
        await change_handle(viewer.id, typed)
    except (HandleNotAllowed, HandleTaken) as refusal:
        errors = {"handle": refusal.sentence}
        return await _form(request, "handle", errors, typed=typed, suggestion=await suggest_handle())
    await refresh_member(request.app.state.redis, viewer.id)
    return go("/account", said="handle-changed")


@get("/account/region", guards=[requires_member])
async def region_page(request: KithRequest) -> Template:
    """Show the region form."""
    return await _form(request, "region", regions=regions())


@post("/account/region", guards=CHANGING)
async def save_region(request: KithRequest) -> Redirect:
    """Remember a region, or none."""
    viewer = require_viewer(request)
    await change_region(viewer.id, region_named((await read_form(request)).get("region", "")))
    await refresh_member(request.app.state.redis, viewer.id)
    return go("/account", said="saved")


@get("/account/phrase", guards=[requires_member])
async def new_phrase_page(request: KithRequest) -> Template:
    """Ask for the current secret before a new phrase is shown."""
    return await _form(request, "new_phrase", submission_key=str(uuid4()))


@post("/account/phrase", guards=CHANGING, status_code=200)
async def show_new_phrase(request: KithRequest) -> Template:
    """Put a new phrase in place, show it once, and end the other sessions."""
    viewer = require_viewer(request)
    state = request.app.state
    fields = await read_form(request)
    identity = FormIdentity.of(request, fields)
    try:
        phrase = await replace_phrase(viewer.id, fields.get("secret", ""), identity, settings=state.settings)
    except WrongSecret:
        return await _form(request, "new_phrase", WRONG_SECRET, submission_key=str(uuid4()))
    await end_sessions(state.redis, viewer.id, except_session=viewer.session_id)
    await refresh_member(state.redis, viewer.id)
    return await phrase_page(request, phrase, next_page="/account")


@get("/account/password", guards=[requires_member])
async def password_page(request: KithRequest) -> Template:
    """Show the password form."""
    return await _password_form(request)


@post("/account/password", guards=CHANGING)
async def save_password(request: KithRequest) -> Template | Redirect:
    """Set, change or remove the password, and end the other sessions."""
    viewer = require_viewer(request)
    form = read_password(await read_form(request))
    problem = "" if form.wants_removal else password_problem(form.new_password, handle=viewer.handle)
    if problem:
        return await _password_form(request, {"new_password": problem})
    try:
        if form.wants_removal:
            await remove_password(viewer.id, form.secret)
        else:
            await set_password(viewer.id, form.secret, form.new_password)
    except WrongSecret:
        return await _password_form(request, WRONG_SECRET)
    await end_sessions(request.app.state.redis, viewer.id, except_session=viewer.session_id)
    return go("/account", said="password-removed" if form.wants_removal else "password-set")


@get("/account/sessions", guards=[requires_member])
async def sessions_page(request: KithRequest) -> Template:
    """List the browsers that are signed in, by their times alone."""
    viewer = require_viewer(request)
    sessions = await list_sessions(viewer.id, viewer.session_id, at=now())
    return await page(request, "members/sessions.html", sessions=sessions)


@post("/account/sessions", guards=CHANGING)
async def end_some_sessions(request: KithRequest) -> Redirect:
    """End one other session, or all of them; this one is ended by signing out."""
    viewer = require_viewer(request)
    redis = request.app.state.redis
    fields = await read_form(request)
    if fields.get("all_others"):
        await end_sessions(redis, viewer.id, except_session=viewer.session_id)
        return go("/account/sessions", said="sessions-ended")
    session_id = fields.get("session", "")
    await require_own_session(viewer.id, session_id)
    await end_session(redis, session_id)
    return go("/account/sessions", said="session-ended")


WRONG_SECRET = {"secret": "That is not your phrase or password. Please try once more."}


async def _password_form(request: KithRequest, errors: dict[str, str] | None = None) -> Template:
    account = await account_of(require_viewer(request).id)
    return await _form(request, "password", errors, has_password=account.has_password)


async def _form(
    request: KithRequest,
    name: str,
    errors: dict[str, str] | None = None,
    **context: Any,  # Any: what each form shows beside its errors
) -> Template:
    status_code = 422 if errors else 200
    return await page(request, f"members/{name}.html", status_code=status_code, errors=errors or {}, **context)


ACCOUNT_ROUTES = (
    account_page, handle_page, save_handle, region_page, save_region, new_phrase_page, show_new_phrase,
    password_page, save_password, sessions_page, end_some_sessions,
)  # fmt: skip
