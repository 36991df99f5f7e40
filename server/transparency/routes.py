"""The page that tells everybody how this place is looked after."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

from server.clock import now
from server.transparency.chart import bar_chart
from server.transparency.service import read_months
from server.transparency.tables import TABLES
from server.web.pages import page
from server.web.request import KithRequest


@get("/transparency")
async def transparency_page(request: KithRequest) -> Template:
    """Show the numbers of the last whole months."""
    months = await read_months(request.app.state.redis, now=now())
    return await page(
        request,
        "transparency/transparency.html",
        months=months,
        tables=TABLES,
        chart=bar_chart(
            "Posts written by month; all numbers are in the table below.",
            [(f"{month.first:%b %y}", month.numbers.get("posts", 0)) for month in months],
        ),
    )


TRANSPARENCY_ROUTES = (transparency_page,)
