"""The steps that an entry of any library takes by one press of a button: to review, retired, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import post
from litestar.response import Redirect, Template

from server import vetting
from server.clock import now
from server.errors import KithError
from server.web.authentication import require_viewer, requires_moderator
from server.web.pages import go
from server.web.request import KithRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from litestar.handlers import HTTPRouteHandler

    from server.vetting import Library

STEPS = {"submit": vetting.submit_for_review, "retire": vetting.retire, "restore": vetting.restore}
"""By the last part of their address."""


def step_routes(
    library: Library, pages: str, *steps: str, refused: Callable[[KithRequest, int, KithError], Awaitable[Template]]
) -> tuple[HTTPRouteHandler, ...]:
    """Return the routes of some ``STEPS``; ``refused`` draws the entry's page with what stood in the way."""
    return tuple(_step_route(library, pages, step, refused) for step in steps)


def _step_route(
    library: Library, pages: str, step: str, refused: Callable[[KithRequest, int, KithError], Awaitable[Template]]
) -> HTTPRouteHandler:
    name = f"{library}_id"

    @post(f"{pages}/{{{name}:int}}/{step}", guards=[requires_moderator], status_code=200)
    async def take_step(request: KithRequest) -> Template | Redirect:
        entry_id = request.path_params[name]
        try:
            await STEPS[step](library, entry_id, actor_id=require_viewer(request).id, at=now())
        except KithError as error:
            return await refused(request, entry_id, error)
        return go(f"{pages}/{entry_id}", said="saved")

    return take_step
