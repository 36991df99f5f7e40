"""The audit log's page and its file."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery
from litestar.response import Stream, Template

from server.admin.audit import (
    KITH_ITSELF,
    ExportFormat,
    act_in_words,
    check_newest,
    export_entries,
    filter_choices,
    list_entries,
    read_audit_filter,
)
from server.admin.audit_note import read_note
from server.clock import now
from server.errors import NotFound
from server.text.numbers import ID_DIGITS, whole_number
from server.web.authentication import requires_admin
from server.web.pages import page
from server.web.request import KithRequest

MEDIA_TYPES = {ExportFormat.CSV: "text/csv", ExportFormat.JSON_LINES: "application/x-ndjson"}


@get("/admin/audit", guards=[requires_admin])
async def audit_page(request: KithRequest, before: FromQuery[str] = "") -> Template:
    """Show the log, the newest first."""
    wanted = read_audit_filter(request.query_params)
    choices = await filter_choices()
    return await page(
        request,
        "admin/audit.html",
        log=await list_entries(wanted, before=_entry_id(before)),
        chain=await check_newest(await read_note(request.app.state.redis)),
        wanted=wanted,
        is_first_page=not _entry_id(before),
        acts=[("", "Any"), *((act, act_in_words(act)) for act in _with_chosen(choices.acts, wanted.act))],
        months=[("", "Any"), *((month, month) for month in _with_chosen(choices.months, wanted.month))],
        kith_itself=KITH_ITSELF,
    )


@get("/admin/audit/export", guards=[requires_admin])
async def export_audit(request: KithRequest) -> Stream:
    """Send the log, or what the filters leave of it, as a file."""
    wanted = request.query_params.get("format", ExportFormat.CSV.value)
    if wanted not in set(ExportFormat):
        raise NotFound("The log can be had as csv or jsonl.")
    form = ExportFormat(wanted)
    return Stream(
        export_entries(read_audit_filter(request.query_params), form),
        media_type=MEDIA_TYPES[form],
        headers={"content-disposition": f'attachment; filename="audit-{now():%Y-%m-%d}.{form}"'},
    )


def _entry_id(text: str) -> int:
    return whole_number(text, digits=ID_DIGITS) or 0


def _with_chosen(offered: list[str], chosen: str) -> list[str]:
    return offered if not chosen or chosen in offered else [chosen, *offered]


AUDIT_ROUTES = (audit_page, export_audit)
