"""Appeals: an author objects once, somebody else decides, and the author hears what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, fetch_one
from server.clock import now
from server.errors import NotAllowed, NotFound
from server.forum.taking_down import delete_post
from server.moderation.acts import Pause, PostAct
from server.moderation.appealing import appeal
from server.moderation.deciding import NobodyToAsk, OwnDecision, ask_second_opinion, decide
from server.moderation.forms import DecisionForm
from server.notices.service import list_notices
from tests.support.cases import decided, flag_post, open_cases
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import Person, a_member, enter, submit
from triage.queue.claims import claim, claim_next, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from server.forum.posts import Written
    from tests.support.app import NewBrowser

BODY = "The leaflet says twenty tablets of magnesium."
REMOVE = DecisionForm(revision=1, post_act=PostAct.REMOVE, reason="Detail.")


@pytest.fixture
async def thread(author: Person) -> Written:
    return await a_thread(await a_board(), author, body=BODY)


@pytest.fixture
async def browser(app: Litestar, new_browser: NewBrowser, author: Person) -> httpx.AsyncClient:
    """The author's."""
    browser = new_browser()
    await enter(browser, app, author)
    return browser


async def appealed(post_id: int, author: Person, moderator: Person, form: DecisionForm = REMOVE) -> int:
    """Let an author appeal against a moderator's decision, and return the case."""
    await appeal(await decided(post_id, moderator, form), author.id, "Please look again.", at=now())
    [case] = await open_cases()
    return int(case["id"])  # type: ignore[call-overload]


async def state_of(post_id: int) -> str:
    return (await fetch_one("SELECT state FROM post WHERE id = $1", post_id))["state"]


@pytest.mark.parametrize(
    "form",
    [
        DecisionForm(revision=1, post_act=PostAct.HOLD, reason="Why."),
        DecisionForm(revision=1, post_act=PostAct.COVER, note_topic="medical"),
        DecisionForm(revision=1, cuts=("twenty tablets",)),
        REMOVE,
        DecisionForm(revision=1, pause=Pause.DAY, reason="Why."),
        DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="Why."),
    ],
)
async def test_author_can_appeal_from_the_post_and_from_the_notice(
    browser: httpx.AsyncClient, thread: Written, first: Person, form: DecisionForm
) -> None:
    decision = await decided(thread.post_id, first, form)
    path = f"/posts/{thread.post_id}/appeal"

    assert f'href="{path}"' in (await browser.get(f"/threads/{thread.thread_id}")).text
    assert f'href="{path}?decision={decision}"' in (await browser.get("/notices")).text
    sent = await submit(browser, path, {"details": "There was none."}, page="/me")
    assert sent.status_code == 303
    assert "You have asked already" in (await browser.get(path)).text
    assert len(await open_cases()) == 1


async def test_nothing_is_to_be_appealed_where_nothing_was_taken(
    browser: httpx.AsyncClient, thread: Written, first: Person
) -> None:
    await decided(thread.post_id, first, DecisionForm(revision=1, words="I read this."))

    assert f"/posts/{thread.post_id}/appeal" not in (await browser.get(f"/threads/{thread.thread_id}")).text
    assert (await browser.get(f"/posts/{thread.post_id}/appeal")).status_code == 404


async def test_others_are_shown_no_appeal(
    app: Litestar, new_browser: NewBrowser, thread: Written, first: Person
) -> None:
    await decided(thread.post_id, first, DecisionForm(revision=1, post_act=PostAct.COVER))
    reader = new_browser()
    await enter(reader, app, await a_member("brave-wren-7"))

    assert "/appeal" not in (await reader.get(f"/threads/{thread.thread_id}")).text


async def test_removed_answer_to_an_answer_is_still_there_for_its_author(
    app: Litestar, new_browser: NewBrowser, browser: httpx.AsyncClient, thread: Written, author: Person, first: Person
) -> None:
    other = await a_member("brave-wren-7")
    answer = await a_reply(thread, other)
    nested = await a_reply(thread, author, "No, you are wrong.", to=answer)
    await decided(nested, first, REMOVE)
    reader = new_browser()
    await enter(reader, app, other)

    own = (await browser.get(f"/threads/{thread.thread_id}")).text
    assert "No, you are wrong." in own
    assert f'href="/posts/{nested}/appeal"' in own
    assert f'id="post-{nested}"' not in (await reader.get(f"/threads/{thread.thread_id}")).text


async def test_post_that_its_author_took_down_is_not_to_be_appealed(
    thread: Written, author: Person, first: Person
) -> None:
    held = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="Why.")
    decision = await decided(thread.post_id, first, held)
    await delete_post(thread.post_id, author.id, at=now())

    with pytest.raises(NotFound):
        await appeal(decision, author.id, "Please look again.", at=now())

    assert await open_cases() == []


async def test_whoever_decided_does_not_decide_the_appeal(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    case_id = await appealed(thread.post_id, author, first)

    assert await claim(case_id, first.id, at=now()) is None
    assert await claim_next(first.id, at=now()) is None


async def test_whoever_has_the_case_already_does_not_decide_the_appeal_either(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person, first: Person, second: Person
) -> None:
    decision = await decided(thread.post_id, first, REMOVE)
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, first.id, at=now())
    await appeal(decision, author.id, "Please look again.", at=now())
    await enter(client, app, first, second_factor=True)

    fields = {"revision": "1", "act": "decide", "post_act": "release", "words": "A name stood there, and it is gone."}
    answer = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")

    assert answer.status_code == 409
    assert "Another moderator than you is to decide this case" in answer.text
    assert "Not this one" in answer.text
    assert "A name stood there, and it is gone." in answer.text
    assert await state_of(thread.post_id) == "removed"


async def test_what_is_urgent_does_not_wait_for_another_moderator_where_there_is_none(
    thread: Written, author: Person, first: Person
) -> None:
    case_id = await appealed(thread.post_id, author, first)
    assert await claim(case_id, first.id, at=now())
    with pytest.raises(OwnDecision):
        await decide(case_id, first.id, DecisionForm(revision=1, words="I am here."), at=now())

    assert await flag_post(thread.post_id, Severity.CRISIS) == case_id

    await decide(case_id, first.id, DecisionForm(revision=1, words="I am here."), at=now())
    told = [line.sentence for line in (await list_notices(author.id)).rows]
    assert not any("Another moderator" in sentence for sentence in told)
    assert any("your request still waits for another moderator" in sentence for sentence in told)
    assert [case["severity"] for case in await open_cases()] == [Severity.AMBER]


async def test_what_is_urgent_waits_for_another_moderator_until_its_deadline_alone(
    thread: Written, author: Person, first: Person, second: Person
) -> None:
    case_id = await appealed(thread.post_id, author, first)
    await flag_post(thread.post_id, Severity.CRISIS)

    assert await claim(case_id, first.id, at=now()) is None
    assert await claim(case_id, first.id, at=now() + timedelta(minutes=6))


async def test_whoever_asked_for_a_second_opinion_does_not_decide(
    thread: Written, first: Person, second: Person
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, first.id, at=now())
    await ask_second_opinion(case_id, first.id, at=now())

    assert await claim(case_id, first.id, at=now()) is None


async def test_a_second_opinion_is_not_asked_for_where_nobody_could_give_one(
    thread: Written, first: Person, second: Person
) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, first.id, at=now())
    await ask_second_opinion(case_id, first.id, at=now())
    assert await claim(case_id, second.id, at=now())

    with pytest.raises(NobodyToAsk):
        await ask_second_opinion(case_id, second.id, at=now())
    await decide(case_id, second.id, DecisionForm(revision=1), at=now())


async def test_where_there_is_no_other_moderator_its_author_is_told_that_it_waits_for_one(
    app: Litestar, client: httpx.AsyncClient, browser: httpx.AsyncClient, thread: Written, first: Person
) -> None:
    await decided(thread.post_id, first, REMOVE)
    path = f"/posts/{thread.post_id}/appeal"
    alone = (
        "There is no other moderator here right now. Your request waits until there is one. "
        "Until then the one who decided can only give back what they took."
    )

    assert alone in (await browser.get(path)).text
    sent = await submit(browser, path, {"details": "There was none."}, page="/me")
    assert alone in (await browser.get(sent.headers["location"])).text
    asked = (await browser.get(path)).text
    assert f"You have asked already. {alone}" in asked
    assert "Somebody else" not in asked

    await a_member("calm-owl-2", role="moderator")
    [case] = await open_cases()
    await enter(client, app, first, second_factor=True)
    refused = await submit(client, f"/moderation/cases/{case['id']}/claim", page="/me")
    assert "or for another moderator than you." in (await client.get(refused.headers["location"])).text
    page = (await browser.get(path)).text
    assert alone not in page
    assert "Somebody else is going to read it" in page


@pytest.mark.parametrize("role", ["moderator", "clinician", "admin"])
async def test_where_there_is_another_one_nothing_is_said_of_waiting_for_one(
    browser: httpx.AsyncClient, thread: Written, first: Person, role: str
) -> None:
    await decided(thread.post_id, first, REMOVE)
    await a_member("wise-crane-3", role=role)

    page = (await browser.get(f"/posts/{thread.post_id}/appeal")).text

    assert "another one will look at it, once" in page
    assert "no other moderator" not in page


async def test_moderator_whose_own_post_it_is_is_not_the_other_one(
    app: Litestar, client: httpx.AsyncClient, first: Person, second: Person
) -> None:
    own = await a_thread(await a_board(), second, body=BODY)
    await decided(own.post_id, first, REMOVE)
    await enter(client, app, second, second_factor=True)

    assert "There is no other moderator here right now." in (await client.get(f"/posts/{own.post_id}/appeal")).text


async def test_case_that_was_merely_handed_back_may_be_taken_again(thread: Written, first: Person) -> None:
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, first.id, at=now())
    await hand_back(case_id, first.id, at=now())

    assert await claim(case_id, first.id, at=now()) is not None


async def test_author_hears_that_the_decision_stays_and_that_this_is_final(
    browser: httpx.AsyncClient, thread: Written, author: Person, first: Person, second: Person
) -> None:
    case_id = await appealed(thread.post_id, author, first)
    assert await claim(case_id, second.id, at=now())

    kept = await decide(case_id, second.id, DecisionForm(revision=1), at=now())

    newest = (await list_notices(author.id)).rows[0]
    assert newest.sentence == "Another moderator looked at your post again. The decision stays as it was."
    page = (await browser.get(f"/posts/{thread.post_id}/appeal")).text
    assert "what was decided is final" in page
    assert "<textarea" not in page
    with pytest.raises(NotFound):
        await appeal(kept, author.id, "Again.", at=now())


async def test_decision_on_an_appeal_is_final_also_where_it_is_another_one(
    browser: httpx.AsyncClient, thread: Written, author: Person, first: Person, second: Person
) -> None:
    case_id = await appealed(thread.post_id, author, first)
    assert await claim(case_id, second.id, at=now())
    cover = DecisionForm(revision=1, post_act=PostAct.COVER)
    changed = await decide(case_id, second.id, cover, at=now())

    with pytest.raises(NotAllowed, match="final"):
        await appeal(changed, author.id, "Again.", at=now())

    answer = await submit(browser, f"/posts/{thread.post_id}/appeal", {"details": "Please, again."}, page="/me")
    assert answer.status_code == 409
    assert "what was decided is final" in answer.text
    assert "Please, again." in answer.text
    assert await open_cases() == []


async def test_upheld_appeal_lets_a_paused_author_write_again(
    app: Litestar, client: httpx.AsyncClient, thread: Written, author: Person, first: Person, second: Person
) -> None:
    form = DecisionForm(revision=1, pause=Pause.FOR_GOOD, reason="Why.")
    case_id = await appealed(thread.post_id, author, first, form)
    assert await claim(case_id, second.id, at=now())
    await enter(client, app, second, second_factor=True)

    assert "Let them write again" in (await client.get(f"/moderation/cases/{case_id}")).text
    fields = {"revision": "1", "act": "decide", "pause": "0"}
    answer = await submit(client, f"/moderation/cases/{case_id}/decide", fields, page="/me")

    assert answer.status_code == 303, answer.text
    await a_reply(thread, author, "Thank you.")
    sentences = [line.sentence for line in (await list_notices(author.id)).rows]
    assert sentences[0] == "You can write again. A moderator ended the pause."
    assert "Another moderator looked at your post again. The decision stays as it was." not in sentences
    assert len(await fetch("SELECT 1 FROM decision WHERE act = 'lift-pause'")) == 1
