"""Whatever button a moderator presses, and whatever comes of it: what they typed is done, or stands there again."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.database import fetch
from server.clock import now
from server.moderation.deciding import decide
from server.moderation.forms import MAX_NOTE, DecisionForm
from tests.support.cases import flag_post, open_cases
from tests.support.conversation import BoardInTest, a_board, a_thread
from tests.support.people import Person, a_member, submit
from tests.support.resources import a_resource
from tests.support.saying import goes_to
from triage.queue.claims import claim, hand_back
from triage.scales import Severity

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

FIELDS = re.compile(r'<textarea id="(\w+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
TYPED = {
    "words": "My <answer> so far",
    "reason": "Too & fro",
    "question": "Would you hold it?",
    "escalate_why": "Alone tonight, they say.",
    "cut_other": "I cannot sleep",
    "details": "Ring me first.",
}
NOT_FOR_THEM = "This colleague cannot be given this case. Please choose somebody else."


@pytest.fixture
async def board(app: Litestar) -> BoardInTest:
    return await a_board()


@pytest.fixture
async def case_id(board: BoardInTest, author: Person, moderator: Person) -> int:
    """A case that the moderator has."""
    found = await flag_post((await a_thread(board, author, body="I cannot sleep again.")).post_id)
    assert await claim(found, moderator.id, at=now())
    return found


@pytest.fixture
async def colleague(app: Litestar) -> Person:
    return await a_member("calm-owl-2", role="moderator")


async def send(client: httpx.AsyncClient, case_id: int, button: str = "decide", **fields: str) -> httpx.Response:
    return await submit(client, f"/moderation/cases/{case_id}/{button}", {"revision": "1", **fields}, page="/me")


def typed(page: str) -> dict[str, str]:
    """Return what stands in the text fields of a page."""
    return {name: html.unescape(text) for name, text in FIELDS.findall(page)}


async def notes() -> list[str]:
    return [row["body"] for row in await fetch("SELECT body FROM case_note ORDER BY id")]


async def given_to() -> list[object]:
    return [case["assigned_to"] for case in await open_cases() if case["assigned_to"] is not None]


async def test_case_that_cannot_be_given_stands_there_with_everything(
    client: httpx.AsyncClient, case_id: int, colleague: Person
) -> None:

    answer = await send(client, case_id, "assign", colleague="nobody-at-all", **TYPED)

    assert answer.status_code == 409
    assert NOT_FOR_THEM in answer.text
    assert typed(answer.text) == TYPED
    assert re.search(r'<details id="give" open>', answer.text)
    assert await notes() == []


async def test_case_whose_time_ran_out_is_not_given_and_keeps_everything(
    client: httpx.AsyncClient, case_id: int, moderator: Person, colleague: Person
) -> None:
    await hand_back(case_id, moderator.id, at=now())

    answer = await send(client, case_id, "assign", colleague=colleague.handle, **TYPED)

    assert answer.status_code == 409
    assert "Your time on it ran out" in answer.text
    assert typed(answer.text) == TYPED
    assert await given_to() == []


async def test_note_that_was_not_added_yet_goes_along_with_the_case(
    client: httpx.AsyncClient, case_id: int, colleague: Person
) -> None:
    answer = await send(client, case_id, "assign", colleague=colleague.handle, details="They know me.")

    assert goes_to(answer) == ("/moderation", "passed-on")
    assert await notes() == ["They know me."]
    assert await given_to() == [colleague.id]


async def test_note_that_is_too_long_keeps_the_case_and_whom_it_was_for(
    client: httpx.AsyncClient, case_id: int, colleague: Person
) -> None:
    await a_member("calm-owl-0", role="moderator")
    long = "x" * (MAX_NOTE + 1)

    answer = await send(client, case_id, "assign", colleague=colleague.handle, details=long)

    assert answer.status_code == 422
    assert "A note has room for" in answer.text
    assert typed(answer.text)["details"] == long
    assert f'<option value="{colleague.handle}" selected>' in answer.text
    assert await given_to() == []


async def test_case_that_was_decided_meanwhile_gives_every_word_back(
    client: httpx.AsyncClient, case_id: int, moderator: Person, colleague: Person
) -> None:
    await hand_back(case_id, moderator.id, at=now())
    assert await claim(case_id, colleague.id, at=now())
    await decide(case_id, colleague.id, DecisionForm(revision=1), at=now())

    answer = await send(client, case_id, act="decide", **TYPED)

    assert answer.status_code == 409
    assert "Your words are below" in answer.text
    below = typed(answer.text)
    assert below["details"] == TYPED["details"]
    assert below["kept_words"].split("\n\n") == [text for name, text in TYPED.items() if name != "details"]


async def test_case_that_was_decided_meanwhile_shows_nothing_where_nothing_was_typed(
    client: httpx.AsyncClient, case_id: int, moderator: Person
) -> None:
    await decide(case_id, moderator.id, DecisionForm(revision=1), at=now())

    assert "What you wrote" not in (await send(client, case_id, act="decide")).text


@pytest.mark.parametrize("fields", [{}, {"act": ""}, {"act": "delete-everything"}])
async def test_form_without_a_button_that_we_know_decides_nothing(
    client: httpx.AsyncClient, case_id: int, moderator: Person, fields: dict[str, str]
) -> None:
    answer = await send(client, case_id, **fields, **TYPED)

    assert answer.status_code == 422
    assert "Nothing was done yet. Please press one of the buttons of this page." in answer.text
    assert typed(answer.text) == TYPED
    assert [case["claimed_by"] for case in await open_cases()] == [moderator.id]
    assert await fetch("SELECT 1 FROM decision") == []


@pytest.mark.parametrize("act", ["search-resources", "show-opinion", "show-original", "template-1", "unknown", ""])
async def test_looking_around_in_a_case_that_ran_out_does_not_let_go_of_another(
    client: httpx.AsyncClient, board: BoardInTest, author: Person, moderator: Person, act: str
) -> None:
    late = await flag_post((await a_thread(board, author)).post_id)
    assert await claim(late, moderator.id, at=now() - timedelta(hours=1))
    held = await flag_post((await a_thread(board, author)).post_id)
    assert await claim(held, moderator.id, at=now())

    answer = await send(client, late, act=act, again="1", **TYPED)

    assert typed(answer.text)["words"].startswith(TYPED["words"])
    with_me = [case["id"] for case in await open_cases() if case["claimed_until"] > now()]  # type: ignore[operator]
    assert with_me == [held]


@pytest.mark.parametrize("act", ["decide", "escalate", "second-opinion"])
async def test_case_that_ran_out_is_taken_again_by_what_moves_it(
    client: httpx.AsyncClient, board: BoardInTest, author: Person, moderator: Person, colleague: Person, act: str
) -> None:
    late = await flag_post((await a_thread(board, author)).post_id, Severity.RED)
    assert await claim(late, moderator.id, at=now() - timedelta(hours=1))

    answer = await send(client, late, act=act, again="1", words="I read this.")

    assert answer.status_code == 303, answer.text


async def test_who_has_nobody_to_ask_keeps_the_case_with_everything(client: httpx.AsyncClient, case_id: int) -> None:
    offered = (await client.get(f"/moderation/cases/{case_id}")).text

    answer = await send(client, case_id, act="second-opinion", **TYPED)

    assert 'value="second-opinion"' not in offered
    assert answer.status_code == 409
    assert "There is nobody else on the staff who could decide this case" in answer.text
    assert typed(answer.text) == TYPED
    assert 'value="second-opinion"' not in answer.text
    assert len(await open_cases()) == 1


BEGUN = ["Begun as an answer: My <answer> so far", "Begun as words to the author: Too & fro"]


@pytest.mark.parametrize("act", ["escalate", "second-opinion", "assign"])
async def test_answer_that_was_begun_goes_along_with_the_case(
    client: httpx.AsyncClient, case_id: int, colleague: Person, act: str
) -> None:
    fields = {**TYPED, "act": act, "colleague": colleague.handle}

    answers = [await send(client, case_id, "assign" if act == "assign" else "decide", **fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert await notes() == ["Ring me first.", *BEGUN]
    page = (await client.get(f"/moderation/cases/{case_id}")).text
    assert all(html.escape(note) in page for note in BEGUN)


async def test_resources_that_were_ticked_go_along_with_the_case(client: httpx.AsyncClient, case_id: int) -> None:
    ticked = [await a_resource("Night Line"), await a_resource("Morning Line")]

    await send(client, case_id, act="escalate", **{f"resource-{one}": "on" for one in ticked})

    assert await notes() == ["Ticked to stand under the post: Night Line; Morning Line"]


async def test_answer_of_any_length_goes_along_with_a_call(client: httpx.AsyncClient, case_id: int) -> None:
    long = "x" * (MAX_NOTE + 1)

    answer = await send(client, case_id, act="escalate", words=long)

    assert goes_to(answer)[1] == "escalated"
    assert await notes() == [f"Begun as an answer: {long}"]


@pytest.mark.parametrize("act", ["escalate", "second-opinion"])
async def test_nothing_goes_along_where_nothing_was_begun(
    client: httpx.AsyncClient, case_id: int, colleague: Person, act: str
) -> None:
    await send(client, case_id, act=act)

    assert await notes() == []


async def test_answer_that_was_sent_is_no_note(client: httpx.AsyncClient, case_id: int) -> None:
    await send(client, case_id, act="decide", words="I am here.")

    assert await notes() == []
