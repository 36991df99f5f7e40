"""The members' pages of the library. The list and its entries are open to anybody, as the help page is."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from server.clock import now
from server.help.needs import NEEDS
from server.members.next_page import HOME, local_path
from server.members.regions import region_named, regions
from server.resources.kinds import topic_name
from server.resources.service import Wanted, find_vetted, list_regions, list_topics, list_vetted
from server.resources.voices import list_saved, save_resource, say_whether_it_helped, unsave_resource, voice_of
from server.text.cleaning import clean_line
from server.text.numbers import whole_number
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, is_fragment, page
from server.web.rate_limits import count, limited
from server.web.request import KithRequest
from server.web.viewer import viewer_of

MAX_CHARACTERS = 200
LAST_PAGE = 1000


@get("/resources")
async def resources_page(request: KithRequest) -> Template:
    """Show the library, narrowed by what the address says; at first to the reader's own region."""
    today = now().date()
    wanted = _read_wanted(request)
    if wanted.text:
        await count(request, "search")
    number = _page_number(request.query_params.get("page", ""))
    found, has_more = await list_vetted(wanted, page=number, today=today)
    covered = {*await list_regions(today=today), wanted.region}
    return await page(
        request,
        "resources/list.html",
        resources=found,
        wanted=wanted,
        number=number,
        has_more=has_more,
        regions=[("", "Anywhere"), *((code, name) for code, name in regions().items() if code in covered)],
        needs=[("", "Anything"), *NEEDS.items()],
        topics=[("", "Any topic"), *((topic, topic_name(topic)) for topic in await list_topics(today=today))],
        names=regions(),
    )


@get("/resources/{slug:str}")
async def resource_page(request: KithRequest, slug: FromPath[str]) -> Template | Redirect:
    """Show one resource; an old one leads to what took its place."""
    viewer = viewer_of(request)
    found = await find_vetted(slug, today=now().date())
    if isinstance(found, str):
        return go(f"/resources/{found}")
    return await page(
        request,
        "resources/resource.html",
        resource=found,
        voice=await voice_of(found.id, viewer.id if viewer else None),
        names=regions(),
        topics=[(topic, topic_name(topic)) for topic in found.topics],
    )


@post("/resources/{slug:str}/save", guards=[requires_member, limited("react")], status_code=200)
async def save(request: KithRequest, slug: FromPath[str]) -> Template | Redirect:
    """Keep a resource for later."""
    await save_resource(slug, require_viewer(request).id, at=now())
    return await _answer(request, slug)


@post("/resources/{slug:str}/unsave", guards=[requires_member, limited("react")], status_code=200)
async def unsave(request: KithRequest, slug: FromPath[str]) -> Template | Redirect:
    """Keep it no longer."""
    await unsave_resource(slug, require_viewer(request).id)
    return await _answer(request, slug)


@post("/resources/{slug:str}/helped", guards=[requires_member, limited("react")], status_code=200)
async def helped(request: KithRequest, slug: FromPath[str]) -> Template | Redirect:
    """Say whether it helped, or take that back."""
    answer = (await read_form(request)).get("helped", "")
    await say_whether_it_helped(slug, require_viewer(request).id, answer, at=now())
    return await _answer(request, slug)


@get("/me/resources", guards=[requires_member])
async def saved_page(request: KithRequest) -> Template:
    """Show what the member kept."""
    saved = await list_saved(require_viewer(request).id, today=now().date())
    return await page(request, "resources/saved.html", saved=saved, names=regions())


async def _answer(request: KithRequest, slug: str) -> Template | Redirect:
    """Answer htmx with the buttons alone, anybody else with the page that they came from."""
    back = local_path((await read_form(request)).get("next", ""))
    found = await find_vetted(slug, today=now().date()) if is_fragment(request) else ""
    if isinstance(found, str):
        return go(f"/resources/{slug}" if back == HOME else back, said="saved")
    voice = await voice_of(found.id, require_viewer(request).id)
    fields = await read_form(request)
    return await page(
        request, "resources/_voice_answer.html", slug=slug, voice=voice, next=back, place=fields.get("place", "")[:40]
    )


def _read_wanted(request: KithRequest) -> Wanted:
    """Read the address; what does not exist narrows nothing."""
    viewer, asked = viewer_of(request), request.query_params
    own = (viewer.region if viewer else None) or request.app.state.settings.default_region
    need = asked.get("need", "")
    return Wanted(
        text=clean_line(asked.get("q", "")[:MAX_CHARACTERS]),
        region=region_named(asked.get("region", "").upper()) or "" if "region" in asked else own,
        need=need if need in NEEDS else "",
        topic=clean_line(asked.get("topic", "")[:40]),
    )


def _page_number(written: str) -> int:
    return min(whole_number(written, digits=4) or 1, LAST_PAGE)


RESOURCE_ROUTES = (resources_page, resource_page, save, unsave, helped, saved_page)
