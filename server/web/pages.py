"""Rendering: one way to answer with a page, a fragment or a redirect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar.response import Redirect, Response, Template
from markupsafe import Markup

from server.notices.service import unread_of
from server.support.panel import support_panel
from server.text.markdown import excerpt, render
from server.triage_state import is_reading, read_state
from server.web.avatars import avatar_svg
from server.web.forged_forms import form_token, is_from_elsewhere
from server.web.sentences import SAID, ago, day, open_now, translate
from server.web.static import asset
from server.web.viewer import viewer_of

if TYPE_CHECKING:
    from litestar.datastructures import Cookie

    from server.web.request import KithRequest

TEMPLATES = Path(__file__).parent.parent.parent / "templates"


def template_environment() -> Environment:
    """Build the Jinja environment that every page is rendered with."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    everywhere = cast("dict[str, Any]", environment.globals)  # Any: jinja2 types the globals it brings itself
    everywhere |= {"asset": asset, "avatar": avatar_svg, "_": translate}
    filters = cast("dict[str, Any]", environment.filters)  # likewise
    filters |= {"ago": ago, "day": day, "markdown": render, "excerpt": excerpt, "open_now": open_now}
    return environment


def is_fragment(request: KithRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return request.headers.get("hx-request") == "true"


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
    said = None if is_from_elsewhere(request) else SAID.get(request.query_params.get("said", ""))
    if viewer is not None and said is SAID["erased"]:
        said = None  # whoever is signed in was led here by somebody's link
    return Page(
        template_name=template,
        status_code=status_code,
        headers=headers or {},
        cookies=cookies or [],
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


def lead_on(request: KithRequest, path: str, *, said: str = "") -> Redirect | Response[str]:
    """Redirect as ``go`` does; htmx, which would put the next page into this one, goes there instead."""
    there = go(path, said=said)
    return Response("", headers={"hx-redirect": there.url}) if is_fragment(request) else there


def go(path: str, *, said: str = "", cookies: list[Cookie] | None = None) -> Redirect:
    """Redirect after a form was taken (303), with one of the known sentences on the next page."""
    if said:
        address, hash_mark, fragment = path.partition("#")
        path = f"{address}{'&' if '?' in address else '?'}said={said}{hash_mark}{fragment}"
    return Redirect(path, status_code=303, cookies=cookies)
