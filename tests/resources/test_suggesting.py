"""Suggestions: the right country first, then what the post is about; and the resources under a post."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.clock import now
from server.resources.service import attached_to
from server.resources.suggesting import suggest
from server.resources.voices import save_resource
from server.web.pages import template_environment
from tests.support.conversation import a_board, a_thread
from tests.support.people import a_member
from tests.support.resources import a_resource, attach

if TYPE_CHECKING:
    from litestar import Litestar


async def test_need_and_country_come_before_words(app: Litestar) -> None:
    words = await a_resource("Gambling Pages", kind="article", regions=("INT",), needs=(), topics=("money",))
    abroad = await a_resource("Gambling Line US", regions=("US",), needs=("gambling",))
    here = await a_resource("Talk Line", needs=("gambling",))
    elsewhere = await a_resource("Grief Circle", kind="group", needs=("bereavement",), topics=("grief",))

    suggested = [one.id for one in await suggest("I lost it all gambling again", "GB", ["gambling"])]

    assert suggested == [here, words]
    assert abroad not in suggested
    assert elsewhere not in suggested


async def test_line_for_anybody_comes_before_one_for_some_unless_the_words_tell_of_them(app: Litestar) -> None:
    some = await a_resource("Schoolyard Line", needs=("crisis", "young-people"), description="For pupils.")
    anybody = await a_resource("Night Line", needs=("crisis",), description="For whoever is awake.")

    assert [one.id for one in await suggest("I cannot go on.", "GB", ["crisis"])] == [anybody, some]
    assert [one.id for one in await suggest("The other pupils at the schoolyard.", "GB", ["crisis"])] == [some, anybody]


async def test_any_word_of_a_long_post_counts_and_the_best_comes_first(app: Litestar) -> None:
    sleep = await a_resource(
        "Sleeping better",
        kind="worksheet",
        topics=("sleep",),
        needs=(),
        description="What helps with sleepless nights.",
    )
    pain = await a_resource("Living with pain", kind="article", topics=("pain",), needs=(), description="Pacing.")

    text = (
        "And these sleepless nights. I want to get better at sleeping. " * 40 + "It began with being ill, with pacing."
    )
    suggested = [one.id for one in await suggest(text, None, [])]

    assert suggested == [sleep, pain]


async def test_no_more_are_suggested_than_asked_for(app: Litestar) -> None:
    for number in range(7):
        await a_resource(f"Line {number}")

    assert len(await suggest("", "GB", ["crisis"])) == 5
    assert len(await suggest("", "GB", ["crisis"], limit=2)) == 2


@pytest.mark.parametrize(
    "text", ["", "   ", "the of and", "'; DROP TABLE resource; --", "a & | ! ( <-> :*", "\\", "😀"]
)
async def test_any_text_is_taken(app: Litestar, text: str) -> None:
    await a_resource("Quiet Line", needs=())

    assert await suggest(text, "GB", []) == []


async def test_post_shows_who_added_it_when_it_was_checked_and_buttons_for_members(app: Litestar) -> None:
    member = await a_member("quiet-otter-41")
    thread = await a_thread(await a_board(), member)
    await attach(thread.post_id, await a_resource("Night Line"))
    await save_resource("night-line", member.id, at=now())
    shown = (await attached_to([thread.post_id], member.id))[thread.post_id]
    macro = template_environment().get_template("resources/_attached.html").module.attached  # type: ignore[attr-defined]

    mine, visitors = macro(shown, '<input name="_csrf_token">'), macro(shown)

    assert "Added by a moderator, checked on 20 November 2026" in mine
    assert "Kept: let it go" in mine
    assert f'value="/posts/{thread.post_id}"' in mine
    assert "Did this help?" in mine
    assert 'href="tel:0800123456"' in visitors
    assert "<form" not in visitors


async def test_post_without_resources_has_none(app: Litestar) -> None:
    assert await attached_to([5]) == {5: []}
    assert await attached_to([]) == {}
