"""Joining, and the recovery phrase that is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from litestar import get, post
from litestar.response import Redirect, Template

from server.clock import now
from server.members.entering import carry_session, count_from_here
from server.members.forms import JoinForm, read_join
from server.members.handles import HandleNotAllowed, suggest_handle
from server.members.issuing import FormIdentity, is_phrase_of, note_phrase, reissue_phrase
from server.members.joining import HandleTaken, join
from server.members.next_page import local_path
from server.members.regions import regions
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, is_fragment, page
from server.web.rate_limits import limited
from server.web.request import KithRequest
from server.web.sessions import refresh_member
from server.web.viewer import viewer_of

if TYPE_CHECKING:
    from litestar.datastructures import Cookie


@get("/join")
async def join_page(request: KithRequest) -> Template:
    """Suggest a handle."""
    next_page = local_path(request.query_params.get("next", ""))
    form = JoinForm(await suggest_handle(), None, stay=True, next=next_page, submission_key=str(uuid4()))
    return await _join_form(request, form)


@post("/join", status_code=200)
async def join_now(request: KithRequest) -> Template:
    """Make the account and show its phrase; the same form sent twice makes one account."""
    fields = await read_form(request)
    form, state = read_join(fields), request.app.state
    await count_from_here(request, "join")
    try:
        member = await join(
            form.handle,
            form.region,
            FormIdentity.of(request, fields),
            stays=form.stay,
            settings=state.settings,
            at=now(),
        )
    except (HandleNotAllowed, HandleTaken) as refusal:
        return await _join_form(request, form, errors={"handle": refusal.sentence})
    cookies = await carry_session(request, member.token)
    return await phrase_page(request, member.phrase, next_page=form.next, cookies=cookies)


@get("/join/phrase", guards=[requires_member])
async def phrase_again(request: KithRequest) -> Template | Redirect:
    """Offer a fresh phrase to a member who has not noted theirs."""
    if require_viewer(request).phrase_noted:
        return go("/account")
    return await page(request, "members/phrase_again.html", submission_key=str(uuid4()))


@post("/join/phrase/new", guards=[requires_member, limited("account")], status_code=200)
async def fresh_phrase(request: KithRequest) -> Template | Redirect:
    """Show a fresh phrase in place of one that was never noted."""
    identity = FormIdentity.of(request, await read_form(request))
    phrase = await reissue_phrase(require_viewer(request).id, identity, settings=request.app.state.settings)
    if phrase is None:
        return go("/account")
    return await phrase_page(request, phrase)


@post("/join/phrase", guards=[requires_member])
async def phrase_noted(request: KithRequest) -> Redirect:
    """Go on after the phrase was shown; an unticked box means a reminder later.

    The page says which phrase it showed, since another tab may have replaced it.
    """
    viewer = require_viewer(request)
    fields = await read_form(request)
    next_page = local_path(fields.get("next", ""))
    if "noted" not in fields:
        return go(next_page)
    if (shown := fields.get("phrase")) and not await is_phrase_of(viewer.id, shown, noted=True):
        return go("/account" if viewer.phrase_noted else "/join/phrase", said="phrase-replaced")
    await note_phrase(viewer.id)
    await refresh_member(request.app.state.redis, viewer.id)
    return go(next_page, said="phrase-noted")


async def phrase_page(
    request: KithRequest, phrase: str, *, next_page: str = "/", cookies: list[Cookie] | None = None
) -> Template:
    """Show a phrase, once. It is in this answer and nowhere else."""
    handle = require_viewer(request).handle
    return await page(
        request, "members/phrase.html", words=phrase.split(), handle=handle, next=next_page, cookies=cookies
    )


async def _join_form(request: KithRequest, form: JoinForm, errors: dict[str, str] | None = None) -> Template:
    suggestion = await suggest_handle() if errors else form.handle
    context: dict[str, Any] = {"form": form, "errors": errors or {}, "suggestion": suggestion}
    return await page(
        request,
        "members/join.html",
        status_code=422 if errors else 200,
        layout="_fragment.html" if is_fragment(request) else "base.html",
        regions=regions(),
        is_member=viewer_of(request) is not None,
        **context,
    )


JOIN_ROUTES = (join_page, join_now, phrase_again, fresh_phrase, phrase_noted)
