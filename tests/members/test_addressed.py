"""A member's former name, in what moderators wrote to them and about their posts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from models.database import fetch, transaction
from server.clock import now
from server.members.erasure import erase_member
from server.moderation.acts import Pause, PostAct, Voice
from server.moderation.cases import add_note
from server.moderation.deciding import ask_second_opinion, decide, escalate, lock_post
from server.moderation.forms import DecisionForm
from tests.support.cases import decided, flag_post
from tests.support.conversation import a_board, a_reply, a_thread
from tests.support.people import a_member, enter, submit
from tests.support.waiting import somebody_waits_for_a_lock, until
from triage.queue.cases import hold_cases_of
from triage.queue.claims import claim

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from tests.support.app import NewBrowser


async def test_answer_of_a_moderator_keeps_no_former_name(app: Litestar, client: httpx.AsyncClient) -> None:
    person, moderator = await a_member("calm-otter-12"), await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), person)
    await a_reply(thread, await a_member("kind-finch-3"))
    words = DecisionForm(revision=1, words="Thank you, calm-otter-12. We are here.", voice=Voice.PUBLIC)
    await decided(thread.post_id, moderator, words)
    await enter(client, app, person)

    await submit(client, "/account/handle", {"handle": "Brave-Wren-7"})

    page = (await client.get(f"/threads/{thread.thread_id}")).text
    assert "Thank you, Brave-Wren-7. We are here." in page
    assert "calm-otter-12" not in page

    await erase_member(app.state.redis, person.id, at=now())

    [answer] = await fetch("SELECT body FROM post WHERE by_moderator")
    assert answer["body"] == "Thank you, a member who left. We are here."


async def test_former_name_is_kept_nowhere_in_what_moderators_wrote(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    person, moderator = await a_member("calm-otter-12"), await a_member("calm-owl-1", role="moderator")
    thread, colleague = await a_thread(await a_board(), person), new_browser()
    letter = DecisionForm(revision=1, words="Good to have you here, calm-otter-12.", voice=Voice.PRIVATE)
    held = DecisionForm(revision=1, post_act=PostAct.HOLD, reason="Dear calm-otter-12, this names a place.")
    for form in (letter, held):
        await decided(thread.post_id, moderator, form)
    case_id = await flag_post(thread.post_id)
    assert await claim(case_id, moderator.id, at=now())
    await add_note(case_id, moderator.id, "I know calm-otter-12 from before.", at=now())
    await escalate(case_id, moderator.id, why="calm-otter-12 is alone tonight.", at=now())
    await enter(client, app, person)
    await enter(colleague, app, moderator, second_factor=True)

    await submit(client, "/account/handle", {"handle": "Brave-Wren-7"})

    letters, case = (await client.get("/notices")).text, (await colleague.get(f"/moderation/cases/{case_id}")).text
    assert "Good to have you here, Brave-Wren-7." in letters
    for words in ("Dear Brave-Wren-7, this names", "I know Brave-Wren-7 from", "Brave-Wren-7 is alone tonight."):
        assert words in case
    assert "calm-otter-12" not in letters + case

    await erase_member(app.state.redis, person.id, at=now())

    for table in ("decision", "case_note", "moderation_case", "notice"):
        assert await fetch(f"SELECT 1 FROM {table}") == [], "all of it goes with the account"


async def test_former_name_is_kept_in_no_question_to_a_colleague(
    app: Litestar, client: httpx.AsyncClient, new_browser: NewBrowser
) -> None:
    person, colleague = await a_member("calm-otter-12"), new_browser()
    moderator, asked = [await a_member(f"calm-owl-{number}", role="moderator") for number in (1, 2)]
    case_id = await flag_post((await a_thread(await a_board(), person)).post_id)
    assert await claim(case_id, moderator.id, at=now())
    question = "What do you think?\ncalm-otter-12 wrote this before."
    await ask_second_opinion(case_id, moderator.id, question=question, at=now())
    await enter(client, app, person)
    await enter(colleague, app, asked, second_factor=True)

    await submit(client, "/account/handle", {"handle": "Brave-Wren-7"})

    for path in ("/moderation", f"/moderation/cases/{case_id}"):
        page = (await colleague.get(path)).text
        assert "What do you think?\nBrave-Wren-7 wrote this before." in page
        assert "calm-otter-12" not in page
    assert "The classifier flags it." in page


async def test_name_is_changed_after_a_decision_that_is_just_made(app: Litestar, client: httpx.AsyncClient) -> None:
    person, moderator = await a_member("calm-otter-12"), await a_member("calm-owl-1", role="moderator")
    post_id = (await a_thread(await a_board(), person)).post_id
    case_id = await flag_post(post_id)
    assert await claim(case_id, moderator.id, at=now())
    await escalate(case_id, moderator.id, why="calm-otter-12 writes to everybody.", at=now())
    assert await claim(case_id, moderator.id, at=now())
    await enter(client, app, person)
    is_held = asyncio.Event()

    async def change_name() -> httpx.Response:
        await is_held.wait()
        return await submit(client, "/account/handle", {"handle": "Brave-Wren-7"})

    changing = asyncio.create_task(change_name())
    async with transaction():
        await lock_post(post_id)
        await hold_cases_of(post_id)
        is_held.set()
        await until(somebody_waits_for_a_lock)
        paused = DecisionForm(revision=1, pause=Pause.DAY, reason="Please rest, calm-otter-12.")
        await decide(case_id, moderator.id, paused, at=now())

    assert (await changing).status_code == 303
    [case] = await fetch("SELECT escalation FROM moderation_case")
    [decision] = await fetch("SELECT words FROM decision")
    assert (case["escalation"], decision["words"]) == (
        "Brave-Wren-7 writes to everybody.", "Please rest, Brave-Wren-7.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("handle", "words", "after"),
    [
        ("988", "Call, or text 988. I am here, 988.", "Call, or text 988. I am here, 988."),
        ("116-123", "Try 116-123, day and night.", "Try 116-123, day and night."),
        ("you", "I hear you, you, and all of you.", "I hear you, you, and all of you."),
        ("text", "You can call, text, or chat.", "You can call, text, or chat."),
        ("lonely", "Tired, lonely, sad: you may say it.", "Tired, lonely, sad: you may say it."),
        ("B12", "Ask them about B12.", "Ask them about B12."),
        ("hope", "Thank you, hope. There is hope yet.", "Thank you, NEW. There is hope yet."),
        ("Marigold", "Hello Marigold, and welcome.\nGood night, Marigold", "Hello NEW, and welcome.\nGood night, NEW"),
        ("anna", "I am so sorry, anna-lena wrote that.", "I am so sorry, anna-lena wrote that."),
        ("otter41", "I read otter41's words.", "I read NEW's words."),
        ("otter-41", "Not otter-411, not my-otter-41.", "Not otter-411, not my-otter-41."),
    ],
)
async def test_only_a_name_is_changed_in_the_answer_of_a_moderator(
    app: Litestar, client: httpx.AsyncClient, handle: str, words: str, after: str
) -> None:
    person, moderator = await a_member(handle), await a_member("calm-owl-1", role="moderator")
    thread = await a_thread(await a_board(), person)
    await decided(thread.post_id, moderator, DecisionForm(revision=1, words=words, voice=Voice.PUBLIC))
    await enter(client, app, person)

    await submit(client, "/account/handle", {"handle": "Brave-Wren-7"})

    [answer] = await fetch("SELECT body FROM post WHERE by_moderator")
    assert answer["body"] == after.replace("NEW", "Brave-Wren-7")
