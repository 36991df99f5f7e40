"""The admin's page about the care for moderators."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Template

from server.admin.care import CareForm, check_care, form_of, read_care_form, set_care_limits
from server.clock import now
from server.web.authentication import require_viewer, requires_admin
from server.web.kept import read_form
from server.web.pages import go, page
from server.web.request import KithRequest
from triage.queue.limits import CareLimits, care_limits


@get("/admin/care", guards=[requires_admin])
async def care_page(request: KithRequest) -> Template:
    """Show the limits."""
    return await _care_page(request, form_of(await care_limits()), {})


@post("/admin/care", guards=[requires_admin], status_code=200)
async def change_care(request: KithRequest) -> Template | Redirect:
    """Set the limits, or show the form again with what to look at."""
    form = read_care_form(await read_form(request))
    if errors := check_care(form):
        return await _care_page(request, form, errors)
    await set_care_limits(form.limits, require_viewer(request).id, at=now())
    return go("/admin/care", said="saved")


async def _care_page(request: KithRequest, form: CareForm, errors: dict[str, str]) -> Template:
    return await page(
        request,
        "admin/care.html",
        status_code=422 if errors else 200,
        form=form,
        errors=errors,
        usual=CareLimits(),
    )


CARE_ROUTES = (care_page, change_care)
