"""Signing in: the page, the second factor, and the text that a lost session left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from litestar import get, post
from litestar.response import Redirect, Template

from server.clock import now
from server.errors import KithError, TooMany
from server.members.credentials import Credentials, WrongSecret
from server.members.entering import count_from_here, enter
from server.members.forms import SignInForm, read_sign_in
from server.members.next_page import local_path
from server.members.second_factor import WrongCode, pass_second_factor, second_factor_of
from server.members.sign_in import hints_for, sign_in
from server.web.authentication import require_viewer, requires_member
from server.web.kept import KeptForm, carried_form, read_form
from server.web.pages import go, page
from server.web.request import KithRequest
from server.web.viewer import viewer_of

if TYPE_CHECKING:
    from litestar.datastructures import Cookie

SET_UP = "/account/second-factor"


@get("/sign-in")
async def sign_in_page(request: KithRequest) -> Template:
    """Ask for handle and secret."""
    next_page = local_path(request.query_params.get("next", ""))
    form = SignInForm(handle="", secret="", stay=True, next=next_page)
    return await _sign_in_form(request, form, None)


@post("/sign-in", status_code=200)
async def sign_in_now(request: KithRequest) -> Template | Redirect:
    """Sign in; text that the form carried comes back either way."""
    fields = await read_form(request)
    form, kept = read_sign_in(fields), kept_text(fields)
    try:
        await count_from_here(request, "sign_in")
        member = await sign_in(form.handle, form.secret, limits=request.app.state.rate_limits)
    except (WrongSecret, TooMany) as refusal:
        return await _sign_in_form(request, form, kept, refusal=refusal)
    cookies = await enter(request, member.id, staff=member.is_staff, stay=form.stay)
    return await _go_on(request, member, form, kept, cookies)


@get("/sign-in/code", guards=[requires_member])
async def code_page(request: KithRequest) -> Template | Redirect:
    """Ask staff for their code."""
    return await _ask_for_code(request, local_path(request.query_params.get("next", "")), None)


@post("/sign-in/code", guards=[requires_member], status_code=200)
async def code_now(request: KithRequest) -> Template | Redirect:
    """Take a code, and give the browser a session that opens staff pages."""
    viewer = require_viewer(request)
    fields = await read_form(request)
    next_page, kept = local_path(fields.get("next", "")), kept_text(fields)
    if not viewer.is_staff or viewer.second_factor:
        return await _ask_for_code(request, next_page, kept)
    state = request.app.state
    try:
        await state.rate_limits.check("second_factor", f"member-{viewer.id}")
        await pass_second_factor(viewer.id, fields.get("code", ""), secret_key=state.settings.secret_key, at=now())
    except (WrongCode, TooMany) as refusal:
        return await _ask_for_code(request, next_page, kept, refusal=refusal)
    cookies = await enter(request, viewer.id, staff=True, second_factor=True)
    if kept is not None:
        return await _welcome_back(request, kept, cookies)
    return go(next_page, said="signed-in", cookies=cookies)


def kept_text(fields: dict[str, str]) -> KeptForm | None:
    """Return the form that a sign-in form carried along, if it leads to a page of this site and holds any text."""
    kept = carried_form(fields)
    if kept is None or not kept.has_text or local_path(kept.action) != kept.action:
        return None
    return kept


async def _go_on(
    request: KithRequest, member: Credentials, form: SignInForm, kept: KeptForm | None, cookies: list[Cookie]
) -> Template | Redirect:
    if member.is_staff and member.has_second_factor:
        if kept is None:
            return go(f"/sign-in/code?next={quote(form.next)}", cookies=cookies)
        return await _ask_for_code(request, form.next, kept, cookies=cookies)
    if kept is not None:
        return await _welcome_back(request, kept, cookies)
    if member.is_staff:
        return go(SET_UP, cookies=cookies)
    return go(form.next, said="signed-in", cookies=cookies)


async def _welcome_back(request: KithRequest, kept: KeptForm, cookies: list[Cookie]) -> Template:
    """Give the text back, ready to be sent where it was going."""
    return await page(request, "members/welcome_back.html", kept=kept, cookies=cookies)


async def _sign_in_form(
    request: KithRequest, form: SignInForm, kept: KeptForm | None, *, refusal: KithError | None = None
) -> Template:
    return await page(
        request,
        "members/sign_in.html",
        status_code=refusal.status if refusal else 200,
        headers=_pause(refusal),
        form=form,
        kept=kept,
        refusal=refusal,
        hints=hints_for(form.secret) if isinstance(refusal, WrongSecret) else None,
        is_member=viewer_of(request) is not None and refusal is None,
    )


async def _ask_for_code(
    request: KithRequest,
    next_page: str,
    kept: KeptForm | None,
    *,
    refusal: KithError | None = None,
    cookies: list[Cookie] | None = None,
) -> Template | Redirect:
    viewer = require_viewer(request)
    if not viewer.is_staff or viewer.second_factor:
        return go(next_page, cookies=cookies)
    if not (await second_factor_of(viewer.id)).is_set_up:
        return go(SET_UP, cookies=cookies)
    return await page(
        request,
        "members/sign_in_code.html",
        status_code=refusal.status if refusal else 200,
        headers=_pause(refusal),
        cookies=cookies,
        next=next_page,
        kept=kept,
        refusal=refusal,
    )


def _pause(refusal: KithError | None) -> dict[str, str]:
    return {"retry-after": str(refusal.retry_after)} if isinstance(refusal, TooMany) else {}


SIGN_IN_ROUTES = (sign_in_page, sign_in_now, code_page, code_now)
