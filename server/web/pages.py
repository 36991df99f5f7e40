"""Rendering: one way to answer with a page, a fragment or a redirect."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jinja2 import DictLoader, Environment, StrictUndefined
from litestar.response import Redirect, Response, Template
from markupsafe import Markup

from server.notices.service import unread_of
from server.support.panel import support_panel
from server.text.links import read_address
from server.text.markdown import excerpt, render
from server.triage_state import is_reading, read_state
from server.web.avatars import avatar_svg
from server.web.cookies import cookie_name, ended_cookie, said_at, said_cookie
from server.web.forged_forms import form_token
from server.web.sentences import SAID, ago, day, open_now, translate
from server.web.static import asset
from server.web.viewer import viewer_of

if TYPE_CHECKING:
    from litestar.datastructures import Cookie
    from litestar.response.base import ASGIResponse

    from server.web.request import KithRequest

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
SOURCES = {str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
"""All of them, by name: whatever becomes of the files while Kith runs, its pages are those of its own code."""


def template_environment(own_address: str = "") -> Environment:
    """Build the Jinja environment that every page of the Kith at ``own_address`` is rendered with."""
    environment = Environment(
        loader=DictLoader(SOURCES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    everywhere = cast("dict[str, Any]", environment.globals)  # Any: jinja2 types the globals it brings itself
    everywhere |= {"asset": asset, "avatar": avatar_svg, "_": translate}
    filters = cast("dict[str, Any]", environment.filters)  # likewise
    own = read_address(own_address)
    markdown = partial(render, own_host=own.host if own else "")
    filters |= {"ago": ago, "day": day, "markdown": markdown, "excerpt": excerpt, "open_now": open_now}
    return environment


def is_fragment(request: KithRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


def is_fetched_ahead(request: KithRequest) -> bool:
    """Tell whether the browser fetches this before anybody asks for it."""
    return "prefetch" in request.headers.get("sec-purpose", "")


class Page(Template):
    """A page whose forms carry a masked token."""

    def create_template_context(self, request: KithRequest) -> dict[str, Any]:
        """Return what the template may use; Any: each has its own context."""
        field = Markup('<input type="hidden" name="_csrf_token" value="{}">').format(form_token(request))
        return {**super().create_template_context(request), "csrf_input": field}


async def page(
    request: KithRequest,
    template: str,
    *,
    status_code: int = 200,
    headers: dict[str, str] | None = None,
    cookies: list[Cookie] | None = None,
    **context: Any,  # Any: each template has its own context
) -> Template:
    """Answer with a template and what every page needs around it."""
    viewer = viewer_of(request)
    if viewer is not None and not is_fragment(request):
        unread = await unread_of(viewer.id)
        viewer.unread_notices = unread.number
        if unread.offers_support:
            state = request.app.state
            context.setdefault("support", await support_panel(viewer, state.settings.default_region, state.redis))
    worker, nobody_reads = None, False
    if viewer is not None and viewer.may_moderate and not is_fragment(request):
        worker = await read_state(request.app.state.redis)
        nobody_reads = not is_reading(worker)
    settings = request.app.state.settings
    # What a browser may keep is a page for nobody in particular.
    said = None if "cache-control" in (headers or {}) else SAID.get(said_here(request))
    return Page(
        template_name=template,
        status_code=status_code,
        headers=headers or {},
        cookies=[*(cookies or ()), *([ended_cookie(settings, "said")] if said else ())],
        media_type="text/html",
        context={
            "viewer": viewer,
            "site": {"name": "Kith", "leave_url": "/leave", "region": settings.default_region},
            "path": request.url.path,
            "messages": [said] if said else [],
            "support": None,
            "worker": worker,
            "nobody_reads": nobody_reads,
            **context,
        },
    )


def said_here(request: KithRequest) -> str:
    """Return the code of what this page is to say of what was just done; empty where nothing is.

    Parts of a page leave it to the page, and so do the answer to a form and what a browser fetches before anybody asks
    for it.
    """
    if request.method != "GET" or is_fragment(request) or is_fetched_ahead(request):
        return ""
    held = request.cookies.get(cookie_name(request.app.state.settings, "said"), "")
    return said_at(held, request.url.path)


class Onward(Redirect):
    """A redirect whose page says what was done."""

    def __init__(self, path: str, said: str, cookies: list[Cookie] | None) -> None:
        """Lead to ``path`` (303)."""
        super().__init__(path, status_code=303, cookies=cookies)
        self._said = said

    def to_asgi_response(self, *, request: KithRequest, **options: Any) -> ASGIResponse:  # type: ignore[override]
        """Return what Litestar calls to send the answer. ``options`` (Any: Litestar's own) go on as they are."""
        self.set_cookie(said_cookie(request.app.state.settings, self._said, self.url))
        return super().to_asgi_response(request=request, **options)


def lead_on(request: KithRequest, path: str, *, said: str) -> Redirect | Response[str]:
    """Redirect as ``go`` does; htmx, which would put the next page into this one, goes there instead."""
    if not is_fragment(request):
        return go(path, said=said)
    return Response("", headers={"hx-redirect": path}, cookies=[said_cookie(request.app.state.settings, said, path)])


def go(path: str, *, said: str = "", cookies: list[Cookie] | None = None) -> Redirect:
    """Redirect after a form was taken (303), with one of the known sentences on the next page."""
    return Onward(path, said, cookies) if said else Redirect(path, status_code=303, cookies=cookies)
