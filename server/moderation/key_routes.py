"""Whether moderators' pages answer to single letters: their own choice, kept with the account (WCAG 2.1.4)."""

from __future__ import annotations

from litestar import post
from litestar.response import Redirect

from models.database import execute
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go
from server.web.request import KithRequest
from server.web.sessions import refresh_member


@post("/moderation/keys", guards=[requires_moderator], status_code=200)
async def choose_keys(request: KithRequest) -> Redirect:
    """Have the keys answer, or leave single letters alone, from now on and on every device."""
    viewer = require_viewer(request)
    wanted = "keys" in await read_form(request)
    await execute("UPDATE member SET keys_off = NOT $2::boolean WHERE id = $1", viewer.id, wanted)
    await refresh_member(request.app.state.redis, viewer.id)
    return go("/moderation/shift", said="saved")


KEY_ROUTES = (choose_keys,)
