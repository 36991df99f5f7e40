"""Taking everything along (export), and taking everything away (erase)."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Stream, Template

from models.database import fetch_one
from server.clock import now
from server.errors import SignInNeeded
from server.members.credentials import WrongSecret, handle_key, require_secret
from server.members.entering import OUR_TRACES
from server.members.erasure import LastAdmin, erase_member, footprint_of
from server.members.export import read_in_chunks, write_export
from server.members.leaving_routes import forget_this_site
from server.members.whose_form import member_of_form, seal_member
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.rate_limits import limited
from server.web.request import KithRequest
from server.web.viewer import viewer_of


@get("/account/export", guards=[requires_member])
async def export_page(request: KithRequest) -> Template:
    """Say what the export holds."""
    return await page(request, "members/export.html")


@post("/account/export", guards=[requires_member, limited("export")], status_code=200)
async def export_now(request: KithRequest) -> Stream:
    """Send the ZIP. Its name says nothing about whose it is."""
    moment = now()
    file = await write_export(require_viewer(request).id, at=moment)
    return Stream(
        read_in_chunks(file),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="my-words-{moment:%Y-%m-%d}.zip"'},
    )


@get("/account/erase", guards=[requires_member])
async def erase_page(request: KithRequest) -> Template:
    """Explain what erasing does before it is done."""
    return await _erase_form(request)


@post("/account/erase", guards=[limited("account")], status_code=200)
async def erase_now(request: KithRequest) -> Template | Redirect:
    """Erase the account of a member who gives the secret and types their own name."""
    fields = await read_form(request)
    viewer = viewer_of(request)
    if viewer is None:
        return await _already_erased(request, fields)
    if handle_key(fields.get("handle", "")) != viewer.handle.lower():
        return await _erase_form(request, {"handle": "Please type your own name, as it stands above."})
    try:
        await require_secret(viewer.id, fields.get("secret", ""))
        await erase_member(request.app.state.redis, viewer.id, at=now())
    except WrongSecret:
        return await _erase_form(request, {"secret": "That is not your phrase or password. Nothing was erased."})
    except LastAdmin as refusal:
        return await _erase_form(request, {"handle": refusal.sentence})
    return forget_this_site(request, go("/", said="erased"), OUR_TRACES)


async def _already_erased(request: KithRequest, fields: dict[str, str]) -> Redirect:
    """Answer the second of two taps: the first one erased the account that this form was for, and its session with it.

    Raises: SignInNeeded for anybody else.
    """
    member_id = member_of_form(fields, request.app.state.settings)
    if member_id is None or await fetch_one("SELECT 1 FROM member WHERE id = $1", member_id):
        raise SignInNeeded
    return forget_this_site(request, go("/", said="erased"), OUR_TRACES)


async def _erase_form(request: KithRequest, errors: dict[str, str] | None = None) -> Template:
    viewer = require_viewer(request)
    return await page(
        request,
        "members/erase.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        account=seal_member(viewer.id, request.app.state.settings),
        footprint=await footprint_of(viewer.id),
    )


DEPARTURE_ROUTES = (export_page, export_now, erase_page, erase_now)
