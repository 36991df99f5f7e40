"""Reading a thread, opening one, and answering in it."""

from __future__ import annotations

from litestar import get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from server.clock import now
from server.errors import NotFound
from server.forum.boards import BoardView, find_board
from server.forum.composing import (
    compose_page,
    composing_context,
    form_from_draft,
    require_same_writer,
    wants_posting,
)
from server.forum.drafts import find_draft
from server.forum.forms import WritingForm, check_body, check_title, read_writing, with_new_key
from server.forum.notes import read_note_choices
from server.forum.outbox import wake_triage
from server.forum.posts import (
    AnsweredGone,
    BoardClosed,
    SentBefore,
    ThreadGone,
    Writing,
    pause_of,
    write_reply,
    write_thread,
)
from server.forum.reading import (
    PostRow,
    ThreadHead,
    find_thread,
    locate_post,
    parse_position,
    read_one_post,
    read_posts,
)
from server.forum.views import view_posts
from server.forum.visits import remember_reading
from server.notices.service import mark_posts_read
from server.support.offering import is_support_offered
from server.web.authentication import require_viewer, requires_member
from server.web.kept import read_form
from server.web.pages import go, lead_on, page, said_here
from server.web.rate_limits import count
from server.web.request import KithRequest
from server.web.sentences import SAID
from server.web.viewer import Viewer, viewer_of

JUST_WRITTEN = ("posted", "edited")
"""What a page says right after somebody wrote: then it waits for triage's answer."""


@get("/threads/{thread_id:int}")
async def thread_page(request: KithRequest, thread_id: FromPath[int]) -> Template:
    """Show 25 posts of a thread: from the beginning, from a position on, or before one."""
    viewer = viewer_of(request)
    head = await find_thread(thread_id, viewer)
    start = parse_position(request.query_params.get("from", "")) or (0, 0)
    before = parse_position(request.query_params.get("before", ""))
    posts = await read_posts(thread_id, viewer, start=start, before=before)
    views = await view_posts(head, posts.posts, viewer, await read_note_choices(viewer.id if viewer else None))
    place = f"thread:{thread_id}"
    answer = await page(
        request,
        "forum/thread.html",
        head=head,
        posts=views,
        earlier=posts.earlier,
        later=posts.later,
        paused=await pause_of(viewer.id, at=now()) if viewer else "",
        just_posted=viewer is not None and said_here(request) in JUST_WRITTEN,
        **(await composing_context(request, place, None) if viewer else {}),
    )
    if viewer is not None and posts.posts:
        answer.background = BackgroundTask(_remember_reading, viewer, head, [row.id for row in posts.posts])
    return answer


async def _remember_reading(viewer: Viewer, head: ThreadHead, post_ids: list[int]) -> None:
    if max(post_ids) > head.last_read:
        await remember_reading(viewer.id, head.id, post_ids, read_up_to=head.last_read)
    if viewer.unread_notices:
        await mark_posts_read(viewer.id, head.id, post_ids, at=now())


@get("/posts/{post_id:int}")
async def post_place(request: KithRequest, post_id: FromPath[int]) -> Redirect:
    """Lead to a post where it stands in its thread."""
    viewer = viewer_of(request)
    thread_id, start = await locate_post(post_id, viewer)
    said = said_here(request)
    # What was just written may call for help: then the page opens at the offer, not below it.
    is_offered = said in JUST_WRITTEN and viewer is not None and await is_support_offered(viewer.id)
    part = "beginning" if is_offered else f"post-{post_id}"
    place = f"/threads/{thread_id}{f'?from={start}' if start else ''}#{part}"
    return go(place, said=said)


@get("/boards/{slug:str}/new", guards=[requires_member])
async def new_thread(request: KithRequest, slug: FromPath[str]) -> Template:
    """Show the form for a new thread."""
    return await _compose_thread(request, await find_board(slug), form=None)


@post("/boards/{slug:str}/new", guards=[requires_member], status_code=200)
async def open_thread(request: KithRequest, slug: FromPath[str]) -> Response[str] | Template | Redirect:
    """Open a thread, or show the form again with what to look at."""
    viewer = require_viewer(request)
    fields = await read_form(request)
    require_same_writer(request, fields)
    board = await find_board(slug)
    form = read_writing(fields)
    errors = check_title(form) | check_body(form)
    if not await wants_posting(form, errors, viewer):
        return await _compose_thread(request, board, form=form, errors=errors)
    await count(request, "post")
    try:
        written = await write_thread(
            board_id=board.id,
            author_id=viewer.id,
            title=form.title,
            writing=Writing(form.body, form.note, form.key),
            at=now(),
        )
    except SentBefore as problem:
        return await _compose_thread(request, board, form=with_new_key(form), errors={"body": problem.sentence})
    await wake_triage(request.app.state.redis)
    return lead_on(request, f"/threads/{written.thread_id}", said="posted")


@get("/threads/{thread_id:int}/reply", guards=[requires_member])
async def new_reply(request: KithRequest, thread_id: FromPath[int]) -> Template:
    """Show the form for an answer to a thread or, with ``?to=``, to one of its posts while that is there."""
    viewer = require_viewer(request)
    head = await find_thread(thread_id, viewer)
    try:
        return await _compose_reply(request, head, await _answered_post(request, head), form=None)
    except AnsweredGone as gone:
        begun = await find_draft(viewer.id, f"thread:{head.id}:{await _answered_id(request)}")
        return await _compose_reply(
            request, head, None, form=None, fallback=form_from_draft(begun, WritingForm()), errors=_said_of(gone)
        )


@post("/threads/{thread_id:int}/replies", guards=[requires_member], status_code=200)
async def reply(request: KithRequest, thread_id: FromPath[int]) -> Response[str] | Template | Redirect:
    """Answer, or show the form again with what to look at; htmx gets the new post in place."""
    viewer = require_viewer(request)
    fields = await read_form(request)
    require_same_writer(request, fields)
    head = await _find_answered_thread(thread_id, viewer)
    form = read_writing(fields)
    errors = check_body(form)
    answered = None
    try:
        answered = await _answered_post(request, head)
        if not await wants_posting(form, errors, viewer):
            return await _compose_reply(request, head, answered, form=form, errors=errors)
        await count(request, "post")
        written = await write_reply(
            thread_id=thread_id,
            author_id=viewer.id,
            answering=answered.id if answered else None,
            writing=Writing(form.body, form.note, form.key),
            at=now(),
        )
    except SentBefore as problem:
        errors = {"body": problem.sentence}
        return await _compose_reply(request, head, answered, form=with_new_key(form), errors=errors)
    except AnsweredGone as gone:
        return await _compose_reply(request, head, None, form=form, errors=_said_of(gone))
    await wake_triage(request.app.state.redis)
    if _is_in_thread(request):
        return await _posted_fragment(request, head, written.post_id)
    return lead_on(request, f"/posts/{written.post_id}", said="posted")


def _is_in_thread(request: KithRequest) -> bool:
    """Tell whether htmx sends the form that stands below the thread, and not one on a page of its own."""
    return request.headers.get("hx-target") == "reply-form"


async def _compose_thread(
    request: KithRequest, board: BoardView, *, form: WritingForm | None, errors: dict[str, str] | None = None
) -> Template:
    if board.archived:
        raise BoardClosed
    return await compose_page(
        request,
        "forum/new_thread.html",
        place=f"board:{board.id}",
        form=form,
        errors=errors,
        board=board,
    )


async def _compose_reply(
    request: KithRequest,
    head: ThreadHead,
    answered: PostRow | None,
    *,
    form: WritingForm | None,
    fallback: WritingForm | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    viewer = require_viewer(request)
    choices = await read_note_choices(viewer.id)
    return await compose_page(
        request,
        "forum/_reply_form.html" if _is_in_thread(request) else "forum/reply.html",
        place=f"thread:{head.id}:{answered.id}" if answered else f"thread:{head.id}",
        form=form,
        fallback=fallback,
        errors=errors,
        head=head,
        answered=(await view_posts(head, [answered], viewer, choices))[0] if answered else None,
    )


def _said_of(gone: AnsweredGone) -> dict[str, str]:
    return {"body": f"{gone.title}. {gone.sentence}"}


async def _posted_fragment(request: KithRequest, head: ThreadHead, post_id: FromPath[int]) -> Template:
    viewer = require_viewer(request)
    row = await read_one_post(head.id, post_id, viewer)
    return await page(
        request,
        "forum/_posted.html",
        head=head,
        posts=await view_posts(head, [row] if row else [], viewer, {}),
        messages=[SAID["posted"]],
        **await composing_context(request, f"thread:{head.id}", None),
    )


async def _find_answered_thread(thread_id: int, viewer: Viewer) -> ThreadHead:
    try:
        return await find_thread(thread_id, viewer)
    except NotFound as gone:
        raise ThreadGone from gone


async def _answered_id(request: KithRequest) -> int | None:
    given = request.query_params.get("to") or (await read_form(request)).get("answering", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


async def _answered_post(request: KithRequest, head: ThreadHead) -> PostRow | None:
    answered_id = await _answered_id(request)
    if answered_id is None:
        return None
    row = await read_one_post(head.id, answered_id, require_viewer(request))
    if row is None or row.state not in ("published", "covered"):
        raise AnsweredGone
    return row


THREAD_ROUTES = (thread_page, post_place, new_thread, open_thread, new_reply, reply)
