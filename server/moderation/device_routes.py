"""Staff let Kith call them on this device, take that back, and try it out: the forms of the shift's page."""

from __future__ import annotations

from typing import Any

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect
from redis.exceptions import RedisError

from server.clock import now
from server.errors import NotFound, Unavailable
from server.jobs import JOB_QUEUE, TEST_CALL_JOB, enqueue
from server.moderation.devices import list_devices, register_device, remove_device
from server.moderation.sealing import application_server_key
from server.web.authentication import require_viewer, requires_moderator
from server.web.kept import read_form
from server.web.pages import go
from server.web.rate_limits import limited
from server.web.request import KithRequest

CHANGING = [requires_moderator, limited("account")]
DEVICES = "/moderation/shift#devices"


async def shown_devices(request: KithRequest) -> dict[str, Any]:  # Any: what a template may be given
    """Return what the shift's page shows of one's own devices; nothing where push is switched off."""
    settings = request.app.state.settings
    if not settings.push:
        return {"devices": [], "calls_key": ""}
    return {
        "devices": await list_devices(require_viewer(request).id),
        "calls_key": application_server_key(settings),
    }


@post("/moderation/shift/devices", guards=CHANGING, status_code=200)
async def register(request: KithRequest) -> Redirect:
    """Remember the device that this browser runs on."""
    if not request.app.state.settings.push:
        raise NotFound
    fields = await read_form(request)
    given = {name: fields.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    await register_device(require_viewer(request).id, **given, at=now())
    return go(DEVICES, said="device-registered")


@post("/moderation/shift/devices/{device_id:int}/remove", guards=CHANGING, status_code=200)
async def remove(request: KithRequest, device_id: FromPath[int]) -> Redirect:
    """Forget one of one's own devices."""
    await remove_device(device_id, require_viewer(request).id)
    return go(DEVICES, said="device-removed")


@post("/moderation/shift/devices/test", guards=CHANGING, status_code=200)
async def try_out(request: KithRequest) -> Redirect:
    """Have the worker, which alone reaches other people's servers, send a test to one's own devices.

    Raises: Unavailable where Redis does not take the job.
    """
    if not request.app.state.settings.push:
        raise NotFound
    try:
        await enqueue(request.app.state.redis, JOB_QUEUE, TEST_CALL_JOB, require_viewer(request).id)
    except (RedisError, OSError) as failure:
        raise Unavailable from failure
    return go(DEVICES, said="test-call-sent")


DEVICE_ROUTES = (register, remove, try_out)
