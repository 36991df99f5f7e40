"""The search page."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

from server.forum.boards import list_boards
from server.search.limits import SearchTookTooLong
from server.search.question import MAX_CHARACTERS, read_question
from server.search.service import search
from server.web.pages import page
from server.web.rate_limits import count
from server.web.request import KithRequest
from server.web.viewer import viewer_of


@get("/search")
async def search_page(request: KithRequest) -> Template:
    """Show the form, and what was found where something was asked."""
    question = read_question(request.query_params)
    viewer = viewer_of(request)
    answer, problem, status = None, "", 200
    if question.is_too_long:
        problem = f"That is too long to search for: {MAX_CHARACTERS} characters fit. Here is its beginning."
        status = 422
    elif question.words:
        await count(request, "search")
        try:
            answer = await search(question, viewer.id if viewer else None)
        except SearchTookTooLong as slow:
            problem, status = slow.sentence, slow.status
    return await page(
        request,
        "search/search.html",
        status_code=status,
        question=question,
        answer=answer,
        problem=problem,
        places=[("", "All boards"), *((board.slug, board.name) for board in await list_boards())],
    )


SEARCH_ROUTES = (search_page,)
