"""What a title should not say is blacked out like a passage of the post: everywhere, and so that it can come back."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from models.database import fetch_one
from server.clock import now
from server.forum.changes import Change, change_post
from server.forum.notes import ContentNote
from server.forum.own_words import BLACKED_OUT
from server.moderation.deciding import decide
from server.moderation.forms import DecisionForm
from tests.support.cases import an_assessment, decided, flag_post, open_cases
from tests.support.classifiers import Judge, triage_with
from tests.support.conversation import BoardInTest, a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.queue.claims import claim
from triage.scales import Severity
from triage.training.decisions import read_decisions

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser
    from triage.assessment import Assessment
    from triage.posts import Post

DOSE = "thirty tablets of paracetamol"
TITLE = f"About {DOSE} last winter"
BLACKED = f"About {BLACKED_OUT} last winter"
BODY = "I am past it, and I want to talk about the winter."


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def thread(board: BoardInTest, author: Person) -> Written:
    return await a_thread(board, author, title=TITLE, body=BODY)


@pytest.fixture
async def case_id(thread: Written, moderator: Person) -> int:
    """A case about the post with this title; the moderator has it."""
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    return case_id


async def send(client: httpx.AsyncClient, case_id: int, act: str = "decide", **fields: str) -> httpx.Response:
    return await submit(
        client, f"/moderation/cases/{case_id}/decide", {"revision": "1", "act": act, **fields}, page="/me"
    )


async def black_out(thread: Written, *cuts: str) -> None:
    """Have another moderator black passages out."""
    colleague = await a_member("calm-owl-7", role="moderator")
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, colleague.id, at=now())
    await decide(case_id, colleague.id, DecisionForm(revision=1, cuts=cuts), at=now())


async def title_of(thread: Written) -> str:
    return (await fetch_one("SELECT title FROM thread WHERE id = $1", thread.thread_id))["title"]


async def test_amount_in_a_title_is_proposed_and_blacked_out_by_the_same_form(
    client: httpx.AsyncClient, thread: Written, author: Person, case_id: int
) -> None:
    assert f'name="cut-1" value="{DOSE}"' in (await client.get(f"/moderation/cases/{case_id}")).text

    answer = await send(client, case_id, **{"cut-1": DOSE})

    assert answer.status_code == 303, answer.text
    assert await title_of(thread) == BLACKED
    notice = await fetch_one("SELECT kind FROM notice WHERE member = $1", author.id)
    assert notice["kind"] == "post-cut"
    assert (await fetch_one("SELECT act FROM decision"))["act"] == "black-out"


async def test_what_stands_in_title_and_text_goes_from_both(
    client: httpx.AsyncClient, board: BoardInTest, author: Person, moderator: Person
) -> None:
    both = await a_thread(board, author, title="Anna from Mill Lane", body="I met Anna from Mill Lane.")
    case_id = await flag_post(both.post_id)
    await claim(case_id, moderator.id, at=now())

    await send(client, case_id, cut_other="Anna from Mill Lane")

    post = await fetch_one("SELECT body, revision FROM post WHERE id = $1", both.post_id)
    assert (post["body"], post["revision"], await title_of(both)) == (f"I met {BLACKED_OUT}.", 2, BLACKED_OUT)


async def test_case_of_an_answer_leaves_the_title_to_the_opening_post(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    answer = await a_reply(thread, await a_member("brave-heron-7"), "Thank you for telling.")
    case_id = await flag_post(answer)
    await claim(case_id, moderator.id, at=now())
    assert DOSE not in (await client.get(f"/moderation/cases/{case_id}")).text.partition('id="step-safe"')[2]

    refused = await send(client, case_id, cut_other=DOSE)

    assert refused.status_code == 422
    assert "not in the post word for word" in refused.text
    assert await title_of(thread) == TITLE


@pytest.fixture
async def reader(app: Litestar, thread: Written) -> Person:
    """Somebody who answered, follows the thread and was told of a new answer, and to whom the title was shown."""
    person = await a_member("brave-heron-7")
    await a_reply(thread, person, "The winter was long for me too.")
    await a_reply(thread, await a_member("calm-fern-12"), "And here, that winter.")
    return person


PLACES = ("/", "/boards/{slug}", "/threads/{thread}", "/threads/{thread}/reply", "/me", "/notices",
          "/posts/{post}/worried", "/search?q=winter", "/search?q=about+winter+last")  # fmt: skip
SHOWN = [(who, place) for who in ("reader", "author") for place in PLACES]


@pytest.mark.parametrize(
    ("who", "place"), [*SHOWN, ("reader", "/posts/{post}/report"), ("author", "/posts/{post}/edit")]
)
async def test_nobody_reads_it_any_more(
    app: Litestar, new_browser: NewBrowser, board: BoardInTest, thread: Written, author: Person, reader: Person,
    who: str, place: str,
) -> None:  # fmt: skip
    browser = new_browser()
    await enter(browser, app, reader if who == "reader" else author)
    path = place.format(slug=board.slug, thread=thread.thread_id, post=thread.post_id)
    assert TITLE in (await browser.get(path)).text

    await black_out(thread, DOSE)

    page = (await browser.get(path)).text
    assert BLACKED in page
    assert DOSE not in page


async def test_page_of_the_thread_says_it_in_neither_heading_nor_tab_nor_address(
    client: httpx.AsyncClient, thread: Written
) -> None:
    await black_out(thread, DOSE)

    answer = await client.get(f"/posts/{thread.post_id}", follow_redirects=True)

    assert f"<h1>{BLACKED}</h1>" in answer.text
    assert BLACKED in answer.text.partition("<title>")[2].partition("</title>")[0]
    assert DOSE not in answer.text
    assert str(answer.url).partition("#")[0].endswith(f"/threads/{thread.thread_id}")


@pytest.mark.parametrize("words", ["paracetamol", "paracetamoll", '"thirty tablets"'])
async def test_search_does_not_find_what_was_blacked_out(
    client: httpx.AsyncClient, thread: Written, words: str
) -> None:
    link = f'href="/threads/{thread.thread_id}"'
    assert link in (await client.get("/search", params={"q": words})).text

    await black_out(thread, DOSE)

    assert link not in (await client.get("/search", params={"q": words})).text
    assert link in (await client.get("/search", params={"q": "last winter"})).text


async def test_export_of_somebody_else_does_not_hold_it(
    app: Litestar, client: httpx.AsyncClient, thread: Written, reader: Person
) -> None:
    await black_out(thread, DOSE)
    await enter(client, app, reader)

    answer = await submit(client, "/account/export", page="/account/export")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        held = "".join(archive.read(name).decode() for name in archive.namelist())
    assert BLACKED in held
    assert DOSE not in held


async def test_classifier_reads_anew_what_is_left_and_reopens_nothing(app: Litestar, thread: Written) -> None:
    read: list[Post] = []

    def judge(post: Post) -> Assessment:
        read.append(post)
        return an_assessment(Severity.AMBER if DOSE in post.title else Severity.RED)

    triage = triage_with(app, Judge(judge))
    await triage.drain()
    await black_out(thread, DOSE)

    await triage.drain()

    assert [post.title for post in read] == [TITLE, BLACKED]
    newest = await fetch_one("SELECT severity, revision FROM assessment ORDER BY revision DESC LIMIT 1")
    assert (newest["severity"], newest["revision"]) == (Severity.RED, 2)
    assert await open_cases() == []


async def test_moderator_learns_from_the_title_that_was_judged(app: Litestar, thread: Written, first: Person) -> None:
    case_id = await flag_post(thread.post_id)
    await claim(case_id, first.id, at=now())

    await decide(case_id, first.id, DecisionForm(revision=1, cuts=(DOSE,), severity=Severity.AMBER), at=now())

    assert [example.post.title for example in await read_decisions()] == [TITLE]


async def test_original_title_is_opened_with_a_trace_and_put_back_by_a_decision(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    await black_out(thread, DOSE)
    case_id = await flag_post(thread.post_id)
    await claim(case_id, moderator.id, at=now())
    assert DOSE not in (await client.get(f"/moderation/cases/{case_id}")).text

    assert DOSE in (await send(client, case_id, "show-original", revision="2")).text
    answer = await send(client, case_id, revision="2", restores_original="on")

    assert answer.status_code == 303, answer.text
    assert await title_of(thread) == TITLE
    opened = await fetch_one("SELECT subject, actor FROM audit_entry WHERE act = 'open-original'")
    assert (opened["subject"], opened["actor"]) == (f"case:{case_id}", moderator.id)


async def test_earlier_title_is_not_read_among_earlier_versions_without_a_trace(
    client: httpx.AsyncClient, thread: Written, moderator: Person
) -> None:
    await black_out(thread, DOSE)

    assert DOSE in (await client.get(f"/posts/{thread.post_id}/history")).text

    opened = await fetch_one("SELECT subject, actor FROM audit_entry WHERE act = 'open-original'")
    assert (opened["subject"], opened["actor"]) == (f"post:{thread.post_id}", moderator.id)


async def test_black_out_of_a_title_is_taken_back(
    client: httpx.AsyncClient, thread: Written, case_id: int, moderator: Person
) -> None:
    await send(client, case_id, **{"cut-1": DOSE})
    decision = (await fetch_one("SELECT id FROM decision"))["id"]

    answer = await submit(client, f"/moderation/decisions/{decision}/undo", page="/me")

    assert answer.status_code == 303
    assert await title_of(thread) == TITLE
    assert [case["id"] for case in await open_cases()] == [case_id]


async def test_title_that_its_author_wrote_anew_is_not_overwritten(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser, thread: Written, author: Person,
    moderator: Person,
) -> None:  # fmt: skip
    await black_out(thread, DOSE)
    theirs = new_browser()
    await enter(theirs, app, author)
    edit = f"/posts/{thread.post_id}/edit"
    changed = await submit(
        theirs, edit, {"title": "About last winter", "body": BODY, "revision": "2", "intent": "post"}, page=edit
    )
    assert changed.status_code == 303, changed.text
    case_id = await flag_post(thread.post_id)
    await claim(case_id, moderator.id, at=now())

    page = (await client.get(f"/moderation/cases/{case_id}")).text
    answer = await send(client, case_id, revision="3", restores_original="on")

    assert "Open the original" not in page
    assert answer.status_code == 409
    assert await title_of(thread) == "About last winter"


async def test_author_can_object_to_a_title_that_was_blacked_out(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person
) -> None:
    await black_out(thread, DOSE)
    await enter(client, app, author)
    path = f"/posts/{thread.post_id}/appeal"

    assert f'href="{path}?decision=' in (await client.get("/notices")).text
    assert f'href="{path}"' in (await client.get(f"/threads/{thread.thread_id}")).text
    assert (await submit(client, path, {"details": "It helps to know."}, page="/me")).status_code == 303
    assert len(await open_cases()) == 1


async def test_answer_below_a_title_that_was_blacked_out_has_nothing_to_object_to(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person
) -> None:
    answer = await a_reply(thread, author, f"It was {DOSE}.")
    await decided(answer, await a_member("calm-owl-8", role="moderator"), DecisionForm(revision=1, cuts=(DOSE,)))
    await black_out(thread, DOSE)
    await change_post(answer, author.id, Change("", "It was too much.", ContentNote(), 2), at=now())
    await enter(client, app, author)

    assert "This is over" in (await client.get(f"/posts/{answer}/appeal")).text
