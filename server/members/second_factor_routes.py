"""Setting up the second factor, for members of the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import get, post
from litestar.response import Redirect, Template
from markupsafe import Markup

from server.clock import now
from server.errors import KithError, NotFound, SecondFactorNeeded
from server.members.entering import enter
from server.members.second_factor import (
    Offer,
    OfferExpired,
    WrongCode,
    confirm_offer,
    make_offer,
    pass_second_factor,
    renew_recovery_codes,
    reopen_offer,
    second_factor_of,
)
from server.web.authentication import require_viewer
from server.web.kept import read_form
from server.web.pages import page
from server.web.rate_limits import limited
from server.web.request import KithRequest

if TYPE_CHECKING:
    from litestar.datastructures import Cookie
    from litestar.handlers import BaseRouteHandler

    from server.web.viewer import Connection

HERE = "/account/second-factor"


def requires_staff(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: a moderator, clinician or admin, before or after the second factor. To others the page does not exist."""
    if not require_viewer(connection).is_staff:
        raise NotFound


@get("/account/second-factor", guards=[requires_staff])
async def second_factor_page(request: KithRequest) -> Template:
    """Offer a secret to those without an app, or show what can be changed."""
    return await _show(request)


@post("/account/second-factor", guards=[requires_staff, limited("second_factor")], status_code=200)
async def confirm(request: KithRequest) -> Template:
    """Take the first code of a new app; show the recovery codes and open the staff pages."""
    viewer = require_viewer(request)
    await _require_first_or_passed(request)
    fields = await read_form(request)
    secret_key = request.app.state.settings.secret_key
    offer = fields.get("offer", "")
    try:
        codes = await confirm_offer(viewer.id, offer, fields.get("code", ""), secret_key=secret_key, at=now())
    except (WrongCode, OfferExpired) as refusal:
        same = reopen_offer(offer, viewer.id, viewer.handle, secret_key=secret_key)
        return await _show_offer(request, same, refusal)
    cookies = await enter(request, viewer.id, staff=True, second_factor=True)
    return await _show_codes(request, codes, cookies)


@post("/account/second-factor/codes", guards=[requires_staff, limited("second_factor")], status_code=200)
async def new_codes(request: KithRequest) -> Template | Redirect:
    """Replace the recovery codes."""
    viewer = require_viewer(request)
    await _require_first_or_passed(request)
    code = (await read_form(request)).get("code", "")
    secret_key = request.app.state.settings.secret_key
    try:
        return await _show_codes(request, await renew_recovery_codes(viewer.id, code, secret_key=secret_key, at=now()))
    except WrongCode as refusal:
        return await _show(request, {"codes_code": refusal.sentence})


@post("/account/second-factor/app", guards=[requires_staff, limited("second_factor")], status_code=200)
async def another_app(request: KithRequest) -> Template:
    """Offer a new secret to somebody whose current one still works; it stays until the new one is confirmed."""
    viewer = require_viewer(request)
    await _require_first_or_passed(request)
    code = (await read_form(request)).get("code", "")
    secret_key = request.app.state.settings.secret_key
    try:
        await pass_second_factor(viewer.id, code, secret_key=secret_key, at=now())
    except WrongCode as refusal:
        return await _show(request, {"app_code": refusal.sentence})
    return await _show_offer(request, make_offer(viewer.id, viewer.handle, secret_key=secret_key))


async def _require_first_or_passed(request: KithRequest) -> None:
    """Let nobody change a second factor that is there without having passed it.

    Raises: SecondFactorNeeded.
    """
    viewer = require_viewer(request)
    if not viewer.second_factor and (await second_factor_of(viewer.id)).is_set_up:
        raise SecondFactorNeeded


async def _show(request: KithRequest, errors: dict[str, str] | None = None) -> Template:
    await _require_first_or_passed(request)
    viewer = require_viewer(request)
    factor = await second_factor_of(viewer.id)
    if not factor.is_set_up:
        secret_key = request.app.state.settings.secret_key
        return await _show_offer(request, make_offer(viewer.id, viewer.handle, secret_key=secret_key))
    return await page(
        request, "members/second_factor.html", status_code=422 if errors else 200, factor=factor, errors=errors or {}
    )


async def _show_offer(request: KithRequest, offer: Offer, refusal: KithError | None = None) -> Template:
    return await page(
        request,
        "members/second_factor_new.html",
        status_code=refusal.status if refusal else 200,
        offer=offer,
        picture=Markup(offer.picture),  # noqa: S704 - drawn by segno from our own text
        errors={"code": refusal.sentence} if refusal else {},
    )


async def _show_codes(request: KithRequest, codes: list[str], cookies: list[Cookie] | None = None) -> Template:
    return await page(request, "members/recovery_codes.html", codes=codes, cookies=cookies)


SECOND_FACTOR_ROUTES = (second_factor_page, confirm, new_codes, another_app)
