"""The members' pages of the myths, open to anybody, as the resources are."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from server.clock import now
from server.myths.kinds import TOPICS
from server.myths.service import by_topic, find_vetted, list_vetted
from server.text.cleaning import clean_line
from server.web.pages import page
from server.web.rate_limits import count
from server.web.request import KithRequest

MAX_CHARACTERS = 200


@get("/myths")
async def myths_page(request: KithRequest) -> Template:
    """Show the vetted myths by topic, narrowed by what the address says."""
    text = clean_line(request.query_params.get("q", "")[:MAX_CHARACTERS])
    topic = request.query_params.get("topic", "")
    topic = topic if topic in TOPICS else ""
    if text:
        await count(request, "search")
    return await page(
        request,
        "myths/list.html",
        groups=by_topic(await list_vetted(text=text, topic=topic, today=now().date())),
        text=text,
        topic=topic,
        topics=[("", "Any topic"), *TOPICS.items()],
    )


@get("/myths/{slug:str}")
async def myth_page(request: KithRequest, slug: FromPath[str]) -> Template:
    """Show one myth: what people say, and what is true."""
    return await page(
        request,
        "myths/myth.html",
        myth=await find_vetted(slug, today=now().date()),
    )


MYTH_ROUTES = (myths_page, myth_page)
